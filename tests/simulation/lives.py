"""Lives of firms, made up by a seed: people who work, forget, change their minds, travel and leave."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from tests.simulation import script as s
from tests.simulation.oracle import expected
from tests.simulation.oracle.days import Days
from tests.simulation.oracle.firm import TO_DO, Firm, fold

NEW_YORK = ZoneInfo("America/New_York")
ZONES = (
    "America/New_York",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Phoenix",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/St_Johns",
    "Europe/London",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Adelaide",
    "Asia/Tokyo",
    "Pacific/Auckland",
    "",
)
AGENTS = (("Alder",), ("Alder", "Birch"))
STEPS = ("2", "3", "5", "6", "6-I", "6-II-A", "6-II-B", "6-II-C")
HOURS = (time(7, 30), time(8), time(9), time(10, 30), time(16))
SNOOZED = 0.06
"""The share of what is sent that is snoozed."""
NUMBERS_SET = 0.2
"""The share of snoozes that are followed by other numbers of the firm's."""
NUMBERS = ((10, 5, 2, 1, 0), (7, 3, 0), (1, 0))


def lives(seed: int, firms: int, begin: date, end: date, down: tuple[s.Down, ...] = ()) -> s.Script:
    """So many firms from one day to another. Nobody can do anything while the bot is down."""
    random = Random(seed)
    zones: dict[str, str] = {}
    consultants = [f"UCON{n}" for n in range(1 + firms // 25)]
    happenings: list[s.Happening] = []
    for n in range(firms):
        happenings += _Life(random, f"F{n:03}", consultants, zones, (begin, end), down).live()
    for person in [*consultants, *(p for p in zones if p not in consultants)]:
        happenings += _journeys(random, person, begin, end)
    happenings += _admins(random, begin, end)
    until = datetime.combine(end, time(), UTC)
    script = s.Script(_in_order(happenings, down), zones, until, down)
    return s.Script(_in_order([*script.happenings, *_snoozes(random, script)], down), zones, until, down)


def _in_order(happenings: list[s.Happening], down: tuple[s.Down, ...]) -> tuple[s.Happening, ...]:
    possible = [h for h in happenings if not any(d.since <= h.at < d.until for d in down)]
    return tuple(sorted(possible, key=lambda h: h.at))


def _moment(random: Random, day: date) -> datetime:
    """Some minutes past a quarter of an hour, when nothing falls due: mostly when people work in New York."""
    hour = random.choice(range(24)) if random.random() < 0.2 else random.choice(range(12, 23))
    minute = random.choice((3, 18, 33, 48)) + random.choice((0, 1))
    return datetime(
        day.year, day.month, day.day, hour, minute, random.randrange(60), random.randrange(1000) * 1000, UTC
    )


def _snoozes(random: Random, script: s.Script) -> list[s.Happening]:
    found: list[s.Happening] = []
    for message in expected(script):
        if random.random() > SNOOZED:
            continue
        firm, subject = random.choice(sorted(message.items))
        at = _moment(random, (message.at + timedelta(hours=random.choice((1, 2, 5, 20)))).date())
        if message.at + timedelta(minutes=2) < at < script.until:
            found.append(s.Snoozes(at, message.person, firm, subject, random.choice(("hour", "tomorrow", "week"))))
            found += _other_numbers(random, script, firm, at + timedelta(minutes=4))
    return found


def _other_numbers(random: Random, script: s.Script, firm: str, at: datetime) -> list[s.Happening]:
    """Now and then a lead sets the firm's numbers while something sleeps; not where they undo next what came before."""
    of_firm = [h for h in script.happenings if isinstance(h, s.InFirm) and h.firm == firm]
    lead = next(h.by for h in of_firm if isinstance(h, s.SetsUp))
    following = next((h for h in of_firm if h.by == lead and h.at > at), None)
    if random.random() > NUMBERS_SET or isinstance(following, s.Undoes):
        return []
    return [s.SetsRules(at, lead, firm, random.choice(NUMBERS))]


def _journeys(random: Random, person: str, begin: date, end: date) -> list[s.Happening]:
    """Moves, pauses and other hours of one person."""
    found: list[s.Happening] = []
    day = begin
    while (day := day + timedelta(days=random.randrange(20, 200))) < end:
        at = _moment(random, day)
        match random.randrange(6):
            case 0 | 1:
                found.append(s.Moves(at, person, random.choice(ZONES[:-1])))
            case 2:
                found.append(s.Pauses(at, person, day + timedelta(days=random.randrange(2, 25))))
            case 3:
                back = _moment(random, day + timedelta(days=random.randrange(3, 30)))
                found += [s.TurnsOff(at, person, off=True), s.TurnsOff(back, person, off=False)]
            case 4:
                found.append(s.PicksHour(at, person, random.choice(HOURS)))
            case 5:
                ends = day + timedelta(days=random.randrange(2, 25))
                # Not in the last morning: what it held comes with the hour then, as after a night.
                early = _moment(random, random.choice((ends - timedelta(2), ends - timedelta(3), day)))
                if at < early and early.date() < end:
                    found += [s.Pauses(at, person, ends), s.Pauses(early, person, early.date())]
    return found


def _admins(random: Random, begin: date, end: date) -> list[s.Happening]:
    day = begin + timedelta(days=random.randrange(30, 60))
    found: list[s.Happening] = []
    if day + timedelta(days=8) < end:
        found.append(s.ClosesExchange(_moment(random, day), "admin", Days().forward(day + timedelta(days=7))))
    if end > date(2025, 1, 1):
        revised = day + timedelta(days=20)
        for after in (70, 90):
            at = _moment(random, revised)
            announced = at.astimezone(NEW_YORK).date()  # at night it is the day before there
            found.append(
                s.Revises(at, "admin", "full_cais_compliance", announced, announced, revised + timedelta(days=after))
            )
            revised += timedelta(days=30)
    return [h for h in found if h.at.date() < end]


class _Life:
    """One firm's. It looks at what holds, so that everything in it is possible."""

    def __init__(
        self,
        random: Random,
        name: str,
        consultants: list[str],
        zones: dict[str, str],
        span: tuple[date, date],
        down: tuple[s.Down, ...],
    ) -> None:
        begin, end = span
        self.random = random
        self.name = name
        self.end = end
        self.down = down
        self.day = begin + timedelta(days=random.randrange(1, max(2, min(120, (end - begin).days // 3))))
        shared = random.random() < 0.3
        self.lead = random.choice(consultants) if shared else f"U{name}L"
        self.second = f"U{name}M" if random.random() < 0.4 else ""
        self.members = [f"U{name}{letter}" for letter in "ABC"[: random.randrange(1, 4)]]
        for person in (self.lead, self.second, *self.members):
            if person:
                zones.setdefault(person, random.choice(ZONES))
        self.said: list[tuple[int, s.InFirm]] = []
        self.firm = Firm(name, datetime.max.replace(tzinfo=UTC))
        self.gone: set[str] = set()
        self.others: list[s.Happening] = []

    def live(self) -> list[s.Happening]:
        """From its set-up to the end."""
        target = self.day + timedelta(days=self.random.randrange(60, 500)) if self.random.random() < 0.6 else None
        zone = self.random.choice(ZONES[:-1])
        self._do(s.SetsUp(self._at(), self.lead, self.name, zone, target))
        for person, role in [(self.second, "lead"), *((m, "member") for m in self.members)]:
            if person:
                self._do(s.Adds(self._at(), self.lead, self.name, person, role))
        ways = (self._answers, self._does, self._does, self._dates, self._dates, self._dates, self._gives, self._gives)
        ways += (self._waits, self._waits, self._steps, self._targets, self._yearly, self._again, self._leaves)
        ways += (self._rules, self._undone, self._undone)
        while self.day < self.end:
            self.day += timedelta(days=self.random.choice((0, 0, 1, 1, 2, 3, 5, 8, 13, 21)))
            self.at = self._at()  # first of all: what is decided depends on the day it is then
            self.random.choice(ways)()
        return [*(h for _, h in self.said if h.at.date() < self.end), *self.others]

    def _at(self) -> datetime:
        """A moment of this day, or of the first one after it on which something can be done: after all others."""
        at = _moment(self.random, self.day)
        while (self.said and at <= self.said[-1][1].at) or any(d.since <= at < d.until for d in self.down):
            self.day += timedelta(days=self.random.choice((0, 1)))
            at = _moment(self.random, self.day)
        return at

    def _do(self, happening: s.InFirm) -> None:
        self.said.append((len(self.said), happening))
        self.firm = fold(self.said)

    def _who(self) -> str:
        return self.random.choice([p for p, role in self.firm.roles.items() if p not in self.gone])

    def _to_do(self, states: tuple[str, ...] = TO_DO) -> str:
        found = [task for task, state in self.firm.states().items() if state in states and task not in ("s1", "s4")]
        return self.random.choice(found) if found else ""

    def _make(self, kind: Callable[..., s.InFirm], *said: object, by: str = "") -> None:
        self._do(kind(self.at, by or self._who(), self.name, *said))

    def _answers(self) -> None:
        if self.firm.duty != "yes":
            self._make(s.Answers, "fdid_duty", ("no" if self.random.random() < 0.05 else "yes",))
        elif not self.firm.methods:
            methods = self.random.choice((("agent",), ("agent", "ui"), ("upload",)))
            agents = self.random.choice(AGENTS) if "agent" in methods else ()
            self._make(s.Answers, "methods", methods, agents)

    def _does(self) -> None:
        if self.random.random() < 0.4 and (task := self._to_do(("open", "waiting"))):
            owner = self.firm.owners.get(task)
            mine = owner and owner.person in self.firm.roles and owner.person not in self.gone
            self._make(s.Does, task, by=owner.person if owner and mine and self.random.random() < 0.5 else "")

    def _dates(self) -> None:
        if task := self._to_do():
            soon = self.random.choice((0, 1, 2, 3, 5, 9, 14, 20, 30, 60, 90))
            clears = task in self.firm.dates and self.random.random() < 0.15
            self._make(s.Dates, task, None if clears else self.day + timedelta(days=soon + 1))

    def _steps(self) -> None:
        self._make(s.DatesStep, self.random.choice(STEPS), self.day + timedelta(days=self.random.randrange(3, 80)))

    def _targets(self) -> None:
        self._make(s.Targets, self.day + timedelta(days=self.random.randrange(5, 200)))

    def _gives(self) -> None:
        if task := self._to_do():
            able = [p for p, role in self.firm.roles.items() if role != "viewer" and p not in self.gone]
            owner = self.firm.owners.get(task)
            to = self.random.choice([p for p in able if not owner or p != owner.person] or [None])
            if to and not (owner and self.random.random() < 0.1):
                self._make(s.Gives, task, to)
            elif owner:
                self._make(s.Gives, task, None)

    def _waits(self) -> None:
        if waiting := self._to_do(("waiting",)):
            if self.random.random() < 0.4:
                self._make(s.EndsWait, waiting)
        elif task := self._to_do(("open",)):
            since = self.day - timedelta(days=self.random.choice((1, 1, 3, 10)))
            look = self.day + timedelta(days=self.random.randrange(2, 30)) if self.random.random() < 0.5 else None
            self._make(s.Waits, task, since, look)

    def _yearly(self) -> None:
        name = self.random.choice(("SAA", "Clocks"))
        if name not in self.firm.yearly:
            today = self.random.random() < 0.3
            month, day = (self.day.month, min(self.day.day, 28)) if today else (None, None)
            self._make(s.DatesYearly, name, month or self.random.randrange(1, 13), day or self.random.randrange(1, 29))
            return
        yearly = self.firm.yearly[name]
        on = date(self.day.year, yearly.month, yearly.day)
        if abs((on - self.day).days) < 40 and on > yearly.at.date() and (name, on) not in self.firm.yearly_done:
            self._make(s.FinishesYearly, name, on)

    def _again(self) -> None:
        found = [t for t in self.firm.finished if self.firm.finished[t] == "done" and t not in ("s1", "s4", "s1h")]
        if found and self.random.random() < 0.2:
            self._make(s.OpensAgain, self.random.choice(found))

    def _leaves(self) -> None:
        here = [m for m in self.members if m in self.firm.roles and m not in self.gone]
        if here and self.random.random() < 0.08:
            person = self.random.choice(here)
            if self.random.random() < 0.5:
                self._make(s.Removes, person, by=self.lead)
            else:
                self.gone.add(person)
                self.others.append(s.Leaves(self.at, person))

    def _rules(self) -> None:
        if self.random.random() < 0.08:
            self._make(s.SetsRules, self.random.choice(NUMBERS), self.random.choice(HOURS), by=self.lead)

    def _undone(self) -> None:
        if len(self.said) > 8 and isinstance(self.said[-1][1], s.Dates | s.Gives | s.Does | s.Waits):
            self._make(s.Undoes, by=self.said[-1][1].by)
