"""Industry dates that the roadmap names and that are others by now: what stands beside an answer from its text."""

from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from flows.deadline_words import value_words
from flows.deadlines import UNCONFIRMED, Ledger, Revision
from flows.position import Position
from flows.roadmap import Milestone, Pack
from flows.time_words import day

SHOWN_FOR_REFERENCE = "It has passed and is shown for reference."


def is_concerned(pack: Pack, position: Position) -> bool:
    """Whether the firm has the duty that the industry dates are about, or has not been asked yet.

    To a firm that has no obligation nobody says that the duty has applied since then.
    """
    duty = next(t.sets for t in pack.tasks.values() if t.kind == "question")
    return position.value(duty) in ((), ("yes",))


class Moved(msgspec.Struct, frozen=True):
    """A milestone of the roadmap, how it is called in the ledger, and what was announced of it last."""

    milestone: Milestone
    title: str
    revision: Revision


def moved(pack: Pack, ledger: Ledger, today: date) -> tuple[Moved, ...]:
    """Those that are known today not to be on the day that the roadmap names."""
    titles = {d.milestone: d for d in ledger.deadlines if d.milestone}
    there = [(m, titles[m.id]) for m in pack.milestones if m.id in titles]
    known = [(m, d.title, as_of.revision) for m, d in there if (as_of := ledger.as_of(d.id, today))]
    return tuple(Moved(m, title, last) for m, title, last in known if not _holds(m, last))


def _holds(milestone: Milestone, last: Revision) -> bool:
    on = last.value.on
    return on is not None and on.isoformat() == milestone.date and not last.unverified


def named(found: Sequence[Moved], texts: Iterable[str]) -> tuple[Moved, ...]:
    """Those whose day in the roadmap stands in these texts, written out as the roadmap writes it."""
    said = "\n".join(texts)
    return tuple(m for m in found if _written_out(date.fromisoformat(m.milestone.date)) in said)


def _written_out(on: date) -> str:
    return f"{on:%B} {on.day}, {on.year}"


def standing(one: Moved) -> str:
    """What the date is now, in a sentence."""
    last = one.revision
    return f"{one.title}, as it stands now: {UNCONFIRMED if last.unverified else value_words(last.value)}."


def line(one: Moved) -> str:
    """The same with where that was said, for what is kept of an answer."""
    last = one.revision
    announced = day(last.to) if last.on_a_day else f"{day(last.from_)} to {day(last.to)}"
    return f"{standing(one)} Announced {announced}. Source: {'; '.join(s.title for s in last.sources)}."
