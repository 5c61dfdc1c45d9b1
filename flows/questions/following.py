"""A question that leans on another: a follow-up in a thread, and the second of two in one sentence."""

from collections.abc import Collection, Sequence

import msgspec

from flows.questions.reading import Kind, Reading, Unit, counted_on

_OPENINGS = (
    ("and",),
    ("what", "about"),
    ("how", "about"),
    ("what", "if"),
    ("but",),
    ("or",),
    ("then",),
    ("same",),
    ("ok", "and"),
    ("so",),
    ("after",),
    ("now",),
    ("next",),
)
_LEANING = frozenset({"that", "it", "there", "this", "those", "they", "them", "he", "she", "one", "then", "these"})
_STRONG = frozenset({"who", "when", "where", "how", "why", "link", "next", "before", "meaning", "more", "how_long"})
_REPLACED: tuple[Kind, ...] = ("env", "path", "step", "date")
_STARTS = frozenset({"who", "when", "where", "how", "why", "link", "which", "whether", "must", "may"})


_next = Unit(said="next", heads=frozenset({"next"}), kind="ask")


def follows(reading: Reading) -> bool:
    """Whether the words themselves lean on something said before."""
    topics = [u for u in reading.units if u.kind in ("topic", "word", "outside")]
    opening = reading.opening
    if any(opening[: len(o)] == o for o in _OPENINGS):
        return len(topics) < 4
    return len(topics) < 2 and (bool(_LEANING.intersection(opening)) or not topics)


def merged(
    reading: Reading, before: Sequence[Unit], current_step: str, alternatives: Sequence[Sequence[str]] = ()
) -> Reading:
    """The question with what it leaves out: the earlier one's units, but for those it replaces."""
    heads = {h for u in reading.units for h in u.heads}
    kinds = {u.kind for u in reading.units}
    asks_anew = bool(heads & _STRONG)
    out = {h for group in alternatives if heads.intersection(group) for h in group} - heads
    kept = [
        u
        for u in before
        if not (u.kind in _REPLACED and u.kind in kinds)
        and not (u.kind == "ask" and asks_anew)
        and u.kind != "not"
        and u.heads.isdisjoint(heads)
        and not u.heads <= out
    ]
    units = [*kept, *reading.units]
    if not heads & {"next", "before", "our_state"}:
        return only(reading, units)
    if current_step and not any(u.kind == "step" for u in units):
        units.append(Unit(said=f"step.{current_step}", heads=frozenset({f"step.{current_step}"}), kind="step"))
    if any(u.kind == "step" for u in units):
        units = [u for u in units if u.kind in ("step", "ask", "path") or "our_state" in u.heads]
        units = [_next if "our_state" in u.heads else u for u in units]
        units = counted_on(units)
    return only(reading, units)


def parted(reading: Reading) -> list[Reading]:
    """The questions in one, cut where a clause begins with a word that asks; the whole, where a part asks nothing."""
    parts = _cut(reading, reading.firm_breaks)
    return parts if all(_asks(part) for part in parts) else [reading]


def loosely_parted(reading: Reading) -> list[Reading]:
    """Cut at every `and`: good for two things asked or only named in one breath, where each makes sense alone.

    What only tells something before the question is no part of it.
    """
    parts = _cut(reading, reading.loose_breaks)
    return parts if _asks(parts[0]) or (len(reading.asks) == 1 and not _asks(reading)) else [reading]


def _asks(reading: Reading) -> bool:
    return any(u.kind == "ask" for u in reading.units)


def _cut(reading: Reading, at: Collection[int]) -> list[Reading]:
    parts: list[list[Unit]] = [[]]
    clause = 0
    for unit in reading.units:
        if parts[-1] and any(c in at for c in range(clause + 1, unit.clause + 1)):
            parts.append([])
        clause = unit.clause
        parts[-1].append(unit)
    return [only(reading, part) for part in parts]


def only(reading: Reading, units: Sequence[Unit]) -> Reading:
    """A reading of these units alone, as one sentence that asks."""
    return msgspec.structs.replace(
        reading,
        units=tuple(msgspec.structs.replace(u, sentence=0, clause=0) for u in units),
        asks=(True,),
        firm_breaks=frozenset(),
        loose_breaks=frozenset(),
        opening=(),
    )
