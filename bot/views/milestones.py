"""Industry dates in words, wherever a firm sees them: a past one for reference, never as something missed."""

from datetime import date
from functools import lru_cache
from typing import NamedTuple

from bot.views.blocks import escape, literal, short_day
from bot.views.scene import Scene
from flows import moved_dates
from flows.deadline_words import value_words
from flows.deadlines import UNCONFIRMED, Kind, Ledger, Revision, Source, Value
from flows.moved_dates import SHOWN_FOR_REFERENCE
from flows.roadmap import Milestone, Pack
from flows.same import Same

IN_WORDS: dict[Kind, str] = {
    "set": "set",
    "refined": "said more exactly",
    "postponed": "postponed",
    "advanced": "brought forward",
    "no_change": "announced as unchanged",
}


def announced(revision: Revision) -> str:
    """When it was announced, as far as the day is known."""
    if revision.on_a_day:
        return short_day(revision.to)
    return f"{short_day(revision.from_)} to {short_day(revision.to)}, the day is not known"


def published(source: Source) -> str:
    """Where it was published, with its link; safe in mrkdwn."""
    title = literal(source.title).replace("|", "/")
    return f"<{escape(source.url).replace('|', '%7C')}|{title}>" if source.url else title


class Standing(NamedTuple):
    """How a milestone of the roadmap stands today."""

    title: str
    value: Value
    confirmed: bool = True

    @property
    def words(self) -> str:
        """Its value, safe in mrkdwn."""
        return value_words(self.value) if self.confirmed else UNCONFIRMED


def standing(scene: Scene, milestone: Milestone) -> Standing | None:
    """How a milestone stands; None where nothing had been announced of it by today.

    The pack's own date counts where the ledger does not know the milestone: an operator's pack may have others.
    """
    return _stands(Same(scene.ledger), Same(milestone), scene.today)


@lru_cache(maxsize=256)
def _stands(kept_ledger: Same, kept_milestone: Same, today: date) -> Standing | None:
    # Every card asks for each milestone, and the answer changes once a day.
    ledger, milestone = kept_ledger.it, kept_milestone.it
    assert isinstance(ledger, Ledger) and isinstance(milestone, Milestone)  # noqa: PT018  # for the types only
    deadline = next((d for d in ledger.deadlines if d.milestone == milestone.id), None)
    if deadline is None:
        return Standing(milestone.title, Value(type="date", on=date.fromisoformat(milestone.date)))
    known = ledger.as_of(deadline.id, today)
    return Standing(deadline.title, known.revision.value, not known.revision.unverified) if known else None


def reference_words(scene: Scene, milestone: Milestone) -> str:
    """What is said of a milestone behind us: the ready words of the policy where it is the date that the roadmap names.

    Empty for one to come.
    """
    known = standing(scene, milestone)
    if known is None or not known.value.has_passed(scene.today):
        return ""
    as_in_the_roadmap = known.value.on is not None and known.value.on.isoformat() == milestone.date
    return escape(milestone.past) if as_in_the_roadmap and is_concerned(scene) else SHOWN_FOR_REFERENCE


def milestone_line(scene: Scene, milestone: Milestone) -> str:
    """An industry date in a line, for the status and a step's page; empty where nothing was announced of it yet."""
    known = standing(scene, milestone)
    if known is None:
        return ""
    said = reference_words(scene, milestone)
    if said and said != SHOWN_FOR_REFERENCE:
        return f"📅 {said}"
    return f"📅 Industry date: {escape(known.title)}, {known.words}" + (f". {said}" if said else "")


class Coming(NamedTuple):
    """An industry date, confirmed, that is still to come: the last day it can be, a line about it, and which it is."""

    last: date
    said: str
    milestone: Milestone | None


def to_come(scene: Scene) -> list[Coming]:
    """Those there are, the soonest first."""
    named = {m.id: m for m in scene.pack.milestones}
    found = []
    for deadline in scene.ledger.deadlines:
        known = scene.ledger.as_of(deadline.id, scene.today)
        last = known.revision.value.bounds[1] if known and not known.revision.unverified else None
        if known and last and last >= scene.today:
            said = f"📅 Industry date: {escape(deadline.title)}, {value_words(known.revision.value)}"
            found.append(Coming(last, said, named.get(deadline.milestone)))
    return sorted(found, key=lambda coming: coming[:2])


def past_all_milestones(scene: Scene) -> bool:
    """Whether every industry date the roadmap names has passed, and no other is to come: its past wording holds.

    Not where the workspace's own dates were not read: one of them may be to come.
    """
    return scene.ledger_read and _all_past(Same(scene.ledger), Same(scene.pack), scene.today) and not to_come(scene)


@lru_cache(maxsize=256)
def _all_past(ledger: Same, kept_pack: Same, today: date) -> bool:
    # The first cards of every new firm ask this.
    pack = kept_pack.it
    assert isinstance(pack, Pack)
    known = [_stands(ledger, Same(m), today) for m in pack.milestones]
    return all(k is not None and k.value.has_passed(today) for k in known)


def started_after_all(scene: Scene) -> bool:
    """Whether the firm began here, as new to this, after every industry date there is."""
    position = scene.position
    if not past_all_milestones(scene):
        return False
    if position.situation != "new" or scene.walk.ended or position.set_up_at is None:
        return False
    begun = scene.recorded_day(position.set_up_at)
    known = [standing(scene, m) for m in scene.pack.milestones]
    return all(k is not None and k.value.has_passed(begun) for k in known)


def is_concerned(scene: Scene) -> bool:
    """Whether the firm has the duty that the dates are about, or has not been asked yet."""
    return moved_dates.is_concerned(scene.pack, scene.position)
