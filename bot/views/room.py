"""How much text a message has, and how much Slack takes of it."""

from typing import Any

MOST_TEXT = 11_000
"""Characters in a message, all its blocks together: somewhat above, at a number it does not name, Slack refuses it."""

MOST_IN_TABLE = 10_000
"""Of these, in the cells of its table."""


def characters(blocks: Any) -> int:
    """All the text in these blocks."""
    if isinstance(blocks, dict):
        return sum(len(v) if k == "text" and isinstance(v, str) else characters(v) for k, v in blocks.items())
    return sum(map(characters, blocks)) if isinstance(blocks, list | tuple) else 0
