"""What people do about reminders, over ports in memory: who may, what is owed then, and what a plan leaves behind."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from flows import own_dates, setting_up
from flows.acts import Act, Result
from flows.events import AnyEvent, FirmKey
from flows.firms import Person, Refusal
from flows.habits import Habits
from flows.ports import Changed
from flows.position import Position
from flows.records import Stamp, record
from flows.reminders.use_cases import Reminders
from flows.workspace import Workspace
from tests.flows.life import ANA, BEN, PACK
from tests.flows.reminders.world import LEDGER, TENANT, local
from tests.storage.memory import MemoryDirectory, MemoryEvents, Shared
from tests.storage.memory_outbox import MemoryOutbox, MemoryPlans

KEY = FirmKey(TENANT, "f1")


class Desk:
    """Ana's firm, and the reminders' use cases at a time that moves."""

    def __init__(self) -> None:
        self.now = local("2026-12-07 10:00")
        shared = Shared()
        self.events = MemoryEvents(shared)
        self.outbox = MemoryOutbox(shared)
        self.directory = MemoryDirectory(shared)
        self.reminders = Reminders(
            plans=MemoryPlans(shared),
            outbox=self.outbox,
            directory=self.directory,
            events=self.events,
            workspace=self._workspace,
            change=self.change,
            pack=PACK,
            ledger=LEDGER,
            now=lambda: self.now,
        )

    async def _workspace(self, tenant: str) -> Workspace:
        return Workspace(LEDGER)

    async def change(self, key: FirmKey, act: Act, decide: Any, **texts: Any) -> Result:
        stamp = Stamp(who=act.who, at=self.now, source=act.source, edition=PACK.edition)

        def unit(position: Position, _: Sequence[Any]) -> Changed:
            return record(position, decide(position), stamp)

        changed = await self.events.change(key, unit)
        return Result(changed.position, changed.records)

    async def do(self, decide: Any, who: Person = ANA) -> Position:
        return (await self.change(KEY, Act(who, "button"), decide)).position

    async def open(self) -> "Desk":
        def found(position: Position) -> list[AnyEvent]:
            return setting_up.set_up(
                position, ANA, name="Apex", situation="new", today=date(2026, 12, 7), taken=[], target=date(2026, 12, 9)
            )

        await self.do(found)
        await self.do(lambda p: setting_up.set_member(p, ANA, BEN, "member"))
        await self.reminders.replan(KEY)
        return self

    async def send(self) -> list[str]:
        """Everything that is due, as the keys of what was sent."""
        slots = await self.outbox.claim(due=self.now.timestamp(), now=1.0, lease=0.0, limit=9)
        keys = [one.key for slot in slots for one in slot.owed]
        await self.outbox.settle(TENANT, dict.fromkeys(keys, "sent"), now=1.0, message="D1/1.0")
        return keys


@pytest.fixture
async def desk() -> Desk:
    return await Desk().open()


def by(who: Person) -> Act:
    return Act(who, "button")


async def test_a_plan_owes_what_holds_and_is_not_stale_until_the_leads_next_midnight(desk: Desk) -> None:
    assert await desk.reminders.stale(limit=9) == []
    assert await desk.outbox.next_due() == local("2026-12-08 09:00").timestamp()
    desk.now = local("2026-12-08 00:00")
    assert await desk.reminders.stale(limit=9) == [KEY]


async def test_a_snooze_comes_back_once_and_a_second_choice_takes_the_firsts_place(desk: Desk) -> None:
    desk.now = local("2026-12-08 09:00")
    (key,) = await desk.send()
    assert await desk.reminders.snooze(TENANT, by(ANA), key, "week") == local("2026-12-14 09:00")
    until = await desk.reminders.snooze(TENANT, by(ANA), key, "hour")
    assert await desk.reminders.asleep(TENANT, ANA.id) == {key: until}
    desk.now = until.astimezone(UTC)
    await desk.reminders.replan(KEY)
    (again,) = await desk.send()
    assert again.startswith(f"{key}|snooze|")
    assert await desk.reminders.snooze(TENANT, by(ANA), again, "hour") == until + timedelta(hours=1)


async def test_a_snooze_that_is_chosen_in_a_pause_comes_after_it_and_at_once_where_the_pause_is_ended(
    desk: Desk,
) -> None:
    desk.now = local("2026-12-08 09:00")
    (key,) = await desk.send()
    await desk.reminders.set_habits(TENANT, by(ANA), Habits(paused_until=date(2026, 12, 11)))
    until = await desk.reminders.snooze(TENANT, by(ANA), key, "hour")
    assert until == local("2026-12-11 09:00")
    assert await desk.reminders.asleep(TENANT, ANA.id) == {key: until}
    desk.now = local("2026-12-08 10:00")
    assert await desk.send() == []
    desk.now = local("2026-12-08 12:00")
    await desk.reminders.set_habits(TENANT, by(ANA), Habits())
    await desk.reminders.replan(KEY)
    assert [again.partition("|snooze|")[0] for again in await desk.send()] == [key]


async def test_a_snooze_from_a_later_message_takes_the_place_of_one_of_the_same_subject_from_an_earlier_one(
    desk: Desk,
) -> None:
    desk.now = local("2026-12-08 09:00")
    (first,) = await desk.send()
    await desk.reminders.snooze(TENANT, by(ANA), first, "week")
    desk.now = local("2026-12-09 09:00")
    (second,) = await desk.send()
    assert second != first
    until = await desk.reminders.snooze(TENANT, by(ANA), second, "hour")
    assert await desk.reminders.asleep(TENANT, ANA.id) == {second: until}


async def test_a_snooze_leaves_those_of_other_subjects_alone(desk: Desk) -> None:
    position = await desk.do(lambda p: own_dates.set_recurring(p, ANA, "SAA", 12, 9))
    await desk.reminders.replan(KEY)
    desk.now = local("2026-12-08 09:00")
    keys = await desk.send()
    assert len(keys) == 2, position.recurring
    for key in keys:
        await desk.reminders.snooze(TENANT, by(ANA), key, "week")
    assert set(await desk.reminders.asleep(TENANT, ANA.id)) == set(keys)


async def test_a_snooze_that_is_taken_back_does_not_come_back(desk: Desk) -> None:
    desk.now = local("2026-12-08 09:00")
    (key,) = await desk.send()
    await desk.reminders.snooze(TENANT, by(ANA), key, "hour")
    await desk.reminders.wake(TENANT, by(ANA), key)
    desk.now += timedelta(hours=2)
    assert (await desk.reminders.asleep(TENANT, ANA.id), await desk.send()) == ({}, [])


async def test_nobody_snoozes_what_is_somebody_elses(desk: Desk) -> None:
    desk.now = local("2026-12-08 09:00")
    (key,) = await desk.send()
    with pytest.raises(Refusal, match="not here any more"):
        await desk.reminders.snooze(TENANT, by(BEN), key, "hour")
    with pytest.raises(Refusal, match="not here any more"):
        await desk.reminders.wake("-/T2", by(ANA), key)


async def test_a_pause_that_is_saved_again_keeps_its_beginning(desk: Desk) -> None:
    await desk.reminders.set_habits(TENANT, by(ANA), Habits(paused_until=date(2026, 12, 11)))
    begun: datetime = desk.now
    desk.now += timedelta(1)
    await desk.reminders.set_habits(TENANT, by(ANA), Habits(paused_until=date(2026, 12, 18)))
    kept = (await desk.directory.reach(TENANT, [ANA.id]))[ANA.id].habits
    assert (kept.paused_until, kept.paused_at) == (date(2026, 12, 18), begun)


async def test_a_members_yearly_date_is_finished_by_a_member_and_not_by_somebody_else(desk: Desk) -> None:
    position = await desk.do(lambda p: own_dates.set_recurring(p, ANA, "SAA", 12, 15))
    recurring = position.recurring[0].id
    with pytest.raises(Refusal):
        await desk.reminders.finish_recurring(KEY, by(Person("slack:-/T1/UEVE", "Eve")), recurring, date(2026, 12, 15))
    result = await desk.reminders.finish_recurring(KEY, by(BEN), recurring, date(2026, 12, 15))
    assert result.position.recurring_done == {recurring: (date(2026, 12, 15),)}
