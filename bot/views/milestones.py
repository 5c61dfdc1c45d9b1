"""Industry dates in words, wherever a firm sees them: a past one for reference, never as something missed."""

from typing import NamedTuple

from bot.views.blocks import day, escape, short_day
from bot.views.scene import Scene
from flows.deadlines import UNCONFIRMED, Deadline, Kind, Revision, Value
from flows.roadmap import Milestone

SHOWN_FOR_REFERENCE = "It has passed and is shown for reference."

IN_WORDS: dict[Kind, str] = {
    "set": "set",
    "refined": "said more exactly",
    "postponed": "postponed",
    "advanced": "brought forward",
    "no_change": "announced as unchanged",
}


def value_words(value: Value) -> str:
    """What a deadline was said to be, safe in mrkdwn."""
    first, last = value.bounds
    match value.type:
        case "date" if value.on:
            return day(value.on)
        case "from" if value.on:
            return f"from {day(value.on)} on"
        case "month" if first:
            return f"some day in {first:%B} {first.year}"
        case "window" if first and last:
            return f"{short_day(first)} to {short_day(last)}"
        case "tbd":
            return _to_be_announced(value)
        case "recurring" if value.first_due:
            return f"every 12 months; the first were due {day(value.first_due)}"
    return UNCONFIRMED


def _to_be_announced(value: Value) -> str:
    bounds = []
    if value.announce_by:
        bounds.append(f"by {short_day(value.announce_by)}")
    if value.not_before:
        bounds.append(f"not before {short_day(value.not_before)}")
    if value.not_after:
        bounds.append(f"not after {short_day(value.not_after)}")
    return ", ".join(["to be announced", *bounds])


class Standing(NamedTuple):
    """A milestone of the roadmap as it is known today: its deadline in the ledger, and the revision that counts."""

    deadline: Deadline
    revision: Revision

    @property
    def words(self) -> str:
        """Its value, safe in mrkdwn."""
        return UNCONFIRMED if self.revision.unverified else value_words(self.revision.value)


def known_today(scene: Scene, milestone: Milestone) -> Standing | None:
    """How a milestone stands; None where nothing had been announced of it by today."""
    deadline = next((d for d in scene.ledger.deadlines if d.milestone == milestone.id), None)
    known = scene.ledger.as_of(deadline.id, scene.today) if deadline else None
    return Standing(deadline, known.revision) if deadline and known else None


def reference_words(scene: Scene, milestone: Milestone) -> str:
    """What is said of a milestone behind us: the ready words of the policy where it is the date that the roadmap names.

    Empty for one to come.
    """
    known = known_today(scene, milestone)
    if known is None or not known.revision.value.has_passed(scene.today):
        return ""
    on = known.revision.value.on
    as_in_the_roadmap = on is not None and on.isoformat() == milestone.date
    return escape(milestone.past) if as_in_the_roadmap and is_concerned(scene) else SHOWN_FOR_REFERENCE


def is_concerned(scene: Scene) -> bool:
    """Whether the firm has the duty that the dates are about, or has not been asked yet."""
    duty = next(t.sets for t in scene.pack.tasks.values() if t.kind == "question")
    return scene.position.value(duty) in ((), ("yes",))


def milestone_line(scene: Scene, milestone: Milestone) -> str:
    """An industry date in a line, for the status and a step's page; empty where nothing was announced of it yet."""
    known = known_today(scene, milestone)
    if known is None:
        return ""
    said = reference_words(scene, milestone)
    if said and said != SHOWN_FOR_REFERENCE:
        return f"📅 {said}"
    return f"📅 Industry date: {escape(known.deadline.title)}, {known.words}" + (f". {said}" if said else "")
