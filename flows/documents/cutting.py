"""Cuts a document into passages that can be quoted: at its headings and pages, some 60 to 150 words each."""

import math
import re
from collections.abc import Iterable, Sequence

import msgspec

FEWEST, MOST = 60, 150
"""Words a passage has, where headings and pages allow it."""

LEVELS = 6
LONGEST_WORD = 200
LONGEST_HEADING = 120
_TURNING = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]
_NO_TEXT = dict.fromkeys([*range(9), *range(14, 32), *range(127, 160), *_TURNING], " ")
"""Control characters, which nobody sees and PostgreSQL does not take, or which turn the direction of what follows."""

_SENTENCE_END = re.compile(r"(?<=[.!?;:])\s+")


class Block(msgspec.Struct, frozen=True):
    """A heading (`level` 1 and deeper) or a paragraph (`level` 0)."""

    text: str
    level: int = 0


class Piece(msgspec.Struct, frozen=True):
    """A passage cut out: `heading` is the path to it, `page` None where the document has no pages."""

    page: int | None
    heading: str
    text: str


class Cutter:
    """Cuts page after page, and knows on each under which heading it begins."""

    def __init__(self) -> None:
        self._path: list[str] = []

    def page(self, number: int | None, blocks: Iterable[Block]) -> list[Piece]:
        """The passages of a page. What stands between two headings is never in one passage with what comes after."""
        found: list[Piece] = []
        section: list[str] = []
        for block in blocks:
            if block.level:
                found += self._cut(number, section)
                section = []
                self._enter(block)
            elif text := " ".join(_short(block.text)):
                section.append(text)
        return found + self._cut(number, section)

    def _enter(self, heading: Block) -> None:
        level = min(heading.level, LEVELS)
        text = one_line(heading.text)[:LONGEST_HEADING]
        self._path = [*self._path[: level - 1], text] if text else self._path

    def _cut(self, page: int | None, paragraphs: Sequence[str]) -> list[Piece]:
        heading = " › ".join(self._path)
        return [Piece(page, heading, text) for text in cut(paragraphs)]


def one_line(text: str) -> str:
    """The text in one line, without what nobody sees."""
    return " ".join(text.translate(_NO_TEXT).split())


def _short(text: str) -> list[str]:
    """Its words. What is no word any more, a hundred thousand letters in a row, must not make a passage as long."""
    words = text.translate(_NO_TEXT).split()
    if max(map(len, words), default=0) <= LONGEST_WORD:
        return words
    return [word[at : at + LONGEST_WORD] for word in words for at in range(0, len(word), LONGEST_WORD)]


def cut(paragraphs: Iterable[str]) -> list[str]:
    """Paragraphs put together, or taken apart at their sentences, so that each passage has its size."""
    found: list[list[str]] = []
    sizes: list[int] = []
    for part in (part for paragraph in paragraphs for part in _parts(paragraph)):
        size = len(part.split())
        if found and sizes[-1] < FEWEST and sizes[-1] + size <= MOST:
            found[-1].append(part)
            sizes[-1] += size
        else:
            found.append([part])
            sizes.append(size)
    if len(found) > 1 and sizes[-1] < FEWEST // 2 and sizes[-2] + sizes[-1] <= MOST:
        last = found.pop()
        found[-1] += last
    return ["\n".join(parts) for parts in found]


def _parts(paragraph: str) -> list[str]:
    """The paragraph where it is short enough, else as many of its sentences at a time as fit."""
    size = len(paragraph.split())
    if size <= MOST:
        return [paragraph]
    enough = size / math.ceil(size / MOST)  # so that the last part is no shorter than the others
    parts: list[str] = []
    taken: list[str] = []
    for sentence in _SENTENCE_END.split(paragraph):
        for words in _slices(sentence.split()):
            if taken and (len(taken) + len(words) > MOST or len(taken) >= enough):
                parts.append(" ".join(taken))
                taken = []
            taken += words
    return [*parts, " ".join(taken)] if taken else parts


def _slices(words: list[str]) -> list[list[str]]:
    return [words[at : at + MOST] for at in range(0, len(words), MOST)]
