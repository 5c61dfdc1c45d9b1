"""A firm in a few numbers, kept beside it, whichever the database."""

import asyncio
from collections.abc import Sequence

from msgspec.structs import replace

from flows.events import FirmKey, Record
from flows.gist import Gist, Own
from flows.ports import Changed, Decide, Listed
from flows.position import Position
from storage.database import Database
from storage.gists import FEW
from tests.storage.decisions import ANN, KEY, TENANT, join, leave, note, rename, set_up

BOB = "slack:-/T1/U2"
ELM = FirmKey(TENANT, "f2")
ELSEWHERE = FirmKey("-/T2", "f1")


def numbers(version: int, made_by: str = "1") -> Gist:
    return Gist(made_by, version, "America/New_York", False, 3, 9, (738000,), 0, 1, 737000, 2, (Own(BOB, 1, 5),))


def with_gist(decide: Decide, made_by: str = "1") -> Decide:
    def decided(position: Position, history: Sequence[Record]) -> Changed:
        changed = decide(position, history)
        return replace(changed, gist=numbers(changed.position.version, made_by))

    return decided


async def firms(database: Database, person: str, tenant: str = TENANT) -> list[Listed]:
    return sorted(await database.gists.of_person(tenant, person), key=lambda firm: firm.key.firm)


async def test_what_is_appended_brings_its_gist_and_each_person_sees_those_of_their_own_firms(
    database: Database,
) -> None:
    await database.events.change(KEY, with_gist(set_up("Oak")))
    await database.events.change(ELM, with_gist(set_up("Elm")))
    await database.events.change(ELM, with_gist(join(BOB, "viewer")))
    await database.events.change(ELSEWHERE, with_gist(set_up("Oak")))
    assert await firms(database, ANN.id) == [
        Listed(KEY, "Oak", "lead", numbers(2)),
        Listed(ELM, "Elm", "lead", numbers(3)),
    ]
    assert await firms(database, BOB) == [Listed(ELM, "Elm", "viewer", numbers(3))]
    assert await firms(database, BOB, "-/T2") == []
    await database.events.change(ELM, with_gist(leave(BOB)))
    assert await firms(database, BOB) == []


async def test_a_workspace_has_all_its_firms_and_none_of_another(database: Database) -> None:
    await database.events.change(KEY, with_gist(set_up("Oak")))
    await database.events.change(ELSEWHERE, with_gist(set_up("Oak")))
    assert await database.gists.of_workspace(TENANT) == [Listed(KEY, "Oak", None, numbers(2))]
    await database.events.change(ELM, with_gist(set_up("Elm")))
    found = await database.gists.of_workspace(TENANT)
    assert sorted(firm.name for firm in found) == ["Elm", "Oak"]
    assert await database.gists.of_person(TENANT, BOB) == []


async def test_a_gist_of_the_firm_as_it_was_counts_no_more_and_is_missed(database: Database) -> None:
    await database.events.change(KEY, with_gist(set_up("Oak")))
    assert await database.gists.missing("1", limit=9) == []
    await database.events.change(KEY, note())
    assert await firms(database, ANN.id) == [Listed(KEY, "Oak", "lead", None)]
    assert await database.gists.missing("1", limit=9) == [KEY]
    await database.gists.keep({KEY: numbers(3)})
    assert await firms(database, ANN.id) == [Listed(KEY, "Oak", "lead", numbers(3))]
    assert await database.gists.missing("1", limit=9) == []
    assert await database.gists.missing("2", limit=9) == [KEY], "another maker makes it anew"


async def test_who_comes_with_an_older_one_changes_nothing(database: Database) -> None:
    await database.events.change(KEY, with_gist(set_up("Oak")))
    await database.gists.keep({KEY: numbers(1, "older")})
    assert await firms(database, ANN.id) == [Listed(KEY, "Oak", "lead", numbers(2))]


async def test_what_changes_between_two_looks_is_seen_and_a_gist_made_anew_counts(database: Database) -> None:
    keys = [FirmKey(TENANT, f"n{n:02d}") for n in range(FEW + 2)]
    await asyncio.gather(*(database.events.change(key, with_gist(set_up(key.firm))) for key in keys))
    before = await firms(database, ANN.id)
    assert await firms(database, ANN.id) == before
    await database.events.change(keys[0], with_gist(rename("Oak")))
    await database.events.change(keys[1], with_gist(join(BOB)))
    await database.events.change(keys[1], with_gist(leave(ANN.id)))
    now = await firms(database, ANN.id)
    assert now == [Listed(keys[0], "Oak", "lead", numbers(3)), *before[2:]]
    await database.gists.keep({key: numbers(2, "newer") for key in keys[2:]})
    assert {firm.gist.made_by for firm in (await firms(database, ANN.id))[1:] if firm.gist} == {"newer"}
