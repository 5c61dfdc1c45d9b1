"""Each happening of a script as the use case that a click or a command would call."""

import msgspec

from bot.delivery.arrivals import short
from bot.delivery.reminded import once_each, read
from flows.deadlines import Source, Value
from flows.events import FirmKey
from flows.firms import Person
from flows.habits import Habits
from flows.position import Position
from flows.reminders.rung import Rung
from flows.services import Act, Services
from flows.workspace import DeadlineRevised, TradingDayEdited
from tests.simulation import script as s
from tests.simulation.slack import Slack

TENANT = "-/T0SIM"
REASON = "As it happened."


OTHER_TENANT = "-/T0TWO"


def tenant_of(person: str) -> str:
    """Whoever's name says so is in another workspace."""
    return OTHER_TENANT if person.startswith("two_") else TENANT


def place(person: str) -> str:
    """Their id as ours."""
    return f"slack:{tenant_of(person)}/{person}"


def user_of(person: str) -> str:
    return person.rsplit("/", 1)[-1]


class Names:
    """The script's names for what the code gives ids: firms, agents, yearly dates."""

    def __init__(self) -> None:
        self.keys: dict[str, FirmKey] = {}
        self.firms: dict[str, str] = {}

    def met(self, firm: str, key: FirmKey) -> None:
        self.keys[firm], self.firms[key.firm] = key, firm

    def task(self, position: Position, task: str) -> str:
        """`s5[Alder]` as the code has it."""
        plain, _, agent = task.rstrip("]").partition("[")
        if not agent:
            return task
        return f"{plain}[{next(a.id for a in position.agents if a.name == agent)}]"

    def subject(self, position: Position, subject: str) -> str:
        """The code's subject as the script has it."""
        kind, _, what = subject.partition(":")
        if kind == "task" and "[" in what:
            plain, _, agent = what.rstrip("]").partition("[")
            found = position.agent(agent)
            return f"task:{plain}[{found.name if found else agent}]"
        if kind == "recurring":
            return f"yearly:{next(r.name for r in position.recurring if r.id == what)}"
        return f"person:{user_of(what)}" if kind == "person" else subject


class Actor:
    """Does what a script says, through one process's use cases. The same happening twice is one click, told twice."""

    def __init__(self, names: Names, slack: Slack) -> None:
        self._names = names
        self._slack = slack

    async def act(self, services: Services, number: int, happening: s.Happening) -> None:
        act = Act(Person(place(happening.by), happening.by, admin=happening.by == "admin"), "button", f"c{number}")
        if isinstance(happening, s.InFirm):
            await self._in_firm(services, act, happening)
        else:
            await self._of_person(services, act, happening)

    async def _in_firm(self, services: Services, act: Act, h: s.InFirm) -> None:
        if isinstance(h, s.SetsUp):
            said = {"situation": "new", "time_zone": h.zone, "target": h.target, "precheck": "yes"}
            made = await services.set_up(tenant_of(h.by), act, name=h.firm.removesuffix("_two"), **said)
            self._names.met(h.firm, made.position.key)
            return
        key = self._names.keys[h.firm]
        position = await services.events.position(key)
        assert position is not None
        if hasattr(h, "task"):
            await self._on_task(services, act, h, key, self._names.task(position, h.task))
        else:
            await self._on_firm(services, act, h, position)

    async def _on_task(self, services: Services, act: Act, h: s.InFirm, key: FirmKey, task: str) -> None:
        match h:
            case s.Does():
                position = await services.events.position(key)
                assert position is not None
                outcomes = services.pack.tasks[task.split("[")[0]].outcomes
                await services.complete(key, act, task, outcome=outcomes[0].id if outcomes else "")
            case s.SetsAside():
                await services.set_aside(key, act, task, reason=REASON)
            case s.OpensAgain():
                await services.reopen(key, act, task, reason=REASON)
            case s.Waits(since=since, look_again=day):
                await services.wait(key, act, task, whom="FINRA CAT", since=since, follow_up_on=day)
            case s.EndsWait():
                await services.end_wait(key, act, task)
            case s.Dates(day=day):
                await services.set_task_due(key, act, task, day)
            case s.Gives(to=to):
                await services.assign(key, act, task, Person(place(to), to) if to else None)

    async def _on_firm(self, services: Services, act: Act, h: s.InFirm, position: Position) -> None:
        key = position.key
        match h:
            case s.Adds(person=person, role=role):
                await services.set_member(key, act, Person(place(person), person), role)  # type: ignore[arg-type]
            case s.Removes(person=person):
                await services.remove_member(key, act, place(person))
            case s.Answers(fact=fact, value=value, agents=agents, again=again):
                said = {"agents": agents} if agents else {"basis": REASON} if value == ("no",) else {}
                await services.answer(key, act, fact, value, recheck_on=again, **said)
            case s.DatesStep(step=step, day=day):
                await services.set_step_due(key, act, step, day)
            case s.Targets(day=day):
                await services.set_target(key, act, day)
            case s.DatesYearly(name=name, month=month, day=day):
                await services.set_recurring(key, act, name, month, day)
            case s.FinishesYearly(name=name, on=on):
                await services.reminders.finish_recurring(key, act, _yearly(position, name), on)
            case s.RemovesYearly(name=name):
                await services.remove_recurring(key, act, _yearly(position, name))
            case s.SetsRules(before=before, hour=hour):
                rules = position.reminders
                rules = msgspec.structs.replace(rules, before=before or rules.before, hour=hour or rules.hour)
                await services.reminders.set_rules(key, act, rules)
            case s.Undoes():
                await services.undo(key, act)
            case s.Snoozes(subject=subject, choice=choice):
                await self._snooze(services, act, position, subject, choice)

    async def _snooze(self, services: Services, act: Act, position: Position, subject: str, choice: str) -> None:
        """On the item of the last message about it, as it stands there."""
        for message in reversed(self._slack.by_user.get(user_of(act.who.id), [])):
            rows = [row.owed for row in await services.outbox.of_message(position.key.tenant, message.place)]
            for item in once_each(await read(rows, services)):
                of_firm = item.scene.position.key == position.key
                if of_firm and self._names.subject(position, item.rung.subject) == subject:
                    key = next(row.key for row in rows if short(row.key) == item.row)
                    await services.reminders.snooze(position.key.tenant, act, key, choice)  # type: ignore[arg-type]
                    return

    async def _of_person(self, services: Services, act: Act, h: s.Happening) -> None:
        match h:
            case s.Moves(zone=zone):
                self._slack.users[h.by].zone = zone
            case s.Leaves():
                self._slack.users[h.by].gone = True
            case s.TakesNoMessages():
                self._slack.users[h.by].blocks = "cannot_dm_bot"
            case s.PicksHour(hour=hour):
                await self._habits(services, act, hour=hour)
            case s.Pauses(until=until):
                await self._habits(services, act, paused_until=until)
            case s.TurnsOff(off=off):
                await self._habits(services, act, off=off)
            case s.ClosesExchange(day=day):
                await services.record_for_workspace(tenant_of(h.by), act, TradingDayEdited(day, "closed", REASON))
            case s.Revises(deadline=deadline, first=first, last=last):
                value = Value("window", start=h.opens, end=h.day) if h.opens else Value("date", on=h.day)
                revised = DeadlineRevised(deadline, first, last, value, Source("A notice", ""), REASON)
                await services.record_for_workspace(tenant_of(h.by), act, revised)

    async def _habits(self, services: Services, act: Act, **said: object) -> None:
        reach = await services.directory.reach(tenant_of(user_of(act.who.id)), [act.who.id])
        habits: Habits = msgspec.structs.replace(reach[act.who.id].habits, **said)
        await services.reminders.set_habits(tenant_of(user_of(act.who.id)), act, habits)


def _yearly(position: Position, name: str) -> str:
    return next(r.id for r in position.recurring if r.name == name)


def rung_of(about: str) -> Rung:
    """The reminder that a row is about."""
    return msgspec.json.decode(about, type=Rung)
