"""A message that answers a button of the Home tab, shown there, with the way back to what stood there before."""

from bot.buttons import ShowHome
from bot.surfaces import Home, Message
from bot.views.blocks import actions, button

STANDS_IN_HOME = frozenset({"actions", "context", "divider", "header", "image", "input", "rich_text", "section"})
"""Kinds of blocks that Slack takes in a Home; tables stand in messages only."""

THUMBS = "context_actions"
"""Below an answer in a message one can say whether it helped; what it says is the same without."""

IN_MESSAGES = "The answer is in the *Messages* tab."


def within_home(message: Message, place: str = "") -> Home | None:
    """The Home that shows it in the place of what stood there; None for a message that can stand in none."""
    blocks = [block for block in message.blocks if block["type"] != THUMBS]
    if not blocks or any(block["type"] not in STANDS_IN_HOME for block in blocks):
        return None
    only, page = place_of(place)
    label = "Back to my firms" if only else "Back to my tasks"
    return Home([actions(button(label, ShowHome(only=only, page=page))), *blocks], place)


def place_of(place: str) -> tuple[str, int]:
    """The filter and the page that a Home shows; the filter is empty where it shows one's tasks."""
    only, _, page = place.partition(":")
    return only, int(page) if page.isdecimal() else 0
