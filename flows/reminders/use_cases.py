"""What people do about reminders: set them, put one off, finish a yearly date; and the plan that follows."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, date, datetime

import msgspec

from flows.acts import Act, Change, Result
from flows.asked import REMINDERS, Owed
from flows.deadlines import Ledger
from flows.events import FirmKey
from flows.firms import Refusal
from flows.gist import gist
from flows.habits import Habits, Rules
from flows.ports import Directory, EventStore, Facts, Grounds, Outbox, Plans, Replan
from flows.reminders import putting_off, setting
from flows.reminders.hours import Hours
from flows.reminders.replanning import replan
from flows.reminders.rung import USUAL
from flows.reminders.snoozing import Choice, base_key, day_chosen, put_off_at, snoozed_until
from flows.roadmap import Pack
from flows.workspace import Workspace

NOT_HERE = Refusal("That reminder is not here any more. Nothing was changed.", kind="stale")


class Reminders:
    """Everything about reminders. `now` is business time, UTC."""

    def __init__(
        self,
        *,
        plans: Plans,
        outbox: Outbox,
        directory: Directory,
        events: EventStore,
        workspace: Callable[[str], Awaitable[Workspace]],
        change: Change,
        pack: Pack,
        ledger: Ledger,
        now: Callable[[], datetime],
    ) -> None:
        self._plans = plans
        self._outbox = outbox
        self._directory = directory
        self._events = events
        self._workspace = workspace
        self._change = change
        self._pack = pack
        self._ledger = ledger
        self._now = now
        self.woken: Callable[[], None] = lambda: None
        """Told when something is owed to somebody, so that it need not wait for the next round."""

    # --- settings ----------------------------------------------------------------------------------------------

    async def set_rules(self, key: FirmKey, act: Act, rules: Rules) -> Result:
        """See `setting.set_rules`."""
        return await self._change(key, act, lambda p: setting.set_rules(p, act.who, rules))

    async def set_habits(self, tenant: str, act: Act, habits: Habits, *, zone: str = "", rules: Rules = USUAL) -> None:
        """A person's own: the hour, a pause, or off. A pause that is prolonged began when it began.

        `zone` and `rules` are the firm's, which count where the person has none of their own.
        """
        reach = (await self._directory.reach(tenant, [act.who.id]))[act.who.id]
        hours = Hours(reach, zone, rules, (await self._workspace(tenant)).calendar)
        now = self._now()
        kept = setting.still_set(hours, now)
        wanted = setting.with_way_back(kept, setting.habits(hours, habits, now), now)
        if wanted != kept:
            await self._directory.set_habits(tenant, act.who.id, wanted)

    # --- one reminder ------------------------------------------------------------------------------------------

    async def snooze(self, tenant: str, act: Act, key: str, choice: Choice) -> datetime:
        """Put it off; returns when it comes back, after a pause that the end falls into.

        Another snooze of the same subject takes the first one's place.
        """
        row = await self._own(tenant, act, key)
        firm = FirmKey(tenant, row.firm)
        position = await self._events.position(firm)
        if position is None:
            raise NOT_HERE
        reach = (await self._directory.reach(tenant, [act.who.id]))[act.who.id]
        calendar = (await self._workspace(tenant)).calendar
        until = snoozed_until(choice, self._now(), reach, position.time_zone, position.reminders, calendar)
        hours = Hours(reach, position.time_zone, position.reminders, calendar)
        held, day = hours.held_back(until), day_chosen(choice, until, hours)
        cause, now = act.cause or "", self._now()
        await self._outbox.rearrange(
            firm,
            lambda rows: putting_off.put_off(rows, row, until, day=day, due=held, cause=cause, now=now),
            now=now.timestamp(),
        )
        self.woken()
        return held

    async def wake(self, tenant: str, act: Act, key: str, *, elsewhere: bool = False) -> None:
        """It is not put off any more, so that it does not come back by itself. `elsewhere`: not where it stands."""
        row = await self._own(tenant, act, key)
        cause, now = act.cause or "", self._now()
        await self._outbox.rearrange(
            FirmKey(tenant, row.firm),
            lambda rows: putting_off.woken(rows, row, elsewhere=elsewhere, cause=cause, now=now),
            now=now.timestamp(),
        )
        self.woken()

    async def asleep(self, tenant: str, person: str) -> Mapping[str, datetime]:
        """Which reminders this person put off, by the key of each, and until when."""
        rows = await self._outbox.snoozed(tenant, person)
        return {base_key(row.key): datetime.fromtimestamp(row.due_at, UTC) for row in rows}

    async def last_snooze(self, tenant: str, person: str) -> tuple[datetime, Owed] | None:
        """What this person put off last of all that sleeps, and when they did."""
        rows = await self._outbox.snoozed(tenant, person)
        found = [(at, row) for row in rows if (at := put_off_at(row))]
        return max(found, key=lambda one: one[0], default=None)

    async def grounds(self, key: FirmKey, person: str) -> Grounds | None:
        """What it goes by whether reminders of this firm to this person hold; None where there is no such firm."""
        return await self._plans.grounds(key, person)

    async def heard_of(self, tenant: str, person: str) -> None:
        """They are there, whatever was said when a message was refused: what is owed to them is sent to them again."""
        await self._directory.heard_of(tenant, person)

    async def finish_recurring(self, key: FirmKey, act: Act, recurring: str, on: date) -> Result:
        """See `setting.finish_recurring`."""
        today = self._now().date()
        return await self._change(key, act, lambda p: setting.finish_recurring(p, act.who, recurring, on, today))

    # --- the plan ----------------------------------------------------------------------------------------------

    async def stale(self, *, limit: int, tenant: str = "") -> Sequence[FirmKey]:
        """Firms whose plan was made from something else than what is known now; only a workspace's where it is named.

        Of one that is stopped there is none, unless it is named.
        """
        return await self._plans.stale(now=self._now().timestamp(), limit=limit, tenant=tenant)

    async def replan(self, key: FirmKey) -> Replan | None:
        """Plan the firm's reminders anew, and keep its gist; None where there is no such firm."""
        now = self._now()

        def decided(facts: Facts) -> Replan:
            # The firm is read here anyway, and nobody waits; a click would.
            made = gist(self._pack, facts.position)
            return msgspec.structs.replace(replan(self._pack, self._ledger, facts, now), gist=made)

        return await self._plans.replan(key, decided, now=now.timestamp())

    # --- within ------------------------------------------------------------------------------------------------

    async def _own(self, tenant: str, act: Act, key: str) -> Owed:
        """Raises Refusal for what is not there, or somebody else's."""
        row = await self._outbox.get(tenant, key)
        if row is None or row.owed.person != act.who.id or row.owed.kind not in REMINDERS:
            raise NOT_HERE
        return row.owed
