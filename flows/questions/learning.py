"""Learning: the data of a roadmap's questions read once, into plain values that can be kept and taken up again.

Reading some seven thousand phrasings and examples takes a second or two; to decode what came of it a tenth of that.
"""

from collections.abc import Iterator

import msgspec

from flows.questions.knowledge import (
    NO_EXAMPLES,
    English,
    Examples,
    Group,
    Knowledge,
    of_examples,
    phrasings,
)
from flows.questions.likeness import Bags, bags_of
from flows.questions.phrases import Phrasing
from flows.questions.reading import Reader
from flows.questions.units import Unit
from flows.questions.vocabulary import Words, words_of


class Learned(msgspec.Struct, frozen=True, array_like=True):
    """All that asking needs of the data."""

    knowledge: Knowledge
    words: Words
    phrasings: tuple[Phrasing, ...]
    bags: Bags


class _Phrased(msgspec.Struct, frozen=True, array_like=True):
    name: str
    group: Group
    text: str
    units: tuple[int, ...]
    """Their numbers among all."""


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    """The same, with each unit once: of those of the phrasings four in five stand in others too."""

    knowledge: Knowledge
    words: Words
    units: tuple[Unit, ...]
    phrasings: tuple[_Phrased, ...]
    bags: Bags


def learn(knowledge: Knowledge, english: English, examples: Examples = NO_EXAMPLES) -> Learned:
    """Read every phrasing and every example."""
    words = words_of(knowledge, english)
    reader = Reader(words)
    read = [(name, group, text, reader.read(text)) for name, group, text in _phrasings(knowledge)]
    told = [(name, reading) for name, _, _, reading in read]
    told += [(name, reader.read(text)) for name, text in of_examples(examples)]
    phrased = tuple(Phrasing(name, group, text, reading.units) for name, group, text, reading in read)
    return Learned(knowledge, words, phrased, bags_of(told))


def to_bytes(learned: Learned) -> bytes:
    """To be kept."""
    numbers: dict[Unit, int] = {}
    phrased = [
        _Phrased(p.name, p.group, p.text, tuple(numbers.setdefault(unit, len(numbers)) for unit in p.units))
        for p in learned.phrasings
    ]
    kept = _Kept(learned.knowledge, learned.words, tuple(numbers), tuple(phrased), learned.bags)
    return msgspec.msgpack.encode(kept)


def from_bytes(kept: bytes) -> Learned:
    """As it was kept. Raises msgspec.MsgspecError where it is something else."""
    found = msgspec.msgpack.decode(kept, type=_Kept)
    try:
        phrased = tuple(
            Phrasing(p.name, p.group, p.text, tuple(found.units[n] for n in p.units)) for p in found.phrasings
        )
    except IndexError as error:
        raise msgspec.ValidationError("It was kept otherwise.") from error
    return Learned(found.knowledge, found.words, phrased, found.bags)


def _phrasings(knowledge: Knowledge) -> Iterator[tuple[str, Group, str]]:
    for name, subject in knowledge.subjects.items():
        groups: tuple[tuple[Group, str], ...] = (("asked", subject.asked), ("yes", subject.yes), ("no", subject.no))
        for group, block in groups:
            yield from ((name, group, text) for text in phrasings(block))
    for name, theme in knowledge.themes.items():
        yield from ((f"out:{name}", "asked", text) for text in phrasings(theme.asked))
