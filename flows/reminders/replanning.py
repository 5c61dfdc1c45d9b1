"""A firm's plan made anew: what is owed from now on, against the rows that are there. The same facts change nothing."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

import msgspec

from flows import workspace as shared
from flows.asked import ARRIVED, CLOSED, FINE, SUMMARY, Kept, Owed
from flows.deadlines import Ledger
from flows.ports import Facts, Replan
from flows.reminders.announced import Announced
from flows.reminders.basis import Basis, rung_of
from flows.reminders.in_messages import InMessages
from flows.reminders.redating import behind_now, date_now, written
from flows.reminders.rung import BEGINNING, LOOK_BACK, Found, Rung
from flows.reminders.rungs import every
from flows.reminders.slips import Slip, Slips, is_back, marked, slip_of
from flows.reminders.snoozing import (
    AGAIN,
    OUT_OF_REACH,
    base_key,
    comes_back,
    lasting,
    once_more,
    snoozed_to,
)
from flows.reminders.standing import Standing, is_said
from flows.reminders.telling import People
from flows.roadmap import Pack
from flows.summaries import posting
from flows.trading_days import ONE_DAY
from flows.walk import walk

HORIZON = timedelta(40)
"""So far ahead reminders stand in the outbox; each day a day is added."""

CLOCK_STEP = timedelta(milliseconds=1)
"""Events are stamped to the millisecond, rounded down."""

NOTICED = timedelta(minutes=1)
"""That somebody cannot be reached may come to be known so long after the moment it is dated by."""

UNDER_WAY = timedelta(minutes=1)
"""After so long it is looked again at what somebody was just bringing, and which was not so any more."""

STILL_NEWS = timedelta(80)
"""So long after a move those are told of it to whom a new version of the software brings it; rows that earlier versions
wrote were kept for a little longer."""

NEEDLESS = "needless"

_encode = msgspec.json.Encoder().encode


def replan(pack: Pack, ledger: Ledger, facts: Facts, now: datetime) -> Replan:
    """What changes in the outbox so that it holds what docs/reminders.md says, and when to look again."""
    position = facts.position
    workspace = shared.fold(ledger, facts.entries)
    people = People(position, facts.people, workspace.calendar)
    announced = Announced(facts.rows, workspace.ledger, people)
    found = every(pack, position, workspace, facts.people, until=now + HORIZON, now=now, announced=announced)
    posts = posting.plan(facts, workspace.calendar, now)
    reminders = msgspec.structs.replace(facts, rows=tuple(r for r in facts.rows if r.owed.kind != SUMMARY))
    basis = Basis(
        pack,
        reminders,
        {row.owed.key: row for row in reminders.rows},
        walk(pack, position),
        people,
        Standing(pack, people, workspace.ledger, found, now),
        workspace,
        now,
    )
    plan, messages = _Plan(basis, found), InMessages(basis, found)
    outcomes, move = dict(messages.outcomes()), dict(plan.move())
    about = dict(messages.about(plan.comes(), plan.drop()))
    about |= {key: marked(about.get(key, plan.rows[key].owed.about), slip) for key, slip in plan.slipped()}
    anew = (*messages.changed(outcomes), *about, *messages.recounted(), *messages.restated(), *plan.asleep(move))
    return Replan(
        add=(*plan.add(), *plan.refused.values(), *posts.add),
        move={**move, **posts.move},
        drop=(*plan.drop(), *posts.drop),
        outcomes={**outcomes, **dict.fromkeys(plan.refused, NEEDLESS), **posts.outcomes},
        about=about,
        redraw=(*messages.redraw(anew), *posts.redraw),
        again_at=plan.again_at(about),
    )


class _Plan:
    """What waits to be sent, and what is to."""

    def __init__(self, basis: Basis, found: Iterable[Found]) -> None:
        self.basis = basis
        self.facts = basis.facts
        self.rows = basis.rows
        self.people = basis.people
        self.now = basis.now
        self.planned = basis.planned
        self.closed = sorted(basis.workspace.calendar.closed)
        self.shipped = {str(r.number) for r in basis.workspace.ledger.revisions if r.added_at is None}
        """Revisions that came with the software."""
        self.holds: dict[str, Found] = {}
        """What holds for those who are told of it at all; see `lasting`."""
        self.changed = min([basis.now, *self._unseen()])
        """Since when something holds at the earliest that did not hold in the last plan."""
        self.miscounted_since = shared.days_miscounted_since(basis.workspace, self.planned)
        """Since when trading days were counted otherwise than now, where they were changed since the last plan."""
        for one in found:
            if not self.people.reach(one.rung.person).habits.off:
                self.holds[lasting(one.rung.key(basis.key))] = one
        self.told_lost = set(self._told_lost()) - {""}
        """Which leads know of an owner out of reach, see `_told_lost`."""
        self.told_that_day = set(self._told_that_day())
        """Of which date of a person's, and on which day where they are, somebody was reminded before it."""
        self.slips = Slips(self.people, self.now, self.facts.first_unseen, self._is_owed)
        self.asleep_in_pause: set[str] = set()
        """The keys of rows that do not hold, and stay all the same while a pause lasts."""
        self.owed = [self._looked_at(row.owed) for row in self.facts.rows if not row.settled]
        """What waits to be sent, each with what it is about, while that is to be said."""
        self.refused = dict(self._once_more())
        """What is owed once more, by the key under which it was refused."""

    def _unseen(self) -> Iterator[datetime]:
        """When something changed that the last plan did not see."""
        if self.facts.first_unseen:
            yield self.facts.first_unseen
        of_people = (at for reach in self.facts.people.values() for at in (reach.since, reach.habits.set_at))
        yield from (at for at in of_people if at and at > self.planned)

    def add(self) -> Iterator[Owed]:
        for one in self.holds.values():
            key = one.rung.key(self.basis.key)
            if key in self.rows or not one.said or self._is_long_told(one) or self._is_told_by_another(key):
                continue
            if self._is_owed(one) or self._could_not_be_told(one) or self._came_with_an_update(one):
                yield Owed(
                    tenant=self.basis.key.tenant,
                    key=key,
                    firm=self.basis.key.firm,
                    kind="reminder",
                    person=one.rung.person,
                    about=_encode(self._drawn(one.rung)).decode(),
                    due_at=one.rung.due_at.timestamp(),
                    slot="digest",
                )

    def _is_told_by_another(self, key: str) -> bool:
        """Whether this lead knows, or is to be told, that an owner is out of reach, be it for another reason by now."""
        return bool(self.told_lost) and not self.told_lost.isdisjoint((lasting(key), _since_when(key)))

    def _told_lost(self) -> Iterator[str]:
        """Of whom that is said and was never over since; and of whom it was over, as for want of a task: since when."""
        for key, row in self.rows.items():
            if OUT_OF_REACH not in key:
                continue
            if not row.settled or row.outcome in ARRIVED:
                yield lasting(key)
            elif row.outcome == CLOSED:
                yield _since_when(key)

    def _is_long_told(self, one: Found) -> bool:
        """Whether it is told once, and was so long ago, after any pause, that nobody would know by its row."""
        return one.rung.kind in ("given", "possible", "moved") and one.rung.due_at < self.now - LOOK_BACK

    def _drawn(self, rung: Rung) -> Rung:
        """With what comes before its task; a wait says the date of that, too."""
        found = msgspec.structs.replace(rung, behind=behind_now(self.basis.walk, rung))
        if rung.kind != "wait":
            return found
        return msgspec.structs.replace(found, drawn=written(date_now(self.basis.pack, self.facts.position, rung)))

    def _is_owed(self, one: Found) -> bool:
        """What the last plan had in sight and did not hold became true since: what lay before that is not said late.

        Nor is it at the end of a pause: what was not true yet did not fall into it. Where the moment that made it true
        is known and came after that plan, a crash may have come between. Where it is not, as where an answer brings a
        task whose date was set before, it came no earlier than the first change after that plan. A day on which the
        exchange is open after all, or closed, changes when things are due, and makes nothing true.
        """
        known_by = one.since + (NOTICED if one.rung.kind == "unreachable" else CLOCK_STEP)
        if one.at >= self.changed or known_by >= min(self.planned, self.facts.first_unseen or self.planned):
            return True
        if self.miscounted_since and one.at > min(self.planned, max(self.miscounted_since, self._midnight(one))):
            return True
        return one.rung.due_at > self.planned and one.at > self.planned + HORIZON

    def _midnight(self, one: Found) -> datetime:
        """When today began for who is told of it: what a day before today was left out is not brought up late."""
        hours = self.people.hours(one.rung.person)
        return hours.midnight(hours.day_of(self.now))

    def _could_not_be_told(self, one: Found) -> bool:
        """What its owner was given while no message got to them, who are in reach again."""
        reach = self.people.reach(one.rung.person)
        if one.rung.kind not in ("given", "possible") or reach.since is None:
            return False
        return one.since >= reach.since if reach.heard else one.since <= reach.since

    def _came_with_an_update(self, one: Found) -> bool:
        """A move that was announced before the version of the software that knows of it was here.

        A plan that knew of it would have left a row, but for whoever had reminders off, or was out of reach. What an
        admin entered comes with none: of that, no row says that it was no news.
        """
        reach = self.people.reach(one.rung.person)
        changed = (at for at in (reach.since, reach.habits.set_at) if at)
        shipped = one.rung.kind == "moved" and one.rung.revision in self.shipped
        is_new = shipped and one.rung.due_at > self.now - STILL_NEWS
        return is_new and all(at <= one.at for at in changed)

    def _once_more(self) -> Iterator[tuple[str, Owed]]:
        """What was refused, where its recipient was heard of since, and was told nothing newer of it."""
        for key, row in self.rows.items():
            if not row.settled or row.outcome in FINE or key.endswith(AGAIN):
                continue
            again = once_more(row.owed)
            one = self._standing(again, self._holding(again))
            if one and not self.people.reach(row.owed.person).blocked and not self._has_newer(row.owed, one):
                yield key, msgspec.structs.replace(again, due_at=self._instant(again, one).timestamp())

    def _has_newer(self, refused: Owed, one: Found) -> bool:
        about = (one.rung.person, one.rung.subject)
        later = (r for r in self.rows.values() if _comes_or_came(r) and r.owed.due_at > refused.due_at)
        return any((rung.person, rung.subject) == about for rung in (rung_of(row.owed) for row in later))

    def move(self) -> Iterator[tuple[str, float]]:
        """What sleeps goes with the pause, which may have another end by now."""
        for row, one in self.owed:
            at = row.due_at
            if one:
                at = self._instant(row, one).timestamp()
            elif row.key in self.asleep_in_pause:
                at = self.slips.wakes(row)
            if at != row.due_at:
                yield row.key, at

    def _instant(self, row: Owed, one: Found) -> datetime:
        """When this row is due now. What could not be said in time is not said at night either."""
        due, hours = self._due(row, one), self.people.hours(row.person)
        if due < self.planned and self._was_put_off(row, stands := datetime.fromtimestamp(row.due_at, UTC)):
            return hours.held_back(stands)
        return hours.late(due, self.now)

    def _was_put_off(self, row: Owed, stands: datetime) -> bool:
        """Whether it was night when it was late: then it waits for its hour, also if a plan is made by day before.

        A pause that began before that hour holds it back further. What stands at a later hour than either was held back
        by a pause that was ended since.
        """
        hours = self.people.hours(row.person)
        kept_for = (
            hours.lately(hours.morning, self.planned),
            hours.lately(hours.morning, self.now),
            hours.lately(hours.after_the_night, self.now),
        )
        waits = all(stands in them for them in kept_for)
        held = all(stands in map(hours.held_back, them) for them in kept_for)
        return (waits or held) and stands != rung_of(row).due_at

    def _due(self, row: Owed, one: Found) -> datetime:
        """When it would be; a snooze ends on the day that was chosen, and what nobody dates stays where it is."""
        hours = self.people.hours(row.person)
        if comes := comes_back(row, hours):
            return comes
        if one.rung.kind == "unreachable" and one.since == self.now:
            return hours.held_back(datetime.fromtimestamp(row.due_at, UTC))
        if one.said or one.rung.due_at > self.now:
            return one.rung.due_at
        if is_back(row, one):
            return hours.at_once(one.since)
        return min(datetime.fromtimestamp(row.due_at, UTC), self.now)  # what was refused comes at once all the same

    def _looked_at(self, row: Owed) -> tuple[Owed, Found | None]:
        """The row as it is to be, and what it is about, while that is to be said."""
        one = self._holding(row)
        if snoozed_to(row.key) is not None or OUT_OF_REACH in row.key:
            return row, self._standing(row, one)
        there = self.slips.after(row, one)
        if there is None:
            return row, None
        if one is None:
            self.asleep_in_pause.add(row.key)
        return there, self._standing(there, one)

    def _holding(self, row: Owed) -> Found | None:
        return self.holds.get(lasting(row.key)) or self._put_off(row)

    def _standing(self, row: Owed, one: Found | None) -> Found | None:
        """What this row is about, while it is to be said."""
        if one is None or self._is_one_with_what_was_told(row, one):
            return None
        one = self._held_back(row, one)
        return one if self._stays(row, one) else None

    def _held_back(self, row: Owed, one: Found) -> Found:
        """With the end of the pause that holds this row back, though its hour is before the pause by now."""
        due = self.people.hours(row.person).held_back(one.rung.due_at, datetime.fromtimestamp(row.due_at, UTC))
        return one if due == one.rung.due_at else one._replace(rung=msgspec.structs.replace(one.rung, due_at=due))

    def _stays(self, row: Owed, one: Found) -> bool:
        """What nobody would say when it is brought does not wait for that: it would be lost where its hour is set back.

        What a pause keeps does, as its hour may be set back until then.
        """
        return is_said(row, one) or (one.said_by(row.due_at) and one.rung.due_at > self.now)

    def _put_off(self, row: Owed) -> Found | None:
        """What sleeps comes back by itself, though none comes on the day on which it was said, by what holds now."""
        rung = rung_of(row)
        off = self.people.reach(row.person).habits.off
        if snoozed_to(row.key) is None or off or not self.basis.standing.holds(rung):
            return None
        return Found(rung, BEGINNING, rung.due_at)

    def _is_one_with_what_was_told(self, row: Owed, one: Found) -> bool:
        """Whether a closed day moved it to one on which the same date was reminded of: two on one day are one."""
        on = one.rung.on
        if not self.told_that_day or one.rung.kind != "before" or on is None:
            return False
        day = self.people.hours(row.person).day_of(one.at)
        if not any(day < closed <= on for closed in self.closed):
            return False
        return row.kind == "reminder" and (row.person, one.rung.subject, one.rung.revision, day) in self.told_that_day

    def _told_that_day(self) -> Iterator[tuple[str, str, str, date]]:
        arrived = (row.owed for row in self.facts.rows if row.outcome in (*ARRIVED, CLOSED)) if self.closed else ()
        for row in arrived:
            rung, due = rung_of(row), datetime.fromtimestamp(row.due_at, UTC)
            if row.kind == "reminder" and rung.kind == "before":
                yield rung.person, rung.subject, rung.revision, self.people.hours(rung.person).day_of(due)

    def drop(self) -> Iterator[str]:
        """What was put off, or a pause keeps, stays until then: an undo may bring it back, and it is looked at before
        it is sent."""
        kept = self.asleep_in_pause
        return (
            row.key for row, one in self.owed if one is None and snoozed_to(row.key) is None and row.key not in kept
        )

    def slipped(self) -> Iterator[tuple[str, Slip]]:
        """What rows come to say of a click that took them away, or of its undo, by their keys."""
        stay = (row for row, one in self.owed if one or row.key in self.asleep_in_pause)
        return ((row.key, slip_of(row)) for row in stay if row.about != self.rows[row.key].owed.about)

    def comes(self) -> Mapping[str, Found]:
        """What is to be said of what waits to be sent, by the key of its row."""
        return {row.key: one for row, one in self.owed if one}

    def asleep(self, moved: Mapping[str, float]) -> Iterator[str]:
        """What is put off, where its message says until when, and that is another time now."""
        sleeping = (key for key, at in moved.items() if snoozed_to(key) and at > self.now.timestamp())
        return (base for key in sleeping if (base := base_key(key)) in self.rows)

    def again_at(self, about: Collection[str]) -> float:
        """At the next midnight of somebody who is told of industry dates: what is known changes with the day.

        Soon, where somebody is just bringing what ends here, or is `about` something else now: no plan may touch that
        before it is known to stand in a message, which is drawn anew then.
        """
        people = [self.people.hours(person) for person in self.people.leads]
        nights = [hours.midnight(hours.day_of(self.now) + ONE_DAY) for hours in people]
        ended = {row.key for row, one in self.owed if one is None} - self.asleep_in_pause
        overtaken = any(row.tries and (row.key in ended or row.key in about) for row, _ in self.owed)
        soonest = self.now + (UNDER_WAY if overtaken else ONE_DAY)
        return min([soonest, *(night for night in nights if night > self.now)]).timestamp()


def _since_when(key: str) -> str:
    """Of an owner out of reach: whoever is told, and since when they are; empty where nobody knows that."""
    stamp = base_key(key).rpartition("-")[2]
    return f"{lasting(key)}{stamp}" if OUT_OF_REACH in key and stamp != "0" else ""


def _comes_or_came(row: Kept) -> bool:
    """It arrived, or was put off by its recipient, who knows of it and has it come back."""
    return row.outcome in (*ARRIVED, CLOSED) or (not row.settled and snoozed_to(row.owed.key) is not None)
