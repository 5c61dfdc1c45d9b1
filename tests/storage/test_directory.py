"""Who sees which firm, whichever the database."""

import asyncio
from datetime import UTC, date, datetime, time

import pytest

from flows.events import FirmKey
from flows.habits import Habits, Reach
from flows.ports import ChannelTaken, FirmSummary, Known, Sighting
from storage.database import Database
from storage.statements import SIGHTED
from tests.storage.decisions import ANN, KEY, TENANT, join, leave, link, rename, set_up, unlink

BOB = "slack:-/T1/U2"
ELM = FirmKey(TENANT, "f2")


@pytest.fixture
async def two_firms(database: Database) -> Database:
    """Oak is Ann's and linked to C1; Elm is Ann's and Bob's and linked to C2."""
    await database.events.change(KEY, set_up("Oak", channel="C1"))
    await database.events.change(ELM, set_up("Elm", channel="C2"))
    await database.events.change(ELM, join(BOB, "viewer"))
    return database


def firm_of(sighting: Sighting) -> str | None:
    """Which firm's position was given."""
    return sighting.position.key.firm if sighting.position else None


async def test_an_empty_workspace_has_nothing(database: Database) -> None:
    assert await database.directory.sight(TENANT, ANN.id, "C1") == Sighting(Known(ANN.id), (), "", "", None, False)


async def test_a_person_sees_his_firms_by_name_with_his_role(two_firms: Database) -> None:
    ann = await two_firms.directory.sight(TENANT, ANN.id)
    assert ann.firms == (FirmSummary(ELM, "Elm", "lead"), FirmSummary(KEY, "Oak", "lead"))
    bob = await two_firms.directory.sight(TENANT, BOB)
    assert bob.firms == (FirmSummary(ELM, "Elm", "viewer"),)
    assert bob.any_firm


async def test_the_firm_asked_for_comes_before_the_channels_the_current_and_the_only_one(two_firms: Database) -> None:
    sight, use = two_firms.directory.sight, two_firms.directory.use
    assert firm_of(await sight(TENANT, BOB)) == "f2"  # the only one
    assert firm_of(await sight(TENANT, ANN.id)) is None  # two, and none chosen
    await use(TENANT, ANN.id, "f1")
    assert firm_of(await sight(TENANT, ANN.id)) == "f1"
    assert firm_of(await sight(TENANT, ANN.id, "C2")) == "f2"
    assert firm_of(await sight(TENANT, ANN.id, "C9")) == "f1"
    asked = await sight(TENANT, ANN.id, "C2", "f1")
    assert (firm_of(asked), asked.linked, asked.current) == ("f1", "f2", "f1")


async def test_the_position_is_the_newest(two_firms: Database) -> None:
    changed = await two_firms.events.change(ELM, rename("Beech"))
    assert (await two_firms.directory.sight(TENANT, BOB)).position == changed.position
    assert (await two_firms.directory.sight(TENANT, BOB)).firms[0].name == "Beech"


async def test_a_firm_one_is_no_member_of_is_never_shown(two_firms: Database) -> None:
    sight = two_firms.directory.sight
    assert firm_of(await sight(TENANT, BOB, firm="f1")) is None
    in_their_channel = await sight(TENANT, BOB, "C1")
    assert (firm_of(in_their_channel), in_their_channel.linked) == (None, "f1")
    await two_firms.directory.use(TENANT, BOB, "f1")
    assert (await sight(TENANT, BOB)).current == ""
    assert firm_of(await sight(TENANT, "slack:-/T1/U9", "C1", "f1")) is None


async def test_a_firm_that_is_not_there_is_none(two_firms: Database) -> None:
    assert firm_of(await two_firms.directory.sight(TENANT, ANN.id, "C1", "gone")) is None


async def test_a_workspace_admin_sees_any_firm_of_his_workspace(two_firms: Database) -> None:
    admin = Known("slack:-/T1/U3", "Cas", "America/Chicago", True, 1.5)
    await two_firms.directory.remember(TENANT, admin)
    sighting = await two_firms.directory.sight(TENANT, admin.person, "C1")
    assert (sighting.known, sighting.firms, firm_of(sighting)) == (admin, (), "f1")
    assert firm_of(await two_firms.directory.sight(TENANT, admin.person, firm="f2")) == "f2"
    await two_firms.directory.use(TENANT, admin.person, "f2")
    assert firm_of(await two_firms.directory.sight(TENANT, admin.person)) == "f2"
    elsewhere = await two_firms.directory.sight("-/T2", admin.person, "C1", "f1")
    assert (elsewhere.known.admin, elsewhere.any_firm, elsewhere.linked, firm_of(elsewhere)) == (False, False, "", None)
    assert await two_firms.directory.all_firms(TENANT) == [FirmSummary(ELM, "Elm", None), FirmSummary(KEY, "Oak", None)]


async def test_nothing_of_one_tenant_is_seen_from_another(two_firms: Database) -> None:
    await two_firms.directory.use(TENANT, ANN.id, "f1")
    await two_firms.directory.remember(TENANT, Known(ANN.id, "Ann", "America/New_York", True, 1.0))
    for firm in ("", "f1"):
        seen = await two_firms.directory.sight("-/T2", ANN.id, "C1", firm)
        assert seen == Sighting(Known(ANN.id), (), "", "", None, False)
    assert await two_firms.directory.all_firms("-/T2") == []
    twin = FirmKey("-/T2", "f1")
    await two_firms.events.change(twin, set_up("Twin", lead=BOB, channel="C1"))
    assert firm_of(await two_firms.directory.sight("-/T2", ANN.id, "C1", "f1")) is None
    theirs = await two_firms.directory.sight("-/T2", BOB, "C1")
    assert theirs.position
    assert theirs.position.key == twin
    ours = await two_firms.directory.sight(TENANT, ANN.id, "C1")
    assert ours.position
    assert ours.position.key == KEY


async def test_who_leaves_sees_no_more(two_firms: Database) -> None:
    await two_firms.directory.use(TENANT, BOB, "f2")
    await two_firms.events.change(ELM, leave(BOB))
    after = await two_firms.directory.sight(TENANT, BOB, "C2", "f2")
    assert (after.firms, after.current, firm_of(after)) == ((), "", None)


async def test_a_new_role_is_seen(two_firms: Database) -> None:
    await two_firms.events.change(ELM, join(BOB, "lead"))
    assert (await two_firms.directory.sight(TENANT, BOB)).firms[0].role == "lead"


async def test_a_channel_stays_with_the_firm_that_linked_it_until_that_unlinks_it(two_firms: Database) -> None:
    sight, change = two_firms.directory.sight, two_firms.events.change
    before = await two_firms.events.position(ELM)
    with pytest.raises(ChannelTaken):
        await change(ELM, link("C1"))
    assert await two_firms.events.position(ELM) == before
    assert len(await two_firms.events.history(ELM)) == 4
    assert (await sight(TENANT, ANN.id, "C1")).linked == "f1"
    await change(KEY, unlink("C1"))
    await change(ELM, link("C1"))
    assert (await sight(TENANT, ANN.id, "C1")).linked == "f2"


async def test_of_two_firms_that_link_one_channel_at_once_one_is_refused(two_firms: Database) -> None:
    change = two_firms.events.change
    said = await asyncio.gather(change(KEY, link("C7")), change(ELM, link("C7")), return_exceptions=True)
    assert sorted(type(one).__name__ for one in said) == ["Changed", "ChannelTaken"]
    positions = [await two_firms.events.position(key) for key in (KEY, ELM)]
    linked = (await two_firms.directory.sight(TENANT, ANN.id, "C7")).linked
    assert [p.key.firm for p in positions if p and "C7" in p.channels] == [linked]


async def test_what_is_known_of_a_person_is_kept_apart_from_his_current_firm(two_firms: Database) -> None:
    known = Known(ANN.id, "Ann Lee", "America/Denver", False, 1_700_000_000.25, "guest")
    await two_firms.directory.use(TENANT, ANN.id, "f1")
    await two_firms.directory.remember(TENANT, known)
    seen = await two_firms.directory.sight(TENANT, ANN.id)
    assert (seen.known, seen.current) == (known, "f1")
    await two_firms.directory.use(TENANT, ANN.id, "f2")
    seen = await two_firms.directory.sight(TENANT, ANN.id)
    assert (seen.known, seen.current) == (known, "f2")


async def reach(database: Database, person: str) -> Reach:
    return (await database.directory.reach(TENANT, [person]))[person]


async def test_somebody_nobody_knows_is_taken_to_be_reachable(database: Database) -> None:
    assert await database.directory.reach(TENANT, [ANN.id, BOB]) == {ANN.id: Reach(ANN.id), BOB: Reach(BOB)}
    assert await database.directory.reach(TENANT, []) == {}


async def test_how_a_person_is_reached_is_what_slack_said_and_what_they_chose(database: Database) -> None:
    habits = Habits(time(8, 30), date(2027, 3, 1), True, datetime(2027, 2, 1, tzinfo=UTC))
    await database.directory.set_habits(TENANT, BOB, habits)
    await database.directory.blocked(TENANT, BOB, "cannot_dm_bot", at=50.0)
    await database.directory.remember(TENANT, Known(BOB, "Bob", "Asia/Kolkata"))
    since = datetime.fromtimestamp(50, UTC)
    assert await reach(database, BOB) == Reach(BOB, "Asia/Kolkata", "", "cannot_dm_bot", habits, since)
    assert (await database.directory.sight(TENANT, BOB)).known.name == "Bob"
    assert (await database.directory.reach("-/T2", [BOB]))[BOB] == Reach(BOB)
    await database.directory.set_habits(TENANT, BOB, Habits())
    assert (await reach(database, BOB)).habits == Habits()


async def test_since_when_somebody_is_out_of_reach_stays_until_that_changes(database: Database) -> None:
    remember, blocked = database.directory.remember, database.directory.blocked
    await remember(TENANT, Known(BOB, "Bob", standing="gone"), at=10.0)
    await remember(TENANT, Known(BOB, "Bob", "Asia/Tokyo", standing="gone"), at=20.0)
    assert (await reach(database, BOB)).since == datetime.fromtimestamp(10, UTC)
    await remember(TENANT, Known(BOB, "Bob"), at=30.0)
    assert (await reach(database, BOB)).since == datetime.fromtimestamp(30, UTC)
    await blocked(TENANT, BOB, "cannot_dm_bot", at=40.0)
    await blocked(TENANT, BOB, "cannot_dm_bot", at=50.0)
    assert (await reach(database, BOB)).since == datetime.fromtimestamp(40, UTC)


async def test_another_reason_for_which_somebody_is_out_of_reach_dates_nothing_anew(database: Database) -> None:
    remember, blocked, first = database.directory.remember, database.directory.blocked, datetime.fromtimestamp(10, UTC)
    await blocked(TENANT, BOB, "cannot_dm_bot", at=10.0)
    await remember(TENANT, Known(BOB, "Bob", standing="gone"), at=20.0)
    assert (await reach(database, BOB)).since == first
    await blocked(TENANT, BOB, "account_inactive", at=30.0)
    await remember(TENANT, Known(BOB, "Bob", standing="guest"), at=40.0)
    assert await reach(database, BOB) == Reach(BOB, "", "guest", "account_inactive", Habits(), first)


async def test_whose_account_is_open_again_is_in_reach_again_and_who_takes_no_messages_is_not(
    database: Database,
) -> None:
    directory = database.directory
    for word, reachable in (("account_inactive", True), ("cannot_dm_bot", False)):
        await directory.blocked(TENANT, BOB, word, at=10.0)
        await directory.remember(TENANT, Known(BOB, "Bob", standing="gone"), at=11.0)
        assert not (await directory.reach(TENANT, [BOB]))[BOB].reachable
        await directory.remember(TENANT, Known(BOB, "Bob"), at=12.0)
        assert (await directory.reach(TENANT, [BOB]))[BOB].reachable is reachable


async def test_whoever_is_heard_of_is_reachable_and_out_of_reach_since_the_first_refusal_until_a_message_arrives(
    database: Database,
) -> None:
    directory, first = database.directory, datetime.fromtimestamp(10, UTC)
    await directory.heard_of(TENANT, BOB)
    assert await reach(database, BOB) == Reach(BOB)
    await directory.blocked(TENANT, BOB, "cannot_dm_bot", at=10.0)
    await directory.heard_of(TENANT, BOB)
    await directory.heard_of(TENANT, BOB)
    assert await reach(database, BOB) == Reach(BOB, since=first, heard=True)
    assert (await directory.sight(TENANT, BOB)).blocked == ""
    await directory.blocked(TENANT, BOB, "cannot_dm_bot", at=20.0)
    assert await reach(database, BOB) == Reach(BOB, blocked="cannot_dm_bot", since=first)
    await directory.heard_of(TENANT, BOB)
    await directory.blocked(TENANT, BOB, "", at=30.0)
    await directory.blocked(TENANT, BOB, "cannot_dm_bot", at=40.0)
    assert (await reach(database, BOB)).since == datetime.fromtimestamp(40, UTC)


async def test_somebody_with_very_many_firms_sees_all_of_them_as_they_are(database: Database) -> None:
    keys = [FirmKey(TENANT, f"n{n}") for n in range(SIGHTED + 2)]
    await asyncio.gather(*(database.events.change(key, set_up(f"Firm {n:03d}")) for n, key in enumerate(keys)))
    seen = await database.directory.sight(TENANT, ANN.id, firm="n7")
    assert [firm.key for firm in seen.firms] == keys
    assert firm_of(seen) == "n7"
    assert (await database.directory.sight(TENANT, ANN.id)).firms == seen.firms
    await database.events.change(keys[0], rename("Zelkova"))
    await database.events.change(keys[1], join(ANN.id, "viewer"))
    assert (await database.directory.sight(TENANT, ANN.id)).firms[-1].name == "Zelkova"
    assert (await database.directory.sight(TENANT, ANN.id)).firms[0].role == "viewer"
