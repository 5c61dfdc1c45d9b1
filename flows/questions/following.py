"""A question that leans on another: a follow-up in a thread, and the second of two in one sentence."""

from collections.abc import Collection, Sequence

import msgspec

from flows.questions.units import Kind, Reading, Unit, counted_on

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
"""How a follow-up begins."""
_LEANING = frozenset({"that", "it", "there", "this", "those", "they", "them", "he", "she", "one", "then", "these"})
"""Words that stand for something said before."""
_STRONG = frozenset(
    {"who", "when", "where", "how", "why", "link", "next", "before", "meaning", "more", "how_long", "must", "may"}
)
"""What is asked anew takes the place of what was asked before."""
_REPLACED: tuple[Kind, ...] = ("env", "path", "step", "date")
_COMPARING = frozenset({"same", "separate"})
_NEXT = Unit(said="next", heads=frozenset({"next"}), kind="ask")
_OTHER_SIDE = {
    frozenset({"test"}): Unit(said="production", heads=frozenset({"production"}), kind="env"),
    frozenset({"production"}): Unit(said="test", heads=frozenset({"test"}), kind="env"),
}


def follows(reading: Reading) -> bool:
    """Whether the words themselves lean on something said before."""
    topics = [u for u in reading.units if u.kind in ("topic", "word", "outside")]
    opening = reading.opening
    if any(opening[: len(o)] == o for o in _OPENINGS):
        return len(topics) < 4
    return len(topics) < 2 and (bool(_LEANING.intersection(opening)) or not topics)


def merged(reading: Reading, before: Sequence[Unit], alternatives: Sequence[Sequence[str]] = ()) -> Reading:
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
    if "other_side" in heads:
        kept = [_OTHER_SIDE.get(u.heads, u) for u in kept]
    new = [_NEXT if "our_state" in u.heads else u for u in reading.units if "other_side" not in u.heads]
    units = [*kept, *new]
    if {"next", "before"} & {h for u in units for h in u.heads} and any(u.kind == "step" for u in units):
        units = counted_on([u for u in units if u.kind in ("step", "ask", "path")])
    return only(reading, units, [stem for stem, _ in reading.stems])


def counted(reading: Reading, step: str) -> Reading | None:
    """What comes after or before this step, where that is what is asked; None where it is not."""
    new = [_NEXT if "our_state" in u.heads else u for u in reading.units]
    if not step or not {"next", "before"} & {h for u in new for h in u.heads}:
        return None
    here = Unit(said=f"step.{step}", heads=frozenset({f"step.{step}"}), kind="step")
    units = counted_on([here, *(u for u in new if u.kind in ("ask", "path"))])
    return only(reading, units, _words_of(units))


def parted(reading: Reading) -> list[Reading]:
    """The questions in one, cut where a clause begins with a word that asks; the whole, where a part asks nothing."""
    if not reading.firm_breaks:
        return [reading]
    parts = _cut(reading, reading.firm_breaks)
    asked = {u.sentence for u in reading.units if reading.asks[u.sentence]}
    each = asked == {u.sentence for u in reading.units}
    return parts if each or all(_asks(part) for part in parts) else [reading]


def loosely_parted(reading: Reading) -> list[Reading]:
    """Cut at every `and`: good for two things asked or only named in one breath, where each makes sense alone.

    What only tells something before the question is no part of it, and two that are compared are one.
    """
    if not reading.loose_breaks or not _COMPARING.isdisjoint(h for u in reading.units for h in u.heads):
        return [reading]
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


def only(reading: Reading, units: Sequence[Unit], stems: Sequence[str] | None = None) -> Reading:
    """A reading of these units alone, as one sentence that asks; with these words, or with those of their clauses."""
    clauses = {u.clause for u in units}
    steps = {u.said for u in units if u.kind == "step"}
    kept = [s for s, clause in reading.stems if clause in clauses] if stems is None else stems
    return msgspec.structs.replace(
        reading,
        units=tuple(msgspec.structs.replace(u, sentence=0, clause=0) for u in units),
        asks=(True,),
        firm_breaks=frozenset(),
        loose_breaks=frozenset(),
        opening=(),
        stems=tuple((s, 0) for s in kept if not s.startswith("step.") or s in steps),
    )


def _words_of(units: Sequence[Unit]) -> list[str]:
    return [word for u in units for word in u.said.split()]
