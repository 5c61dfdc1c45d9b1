"""Every button and form of one's own firm with another firm's values in it: nothing of that firm shows or changes.

The walk of `test_every_route.py` names the other firm itself. Here the firm is one's own, and everything else is not:
a question, an agent, a piece of evidence, a person, a channel, a file.
"""

import sqlite3
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from bot.actions import Carried
from bot.delivery.arrivals import short
from bot.front.hearing import Call
from bot.surfaces import Answer
from flows.events import FirmKey
from flows.firms import Person
from flows.habits import Rules
from flows.services import Act, Services
from storage.models import metadata
from tests.bot.test_every_route import (
    OWNER,
    ROUTER,
    SECRET,
    TENANT,
    answer,
    call,
    key,
    routed,
    said_by,
    services,
    wished,
    with_foreign_firm,
)

__all__ = ["answer", "key", "services", "wished", "with_foreign_firm"]

BEN = Person(f"slack:{TENANT}/U0BEN", "Ben Cole")
ELSEWHERE = "slack:-/T0OTHER/C0FOREIGN"
FILE = "F0FOREIGN"

MOST = 24
"""Values that are tried of one field: as many as the other firm has rows, and a few more."""


async def theirs(services: Services, key: FirmKey) -> Mapping[str, Sequence[Any]]:
    """By the name of a field, what stands in it on the other firm's buttons and forms."""
    position = await services.position(key, OWNER)
    rows = await services.history(key, OWNER)
    asked = [a.id for a in (await services.queue.waiting(Act(OWNER, "command"), position)).waiting]
    answers = [*position.firm_answers]
    tasks = [item.key for item in services.walk(position).items if ":" in item.key] + ["s1", "s2"]
    agents, recurring = [a.id for a in position.agents], [r.id for r in position.recurring]
    days, sequences = ["2027-03-15", "2027-05-28", "no day", ""], [-1, 2**70, *range(1, len(rows) + 3)]
    (document,) = [d.id for d in await services.documents.listed(key, OWNER)]
    owed = [row.owed.key for row in await services.outbox.summaries(TENANT, f"slack:{TENANT}/C0FOREIGN", "")]
    words = [f"{command} {key.firm}" for command in ("firm use", "firm copy", "summary", "status for", "export json")]
    subjects = {"task": tasks, "recurring": recurring, "milestone": ["full"], "recheck": ["methods"], "odd": [""]}
    found: dict[str, Sequence[Any]] = {
        "agent": agents,
        "agents": [tuple(agents)],
        "answer": [*answers, *asked],
        "as_typed": [True, False],
        "attester": [OWNER.id],
        "basis": ["because"],
        "before": sequences,
        "below": [True],
        "channel": [f"slack:{TENANT}/C0FOREIGN", "C0FOREIGN", ELSEWHERE, f"slack:{TENANT}/D0LEA"],
        "command": ["status", "firm"],
        "crd": ["1234"],
        "deadline": ["full", "new", key.firm],
        "digest": ["", "0" * 64],
        "document": [document],
        "every": [True, False],
        "evidence": sequences,
        "fact": ["methods", "fdid_duty", "registration", key.firm],
        "filled": [None, Rules()],
        "firms": [1, 2, 2**70],
        "first": days,
        "format": ["json", "xlsx", "packet", "nonsense"],
        "grounds": [(), ("exempt",)],
        "happened_on": days,
        "helpful": [True],
        "hour": ["09:00", "99:99", ""],
        "key": [*tasks, *recurring, "2"],
        "label": ["x"],
        "last": days,
        "lift": [True, False],
        "list": ["l1", key.firm],
        "name": ["Birch Brokers", "x" * 5000, "\x00"],
        "new_name": ["Oak Clearing"],
        "note": ["n1", key.firm],
        "nth": [0, 1, -1, 2**70],
        "of": sequences,
        "off": [False],
        "often": ["post", "daily", "nonsense"],
        "old_name": ["Elm Clearing"],
        "on": days,
        "only": ["all", "past", "waiting", "nonsense", ""],
        "outcome": ["", "approved"],
        "page": [0, 1, -1, 2**70],
        "part": [""],
        "paused_until": days,
        "permalink": ["https://x.slack.com/archives/C0FOREIGN/p1700000000000100", "no address", ""],
        "person": [OWNER.id, "U0LEA", "U0CON"],
        "plan": [True, False],
        "precheck": ["yes"],
        "profile": ["introducing"],
        "question": [*asked, *answers],
        "recheck_on": days,
        "recurring": recurring,
        "role": ["lead", "nonsense"],
        "row": [short(one) for one in [*owed, "lead_asked"]],
        "said": ["date", "window", "nonsense"],
        "scope": ["all", *tasks],
        "seen": ["", "0" * 20],
        "shown": ["", "0" * 20],
        "situation": ["new"],
        "source": [key.firm],
        "step": ["1", "4", "99"],
        "subject": [f"{kind}:{one}" for kind, ones in subjects.items() for one in ones],
        "target": days,
        "task": tasks,
        "then": words,
        "ticket": [True, False],
        "time_zone": ["America/New_York", "Nowhere/At_All"],
        "value": ["yes", "no", "agent"],
        "what": ["task", "step", "target", "plan"],
        "which": ["", "0" * 20],
        "words": words,
    }
    return found


FILES: Mapping[str, Sequence[Any]] = {"TakeAsDocuments": [((FILE, "x.pdf", 5),)]}


def carried_by(kind: type[Carried], given: Mapping[str, Sequence[Any]], firm: str) -> Iterator[Carried]:
    """Such buttons or forms, each with other values; every value there is comes once at least."""
    chosen: dict[str, Sequence[Any]] = {}
    for field in msgspec.structs.fields(kind):
        if field.name in ("firm", "version"):
            continue
        if field.name == "files":
            chosen["files"] = FILES.get(kind.__name__, [(FILE,)])
            continue
        assert field.name in given, f"say in `theirs` what another firm's {field.name!r} of {kind.__name__} is"
        values = given[field.name]
        if field.type is str:
            values = [str(value) for value in values]
        elif field.type == tuple[str, ...] and not isinstance(values[0], tuple):
            values = [(value,) for value in values]
        chosen[field.name] = values
    count = min(MOST, max((len(values) for values in chosen.values()), default=1))
    for values in zip(*(islice(cycle(v), count) for v in chosen.values()), strict=True):
        yield kind(firm=firm, version=2, **dict(zip(chosen, values, strict=True)))
    if not chosen:
        yield kind(firm=firm, version=2)


def everything_of(path: Path, key: FirmKey) -> Mapping[str, list[Any]]:
    """Every row there is of a firm, and of who leads it where it is of no firm, by table."""
    with closing(sqlite3.connect(path)) as database:
        found = {}
        for table in metadata.sorted_tables:
            columns = {column.name for column in table.columns}
            named = "firm_id" if "firm_id" in columns else "person" if "person" in columns else ""
            if named:
                whose = key.firm if named == "firm_id" else OWNER.id
                rows = database.execute(f"SELECT * FROM {table.name} WHERE {named} = ?", [whose]).fetchall()
                found[table.name] = sorted(rows, key=repr)
    return found


class Fields(dict[str, tuple[str, ...]]):
    """A form in which every field is filled in, whatever it is called: with one of the other firm's values."""

    def __init__(self, named: Mapping[str, str], others: Sequence[str], nth: int) -> None:
        super().__init__({name: (value,) for name, value in named.items()})
        self._others = others
        self._nth = nth

    def get(self, name: str, default: Any = ()) -> Any:  # type: ignore[override]
        if name not in self:
            at = self._nth + int.from_bytes(name.encode(), "little")
            self[name] = (self._others[at % len(self._others)],)
        return self[name]


def forged(kind: str, name: str, carried: Carried, given: Mapping[str, Sequence[Any]], nth: int) -> Call:
    """What Slack would send where Ben's button or form holds all this."""
    pool = [*given["source"], *given["agent"], *given["task"], *given["question"], *given["document"]]
    picked = [*pool, "tomorrow", "0"]
    named = {"person": "U0LEA", "lead": "U0LEA", "giver": "U0LEA", "firm": given["source"][0], "role": "member"}
    days = dict.fromkeys(("day", "target", "check", "as_of", "from", "to", "until"), "2027-05-28")
    fields = Fields({**named, **days} if nth % 2 else named, [*pool, "2027-05-28", "yes", "hello", "U0CON"], nth)
    chosen = picked[nth % len(picked)]
    sent = replace(call(kind, name, carried, chosen, values=fields), cause=f"{kind}-{name}-{nth}-{carried.firm}")
    return replace(sent, view={"type": "modal", "id": "V1"}) if kind == "submit" else sent


@pytest.mark.parametrize(("kind", "name"), routed())
async def test_a_button_of_ones_own_firm_with_another_firms_values_reaches_nothing_of_it(
    services: Services,
    key: FirmKey,
    answer: Callable[[Call], Awaitable[Answer]],
    wished: list[FirmKey],
    tmp_path: Path,
    kind: str,
    name: str,
) -> None:
    own = (await services.set_up(TENANT, Act(BEN, "modal", "ben"), name="Birch Brokers", situation="new")).position.key
    given, before = await theirs(services, key), everything_of(tmp_path / "cais.db", key)
    route = {"action": ROUTER.actions, "submit": ROUTER.submits, "options": ROUTER.options}[kind][name]
    assert route.carries is not None
    for nth, carried in enumerate(carried_by(route.carries, given, own.firm)):
        for one in (carried,) if route.firm else (carried, replace(carried, firm="")):
            said = said_by(await answer(forged(kind, name, one, given, nth)))
            assert SECRET not in said, one
            assert "Something went wrong" not in said, one
    assert everything_of(tmp_path / "cais.db", key) == before
    assert key not in wished
    mine = await services.events.history(own)
    assert SECRET not in repr([(row.event, row.before, row.after) for row in mine])


OWN = ("outbox", "votes", "questions", "plans", "gists", "taken")
"""Tables with what anybody may have done who may read: a question, a vote, word of it to a lead."""


def of_the_record(path: Path, key: FirmKey) -> Mapping[str, list[Any]]:
    """Everything of a firm but that."""
    return {table: rows for table, rows in everything_of(path, key).items() if table not in OWN}


IN_LOTS = [routed()[first : first + 8] for first in range(0, len(routed()), 8)]
"""Of those that may change nothing several go through one firm."""


def each_of(
    some: Sequence[tuple[str, str]], given: Mapping[str, Sequence[Any]], firm: str
) -> Iterator[tuple[str, str, int, Carried]]:
    """What they may carry, of this firm and of none."""
    for kind, name in some:
        route = {"action": ROUTER.actions, "submit": ROUTER.submits, "options": ROUTER.options}[kind][name]
        assert route.carries is not None
        for nth, carried in enumerate(carried_by(route.carries, given, firm)):
            yield kind, name, nth, carried
            yield kind, name, nth, replace(carried, firm="")


@pytest.mark.parametrize("some", IN_LOTS, ids=lambda some: some[0][1])
async def test_who_may_only_read_changes_nothing_by_any_button_or_form(
    services: Services,
    key: FirmKey,
    answer: Callable[[Call], Awaitable[Answer]],
    wished: list[FirmKey],
    tmp_path: Path,
    some: Sequence[tuple[str, str]],
) -> None:
    await services.set_member(key, Act(OWNER, "modal", "viewer"), BEN, "viewer")
    given, before = await theirs(services, key), of_the_record(tmp_path / "cais.db", key)
    for kind, name, nth, one in each_of(some, given, key.firm):
        said = await answer(forged(kind, name, one, given, nth))
        assert "Something went wrong" not in said_by(said), one
    assert of_the_record(tmp_path / "cais.db", key) == before


@pytest.mark.parametrize("some", IN_LOTS, ids=lambda some: some[0][1])
async def test_who_was_taken_off_a_firm_reaches_nothing_of_it_by_the_buttons_they_still_have(
    services: Services,
    key: FirmKey,
    answer: Callable[[Call], Awaitable[Answer]],
    wished: list[FirmKey],
    tmp_path: Path,
    some: Sequence[tuple[str, str]],
) -> None:
    await services.set_member(key, Act(OWNER, "modal", "lead"), BEN, "lead")
    await services.use(await services.position(key, BEN), Act(BEN, "button", "use"))
    await services.remove_member(key, Act(OWNER, "button", "off"), BEN.id)
    given, before = await theirs(services, key), everything_of(tmp_path / "cais.db", key)
    for kind, name, nth, one in each_of(some, given, key.firm):
        assert SECRET not in said_by(await answer(forged(kind, name, one, given, nth))), one
    assert everything_of(tmp_path / "cais.db", key) == before
    assert key not in wished
