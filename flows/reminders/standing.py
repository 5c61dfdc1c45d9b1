"""Whether what stands in a message, or sleeps, still holds: whoever it is said to is told of it, by what set its date.

On which days that is said next is no matter here: a firm's numbers, a closed day and time itself change those, and
nothing that was said before.
"""

from collections.abc import Iterable
from datetime import datetime

from flows.asked import Owed
from flows.deadlines import Ledger
from flows.own_dates import in_year
from flows.position import Owner
from flows.reminders import milestones
from flows.reminders.of_tasks import TO_DO
from flows.reminders.redating import COMES_AGAIN, set_by
from flows.reminders.rung import Found, Rung
from flows.reminders.slips import is_back
from flows.reminders.snoozing import base_key, lasting
from flows.reminders.telling import People
from flows.roadmap import Pack
from flows.walk import Item, walk


class Standing:
    """One firm's. `found`: all that hold, of which those that are told once are looked up."""

    def __init__(self, pack: Pack, people: People, ledger: Ledger, found: Iterable[Found], now: datetime) -> None:
        self._pack = pack
        self._walk = walk(pack, people.position)
        self._people = people
        self._position = people.position
        self._ledger = ledger
        self._now = now
        key = self._position.key
        self._once = {lasting(one.rung.key(key)) for one in found if one.rung.kind not in COMES_AGAIN}

    def holds(self, rung: Rung) -> bool:
        """Whether it is still to be done, and its recipient the one to be told of that, or one of them."""
        if rung.kind not in COMES_AGAIN:
            return lasting(rung.key(self._position.key)) in self._once
        kind, _, which = rung.subject.partition(":")
        if kind == "milestone":
            return self._is_a_leads(rung) and not self._is_over and self._is_to_come(rung, which)
        if self._position.set_up_at is None or set_by(self._pack, self._position, rung) != rung.revision:
            return False
        if kind == "task":
            item = self._walk.item(which)
            return item is not None and item.state in TO_DO and self._is_told(rung, item)
        over = (kind == "target" and self._is_over) or (kind == "recurring" and self._is_done(rung, which))
        return self._is_a_leads(rung) and not over

    def _is_told(self, rung: Rung, item: Item) -> bool:
        if rung.kind == "wait" and item.state != "waiting":
            return False
        owner = self._people.owner(item.key)
        if owner is None:
            return self._is_a_leads(rung)
        return rung.person == owner.person or (rung.kind != "before" and self._is_told_too(rung, owner))

    def _is_told_too(self, rung: Rung, owner: Owner) -> bool:
        """A lead, of what is somebody else's: unless they were told of it as their own, and gave it away."""
        if rung.on is None or not self._is_a_leads(rung):
            return False
        rules = self._position.reminders
        begins = self._people.calendar.plus(
            rung.on, rules.late_to_leads if rung.kind == "late" else rules.wait_to_leads
        )
        return owner.at < rung.due_at or self._people.hours(rung.person).day_of(rung.due_at) >= begins

    def _is_a_leads(self, rung: Rung) -> bool:
        return rung.person in self._people.leads

    @property
    def _is_over(self) -> bool:
        """Whether the roadmap is at an end: there is no target then, and no industry date to come."""
        return self._walk.outcome is not None and not self._walk.outcome.resting

    def _is_done(self, rung: Rung, recurring: str) -> bool:
        found = next(r for r in self._position.recurring if r.id == recurring)
        on = in_year(found, int(rung.revision.rpartition("-")[2]))
        return on in self._position.recurring_done.get(recurring, ())

    def _is_to_come(self, rung: Rung, deadline: str) -> bool:
        """Whether that is its day, whichever announcement says so: one that says the same day sets nothing anew."""
        today = self._people.hours(rung.person).day_of(self._now)
        return any((c.deadline.id, c.on) == (deadline, rung.on) for c in milestones.to_come(self._ledger, today))


def is_said(row: Owed, one: Found) -> bool:
    """Whether it is said when it is brought, although it is not said late.

    So is what was said, or refused, before, and what a pause kept and an undo brought back.
    """
    return one.said or (one.said_by(row.due_at) and (base_key(row.key) != row.key or is_back(row, one)))
