"""A firm's facts, folded from what happened in it, and the roadmap's graph in its simplest form."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from tests.simulation import script as s

BEFORE = (10, 5, 2, 1, 0)
SELF = {"ui", "upload", "private_line"}
PARTS = {"s6i": "6-I", "s6a": "6-II-A", "s6r": "6-II-A", "s6e": "6-II-B", "s6b0": "6-II-B", "s6b": "6-II-B"}
TO_DO = ("open", "waiting", "locked")


@dataclass(frozen=True)
class Said:
    """Something that was said at an instant by somebody; `number` is the happening's own."""

    at: datetime
    by: str
    number: int


@dataclass(frozen=True)
class Due(Said):
    on: date


@dataclass(frozen=True)
class Owner(Said):
    person: str


@dataclass(frozen=True)
class Wait(Said):
    since: date
    look_again: date | None


@dataclass(frozen=True)
class Yearly(Said):
    month: int
    day: int


@dataclass
class Firm:
    """What has been said by now."""

    name: str
    set_up: datetime
    zone: str = "America/New_York"
    hour: time = time(9)
    before: tuple[int, ...] = BEFORE
    roles: dict[str, str] = field(default_factory=dict)
    target: Due | None = None
    look_again: Due | None = None
    duty: str = ""
    methods: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    finished: dict[str, str] = field(default_factory=dict)
    waits: dict[str, Wait] = field(default_factory=dict)
    dates: dict[str, Due] = field(default_factory=dict)
    step_dates: dict[str, Due] = field(default_factory=dict)
    owners: dict[str, Owner] = field(default_factory=dict)
    yearly: dict[str, Yearly] = field(default_factory=dict)
    yearly_done: set[tuple[str, date]] = field(default_factory=set)
    possible: dict[str, Said] = field(default_factory=dict)
    """Since when a task is open that was none to do, or was locked, and through whom."""

    def states(self) -> dict[str, str]:
        """Each task that applies, and its state."""
        graph = self._graph()
        states: dict[str, str] = {}
        for task, needs in graph.items():
            ready = all(states[n] in ("done", "aside") for n in needs)
            states[task] = self.finished.get(task) or ("locked" if not ready else self._begun(task))
        return states

    def _begun(self, task: str) -> str:
        return "waiting" if task in self.waits else "open"

    def _graph(self) -> dict[str, tuple[str, ...]]:
        """Each task with those that come first; only what is known to apply."""
        graph: dict[str, tuple[str, ...]] = {"s1": ()}
        if self.duty == "unsure":
            return {**graph, "s1h": ()}
        if self.duty != "yes":
            return graph
        graph |= {"s2": ("s1",), "s3e": ("s2",), "s3": ("s3e",), "s4": ("s1",)}
        agents = self.agents if "agent" in self.methods else ()
        asked = tuple(f"s6a[{a}]" for a in agents)
        alone = SELF.intersection(self.methods)
        graph |= {f"s5[{a}]": ("s3e",) for a in agents} | dict.fromkeys(asked, ())
        graph |= {"s6r": ("s4", *asked)} if agents else {}
        graph |= {"s6i": ("s3e",)} if alone else {}
        before = ("s6r",) * bool(agents) + ("s6i",) * bool(alone)
        graph |= {"s6e": before or ("s4",), "s6b0": ("s6e",), "s6b": ("s6b0",)}
        return graph | {f"s6c[{a}]": ("s6b0",) for a in agents}

    def ended(self) -> bool:
        return self.duty == "no" or all(state in ("done", "aside") for state in self.states().values())

    def due(self, task: str) -> Due | None:
        """The task's own day, else its part's, else its step's."""
        plain = task.split("[")[0]
        part = "6-II-C" if plain == "s6c" else PARTS.get(plain, "")
        return self.dates.get(task) or self.step_dates.get(part) or self.step_dates.get(plain[1])


def taken_back(happenings: Sequence[tuple[int, s.InFirm]]) -> s.InFirm | None:
    """What the last of them undoes; None where that is no undo."""
    by = happenings[-1][1]
    if not isinstance(by, s.Undoes):
        return None
    counted = _counted(happenings[:-1])
    return counted[_last_of(by.by, counted)][1]


def fold(happenings: Sequence[tuple[int, s.InFirm]]) -> Firm:
    """What they add up to; what was undone is left out."""
    counted = _counted(happenings)
    firm = Firm(counted[0][1].firm, counted[0][1].at)
    states: dict[str, str] = {}
    for number, happening in counted:
        _take(firm, number, happening)
        was, states = states, firm.states()
        for task, state in states.items():
            if state == "open" and was.get(task, "locked") not in ("open", "waiting"):
                firm.possible[task] = Said(happening.at, happening.by, number)
    return firm


def _counted(happenings: Sequence[tuple[int, s.InFirm]]) -> list[tuple[int, s.InFirm]]:
    counted: list[tuple[int, s.InFirm]] = []
    for number, happening in happenings:
        if isinstance(happening, s.Undoes):
            del counted[_last_of(happening.by, counted)]
        elif not isinstance(happening, s.Snoozes):
            counted.append((number, happening))
    return counted


def _last_of(person: str, counted: Sequence[tuple[int, s.InFirm]]) -> int:
    return max(i for i, (_, h) in enumerate(counted) if h.by == person)


def _take(firm: Firm, number: int, happening: s.InFirm) -> None:
    said = (happening.at, happening.by, number)
    match happening:
        case s.SetsUp(by=by, zone=zone, target=target):
            firm.zone, firm.roles[by] = zone, "lead"
            firm.target = Due(*said, target) if target else None
        case s.Adds(person=person, role=role):
            firm.roles[person] = role
        case s.Removes(person=person):
            firm.roles.pop(person, None)
        case s.Answers(fact="fdid_duty", value=value, again=again):
            firm.duty = value[0]
            firm.look_again = Due(*said, again) if again else None
            _finish(firm, "s1")
        case s.Answers(value=value, agents=agents):
            firm.methods, firm.agents = value, agents or firm.agents
            _finish(firm, "s4")
        case s.Does(task=task):
            _finish(firm, task)
        case s.SetsAside(task=task):
            _finish(firm, task, "aside")
        case s.OpensAgain(task=task):
            firm.finished.pop(task, None)
        case s.Waits(task=task, since=since, look_again=look_again):
            firm.waits[task] = Wait(*said, since, look_again)
        case s.EndsWait(task=task):
            firm.waits.pop(task, None)
        case _:
            _take_date(firm, said, happening)


def _take_date(firm: Firm, said: tuple[datetime, str, int], happening: s.InFirm) -> None:
    if _is_set_already(firm, happening):
        return
    match happening:
        case s.Dates(task=task, day=day):
            _keep(firm.dates, task, Due(*said, day) if day else None)
        case s.DatesStep(step=step, day=day):
            _keep(firm.step_dates, step, Due(*said, day) if day else None)
        case s.Targets(day=day):
            firm.target = Due(*said, day) if day else None
        case s.Gives(task=task, to=to):
            _keep(firm.owners, task, Owner(*said, to) if to else None)
        case s.DatesYearly(name=name, month=month, day=day):
            firm.yearly[name] = Yearly(*said, month, day)
        case s.RemovesYearly(name=name):
            firm.yearly.pop(name, None)
        case s.FinishesYearly(name=name, on=on):
            firm.yearly_done.add((name, on))
        case s.SetsRules(before=before, hour=hour):
            firm.before = firm.before if before is None else before
            firm.hour = hour or firm.hour
        case _:
            raise AssertionError(f"the oracle does not know {happening}")


def _finish(firm: Firm, task: str, state: str = "done") -> None:
    firm.finished[task] = state
    firm.waits.pop(task, None)


def _is_set_already(firm: Firm, happening: s.InFirm) -> bool:
    """The day that it is already: nothing is set anew."""
    match happening:
        case s.Dates(task=task, day=day):
            kept = firm.dates.get(task)
        case s.DatesStep(step=step, day=day):
            kept = firm.step_dates.get(step)
        case s.Targets(day=day):
            kept = firm.target
        case s.DatesYearly(name=name, month=month, day=day):
            yearly = firm.yearly.get(name)
            return yearly is not None and (yearly.month, yearly.day) == (month, day)
        case _:
            return False
    return kept is not None and kept.on == day


def _keep(kept: dict, key: str, value: object) -> None:
    if value is None:
        kept.pop(key, None)
    else:
        kept[key] = value
