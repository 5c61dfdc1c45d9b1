"""Firms and people in time, for tests: what is decided is planned, and what falls due is looked at again and said."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from flows import answers, own_dates, progress, setting_up, undo
from flows import workspace as shared
from flows.asked import Kept, Owed
from flows.deadlines import Source, Value, load_ledger
from flows.events import AnyEvent, FirmKey, Record
from flows.firms import Person
from flows.habits import Habits, Reach, Rules
from flows.ports import Facts, Replan
from flows.position import Position
from flows.records import Stamp, record, record_undo
from flows.reminders import setting
from flows.reminders.basis import rung_of
from flows.reminders.hours import Hours
from flows.reminders.replanning import replan
from flows.reminders.rung import Found
from flows.reminders.rungs import Rung, every, rungs_of
from flows.reminders.snoozing import Choice, day_chosen, lasting, snoozed, snoozed_until
from flows.reminders.standing import is_said
from flows.workspace import Entry, Workspace
from tests.flows.life import ANA, BEN, PACK

LEDGER = load_ledger((files("flows.roadmaps") / "cais-deadlines.json").read_bytes())
TENANT = "-/T1"
NEW_YORK = "America/New_York"
LEA = Person("slack:-/T1/ULEA", "Lea Lead")
ADMIN = Person("slack:-/T1/UADM", "Ada Admin", admin=True)


def local(said: str, zone: str = NEW_YORK) -> datetime:
    """`2026-12-01 10:05` in a zone, UTC."""
    return datetime.fromisoformat(said).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


class World:
    """Everything is told in order: `at` lets time go on until then, and what is said meanwhile is in `said`."""

    def __init__(self, begins: str = "2026-12-01 10:00", zone: str = NEW_YORK) -> None:
        self.now = local(begins, zone)
        self.zone = zone
        self.reaches: dict[str, Reach] = {}
        self.entries: list[Entry] = []
        self.histories: dict[str, list[Record]] = {}
        self.positions: dict[str, Position] = {}
        self.rows: dict[str, dict[str, Kept]] = {}
        self.planned: dict[str, tuple[float, float]] = {}
        self.seen: dict[str, int] = {}
        self.said: list[tuple[datetime, str, dict[tuple[str, str], Rung]]] = []
        self.redrawn: list[str] = []
        self.down = False

    # --- what happens -------------------------------------------------------------------------------------------

    def set_up(self, who: Person = ANA, firm: str = "f1", **said: Any) -> "World":
        self.positions[firm], self.histories[firm], self.rows[firm] = Position(key=FirmKey(TENANT, firm)), [], {}
        return self.do(
            lambda p: setting_up.set_up(
                p,
                who,
                **{"name": firm, "situation": "new", "taken": [], "today": self.today, "time_zone": self.zone, **said},
            ),
            who,
            firm,
        )

    @property
    def today(self) -> date:
        return self.now.astimezone(ZoneInfo(self.zone)).date()

    def do(self, decide: Callable[[Position], Sequence[AnyEvent]], who: Person = ANA, firm: str = "f1") -> "World":
        stamp = Stamp(who=who, at=self.now, source="button", edition=PACK.edition)
        changed = record(self.positions[firm], decide(self.positions[firm]), stamp)
        return self._keep(firm, changed.records, changed.position)

    def _keep(self, firm: str, records: Sequence[Record], position: Position) -> "World":
        self.histories[firm] += records
        self.positions[firm] = position
        if not self.down:
            self.replan(firm)
        return self

    def member(self, who: Person, role: Any = "member", firm: str = "f1") -> "World":
        return self.do(lambda p: setting_up.set_member(p, ANA, who, role), ANA, firm)

    def remove(self, who: Person, firm: str = "f1") -> "World":
        return self.do(lambda p: setting_up.remove_member(p, ANA, who.id), ANA, firm)

    def answer(self, fact: str, *value: str, who: Person = ANA, firm: str = "f1", **said: Any) -> "World":
        return self.do(lambda p: answers.give(PACK, p, who, fact, value, today=self.today, **said), who, firm)

    def done(self, key: str, who: Person = ANA, firm: str = "f1") -> "World":
        outcomes = PACK.tasks[key.partition("[")[0]].outcomes
        outcome = outcomes[0].id if outcomes else ""
        return self.do(lambda p: progress.complete(PACK, p, who, key, today=self.today, outcome=outcome), who, firm)

    def reopen(self, key: str, who: Person = ANA, firm: str = "f1") -> "World":
        return self.do(lambda p: progress.reopen(PACK, p, who, key, reason="Wrong"), who, firm)

    def wait(self, key: str, since: date | None = None, again: date | None = None, who: Person = ANA) -> "World":
        said: dict[str, Any] = {"whom": "FINRA CAT", "since": since or self.today, "follow_up_on": again}
        return self.do(lambda p: progress.wait(PACK, p, who, key, **said), who)

    def due(self, key: str, on: date | None, who: Person = ANA, firm: str = "f1") -> "World":
        return self.do(lambda p: own_dates.set_task_due(PACK, p, who, key, on, today=self.today), who, firm)

    def step_due(self, step: str, on: date | None) -> "World":
        return self.do(lambda p: own_dates.set_step_due(PACK, p, ANA, step, on, today=self.today))

    def target(self, on: date | None, firm: str = "f1") -> "World":
        return self.do(lambda p: setting_up.set_target(p, ANA, on, self.today), ANA, firm)

    def give(self, key: str, to: Person | None, who: Person = ANA, firm: str = "f1") -> "World":
        return self.do(lambda p: own_dates.assign(PACK, p, who, key, to), who, firm)

    def yearly(self, name: str, month: int, day: int) -> "World":
        return self.do(lambda p: own_dates.set_recurring(p, ANA, name, month, day))

    def finish(self, name: str, on: date) -> "World":
        recurring = next(r.id for r in self.positions["f1"].recurring if r.name == name)
        return self.do(lambda p: setting.finish_recurring(p, ANA, recurring, on, self.today))

    def rules(self, firm: str = "f1", **numbers: Any) -> "World":
        return self.do(lambda p: setting.set_rules(p, ANA, Rules(**numbers)), ANA, firm)

    def undo(self, who: Person = ANA, firm: str = "f1", *, of: int | None = None) -> "World":
        """What they did last, or the row at this place of the history."""
        row = None if of is None else self.histories[firm][of].sequence
        event = undo.undo(self.histories[firm], self.positions[firm], who, row)
        assert event is not None
        stamp = Stamp(who=who, at=self.now, source="button", edition=PACK.edition)
        changed = record_undo(self.histories[firm], self.positions[firm], event, stamp)
        return self._keep(firm, changed.records, changed.position)

    def reach(self, who: Person, **fields: Any) -> "World":
        self.reaches[who.id] = replace(self.reaches.get(who.id, Reach(who.id)), **fields)
        return self._replan_all()

    def habits(self, who: Person, **fields: Any) -> "World":
        reach = self.reaches.get(who.id, Reach(who.id))
        hours = Hours(reach, self.zone, Rules(), self.workspace.calendar)
        wanted = setting.habits(hours, Habits(**fields), self.now)
        return self.reach(who, habits=setting.with_way_back(reach.habits, wanted, self.now))

    def revise(self, deadline: str, on: date, announced: date) -> "World":
        fact = shared.DeadlineRevised(deadline, announced, announced, Value("date", on), Source("A notice"), "It moved")
        return self._enter(fact)

    def withdraw(self, entry: int = -1) -> "World":
        """An entry for the workspace, the newest where none is named."""
        return self._enter(shared.Withdrawn(self.entries[-1].sequence if entry < 0 else entry))

    def close(self, day: date, reason: str = "Day of mourning") -> "World":
        return self._enter(shared.TradingDayEdited(day, "closed", reason))

    def _enter(self, fact: shared.Fact) -> "World":
        decided = shared.decide(LEDGER, self.entries, ADMIN, fact, today=self.today)
        assert decided is not None
        self.entries.append(shared.entry(TENANT, self.entries, decided, ADMIN, at=self.now, cause=None))
        return self._replan_all()

    def snooze(self, who: Person, subject: str, choice: Choice, firm: str = "f1") -> "World":
        """What the last message to this person said of the subject."""
        keys = [
            rung.key(FirmKey(TENANT, firm))
            for _, p, items in self.said
            for (_, s), rung in items.items()
            if (p, s) == (who.id, subject)
        ]
        row, position = self.rows[firm][keys[-1]].owed, self.positions[firm]
        reach = self.reaches.get(who.id, Reach(who.id))
        calendar = self.workspace.calendar
        until = snoozed_until(choice, self.now, reach, position.time_zone, position.reminders, calendar)
        hours = Hours(reach, position.time_zone, position.reminders, calendar)
        again = snoozed(row, until, self.now, day=day_chosen(choice, until, hours))
        self.rows[firm][again.key] = Kept(again)
        return self

    # --- time ---------------------------------------------------------------------------------------------------

    def at(self, when: str | datetime, zone: str | None = None) -> "World":
        until = local(when, zone or self.zone) if isinstance(when, str) else when
        assert until >= self.now
        while not self.down and (following := self._next()) is not None and following <= until:
            self.now = max(self.now, following)
            self.turn()
        self.now = until
        return self

    def _next(self) -> datetime | None:
        due = [row.owed.due_at for rows in self.rows.values() for row in rows.values() if not row.settled]
        again = [again_at for _, again_at in self.planned.values()]
        return min((datetime.fromtimestamp(at, UTC) for at in [*due, *again]), default=None)

    def turn(self) -> None:
        """One round of planning and sending."""
        for firm, (_, again_at) in list(self.planned.items()):
            if again_at <= self.now.timestamp():
                self.replan(firm)
        owed: dict[str, list[Owed]] = {}
        for rows in self.rows.values():
            for row in rows.values():
                if not row.settled and row.owed.due_at <= self.now.timestamp():
                    owed.setdefault(row.owed.person, []).append(row.owed)
        for person, due in sorted(owed.items()):
            self._send(person, sorted(due, key=lambda one: (one.due_at, one.key)))

    def _send(self, person: str, owed: Sequence[Owed]) -> None:
        holding = {firm: self.holding(firm) for firm in {one.firm for one in owed}}
        items: dict[tuple[str, str], Rung] = {}
        message = f"D/{len(self.said) + 1}"
        for one in owed:
            found = holding[one.firm].get(lasting(one.key))
            holds = found is not None and is_said(one, found)
            if holds:
                items[one.firm, rung_of(one).subject] = rung_of(one)
            sent = replace(one, message=message if holds else "")
            self.rows[one.firm][one.key] = Kept(sent, True, "sent" if holds else "needless")
        if items:
            self.said.append((self.now, person, items))

    def restart(self) -> "World":
        """After it was down: everything is planned before anything is sent."""
        self.down = False
        self._replan_all()
        self.turn()
        return self

    # --- plans --------------------------------------------------------------------------------------------------

    @property
    def workspace(self) -> Workspace:
        return shared.fold(LEDGER, self.entries)

    def people(self, firm: str) -> dict[str, Reach]:
        return {p: self.reaches.get(p, Reach(p)) for p in self.positions[firm].members}

    def rungs(self, firm: str = "f1", until: datetime | None = None) -> tuple[Rung, ...]:
        position = self.positions[firm]
        return rungs_of(PACK, position, self.workspace, self.people(firm), until=until or self.now, now=self.now)

    def holding(self, firm: str) -> dict[str, Found]:
        position, people = self.positions[firm], self.people(firm)
        found = every(PACK, position, self.workspace, people, until=self.now, now=self.now)
        return {lasting(f.rung.key(position.key)): f for f in found if not people[f.rung.person].habits.off}

    def facts(self, firm: str = "f1") -> Facts:
        rows = tuple(self.rows[firm].values())
        planned_at, unseen = self.planned.get(firm, (0.0, 0.0))[0], self.histories[firm][self.seen.get(firm, 0) :]
        first_unseen = unseen[0].at if unseen else None
        return Facts(self.positions[firm], tuple(self.entries), self.people(firm), rows, planned_at, first_unseen)

    def replan(self, firm: str = "f1") -> Replan:
        made = replan(PACK, LEDGER, self.facts(firm), self.now)
        rows = self.rows[firm]
        for one in made.add:
            assert one.key not in rows
            rows[one.key] = Kept(one)
        for key, due_at in made.move.items():
            assert not rows[key].settled
            rows[key] = Kept(replace(rows[key].owed, due_at=due_at))
        for key in made.drop:
            assert not rows.pop(key).settled
        for key, outcome in made.outcomes.items():
            rows[key] = msgspec.structs.replace(rows[key], outcome=outcome)
        for key, about in made.about.items():
            rows[key] = msgspec.structs.replace(rows[key], owed=replace(rows[key].owed, about=about))
        self.redrawn += [one.about for one in made.redraw]
        self.planned[firm] = (self.now.timestamp() + 0.002, made.again_at)
        self.seen[firm] = self.positions[firm].version
        return made

    def _replan_all(self) -> "World":
        for firm in [] if self.down else list(self.positions):
            self.replan(firm)
        return self

    # --- what was said ------------------------------------------------------------------------------------------

    def heard(self, who: Person = ANA, zone: str | None = None) -> list[str]:
        """What this person was told, one line a message: `Dec 8 09:00 task:s2 before 1`."""
        place = ZoneInfo(zone or self.zone)
        return [
            " ".join(
                [
                    f"{at.astimezone(place):%b} {at.astimezone(place).day} {at.astimezone(place):%H:%M}",
                    *self._words(items),
                ]
            )
            for at, person, items in self.said
            if person == who.id
        ]

    def _words(self, items: dict[tuple[str, str], Rung]) -> list[str]:
        return [
            f"{'' if len(self.positions) == 1 else firm + '/'}{subject.removeprefix('task:')} {rung.kind}"
            + (f" {rung.rung}" if rung.rung else "")
            for (firm, subject), rung in sorted(items.items())
        ]


def started(begins: str = "2026-12-01 10:00", zone: str = NEW_YORK) -> World:
    """Ana's firm with a duty to report, in which Ben is a member."""
    return World(begins, zone).set_up().member(BEN).answer("fdid_duty", "yes")


__all__ = ["ANA", "BEN", "LEA", "PACK", "World", "local", "started", "time", "timedelta"]
