"""A firm's life in a test: the shipped pack, a history, and the decisions people take."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from typing import Any

from flows import answers, progress, setting_up, undo
from flows.events import AnyEvent, FirmKey, Record
from flows.firms import Person
from flows.packs import load_pack
from flows.position import Position
from flows.records import Stamp, record, record_undo
from flows.roadmap import Pack
from flows.walk import Item, Walk, walk

_HERE = files("flows.roadmaps")
YAML = (_HERE / "cais-small-firm.yaml").read_text()
SOURCE = (_HERE / "small-firm-roadmap.txt").read_text()
PACK: Pack = load_pack(YAML, SOURCE)

ANA = Person("slack:-/T1/UANA", "Ana Ruiz")
BEN = Person("slack:-/T1/UBEN", "Ben Cole")
VIC = Person("slack:-/T1/UVIC", "Vic Viewer")
EVE = Person("slack:-/T1/UEVE", "Eve Elsewhere")
START = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)


class Life:
    """One firm, from its set-up on."""

    def __init__(self, situation: Any = "new", **said: Any) -> None:
        self.pack = PACK
        self.history: list[Record] = []
        self.position = Position(key=FirmKey("-/T1", "f1"))
        self.now = START
        found = setting_up.set_up(self.position, ANA, name="Apex", situation=situation, today=TODAY, taken=[], **said)
        self.take(found)
        self.take(setting_up.set_member(self.position, ANA, BEN, "member"))
        self.take(setting_up.set_member(self.position, ANA, VIC, "viewer"))

    def stamp(self, who: Person) -> Stamp:
        self.now += timedelta(minutes=1)
        return Stamp(who=who, at=self.now, source="button", edition=self.pack.edition)

    def take(self, events: Sequence[AnyEvent], who: Person = ANA) -> list[AnyEvent]:
        changed = record(self.position, events, self.stamp(who))
        self.history += changed.records
        self.position = changed.position
        return list(events)

    @property
    def walk(self) -> Walk:
        return walk(self.pack, self.position)

    @property
    def next(self) -> str:
        found = self.walk.next
        return found.key if found else ""

    def agent(self, name: str) -> str:
        return next(a.id for a in self.position.agents if a.name == name)

    def item(self, key: str) -> Item:
        found = self.walk.item(key)
        assert found is not None, f"no item {key}"
        return found

    def answer(self, fact: str, *value: str, who: Person = ANA, **said: Any) -> list[AnyEvent]:
        if fact == "fdid_duty" and value == ("no",):
            said.setdefault("basis", "Only advisory business, no orders.")
        return self.take(answers.give(self.pack, self.position, who, fact, value, today=TODAY, **said), who)

    def done(self, key: str, outcome: str = "", who: Person = ANA, **said: Any) -> list[AnyEvent]:
        outcomes = self.item(key).task.outcomes
        said.setdefault("outcome", outcome or (outcomes[0].id if outcomes else ""))
        return self.take(progress.complete(self.pack, self.position, who, key, today=TODAY, **said), who)

    def wait(self, key: str, whom: str = "FINRA CAT", **said: Any) -> list[AnyEvent]:
        said.setdefault("follow_up_on", date(2026, 12, 1))
        return self.take(progress.wait(self.pack, self.position, ANA, key, whom=whom, since=TODAY, **said))

    def undo(self, of: int | None = None, who: Person = ANA) -> bool:
        event = undo.undo(self.history, self.position, who, of)
        if event is None:
            return False
        changed = record_undo(self.history, self.position, event, self.stamp(who))
        self.history += changed.records
        self.position = changed.position
        return True

    def go(self, *methods: str, agents: Sequence[str] = ()) -> "Life":
        """Answer step 1 with yes, do steps 2 and 3, and choose methods and agents in step 4."""
        self.answer("fdid_duty", "yes")
        for key in ("s2", "s3e", "s3"):
            self.done(key)
        self.answer("methods", *methods, agents=agents)
        return self

    def until(self, stop: str = "") -> list[str]:
        """Do what is next, again and again, until `stop` is next or nothing is; the keys done, in order."""
        path: list[str] = []
        while (found := self.walk.next) and found.key != stop and found.task.id != stop:
            assert found.task.kind != "question", f"unanswered question {found.key}"
            self.done(found.key)
            path.append(found.task.id)
        return path
