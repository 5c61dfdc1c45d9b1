"""A workspace admin hands over a list of firms, looks at what would come of it, and has the firms set up, once."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from itertools import count
from pathlib import Path

import msgspec
import pytest

from bot.app import Bot
from bot.bootstrap import build_router
from bot.clock import real_time
from bot.views import firm_lists as views
from bot.views.room import MOST_TEXT, characters
from bot.workers import firm_list_reader
from flows.asked import Owed
from flows.firm_lists.reading import FirmList
from flows.firm_lists.use_cases import (
    AT_ONCE,
    LOOK,
    MAKE,
    MOST_TRIES,
    READ,
    READING,
    WENT_WRONG,
    WITHHELD,
    Given,
    Look,
)
from flows.firms import Person, Refusal
from flows.ports import Known
from flows.position import Position
from flows.services import Act, Services
from storage.database import open_database
from storage.erasing import Scope
from tests.bot.conftest import NOW
from tests.bot.conversing import ANA, BEN, COMPLIANCE, LEA, Json, Slack, as_state, labels, words_of
from tests.bot.firm_making import a_firm

TENANT = "-/T0SANDBOX"
BOSS = Person(f"slack:{TENANT}/{ANA}", "Ana Ruiz", admin=True)
LIST = "firm,crd,situation,lead,members\nApex,1,reporting,@lea,@ben\nBirch,2,,,\nCedar,x,,,\n"


async def hands_over(slack: Slack, text: str = "", file: bytes = b"") -> Json:
    await slack.ana.types("/cais")  # by which it comes to be known that she runs the workspace
    await slack.ana.types("/cais firm import")
    fields: Json = {"text": text} if text else {}
    if file:
        fields["file"] = [slack.sandbox.hand_over(ANA, "firms.csv", file)]
    answer = await slack.ana.submits(fields)
    await slack.settled()
    return answer


async def firms(services: Services) -> list[Position]:
    keys = [firm.key for firm in await services.directory.all_firms(TENANT)]
    return list(await services.events.positions(keys))


async def test_a_list_is_looked_at_first_and_then_its_firms_are_set_up(slack: Slack, services: Services) -> None:
    assert (await hands_over(slack, LIST))["ok"]
    shown = words_of(slack.ana.last)
    assert "*2 firms can be set up, 1 line cannot become one.*" in shown
    assert "• Line 4, Cedar: A CRD number has up to 8 digits" in shown
    for cell in ("Apex", "1", "Reporting", "Lea Haddad +1", "you"):
        assert cell in shown
    assert await firms(services) == []

    await slack.ana.presses("Set up 2 firms")
    assert "*2 firms are set up.*" in words_of(slack.ana.last)
    apex, birch = sorted(await firms(services), key=lambda p: p.name)
    assert (apex.name, apex.crd, apex.situation) == ("Apex", "1", "reporting")
    assert {m.name: m.role for m in apex.members.values()} == {"Lea Haddad": "lead", "Ben Cole": "member"}
    assert {m.name: m.role for m in birch.members.values()} == {"Ana Ruiz": "lead"}
    assert "CRD number: 1" in words_of(await slack.lea.types("/cais firm"))
    assert "· from a list" in words_of(await slack.lea.types("/cais history"))
    assert slack.refused() == []


async def test_an_admins_very_first_words_may_be_the_list(slack: Slack) -> None:
    await slack.ana.types("/cais firm import")
    assert slack.ana.modal is not None
    assert "Only a workspace admin" in words_of(await slack.lea.types("/cais firm import"))


async def test_a_file_of_excels_is_read_in_the_background(slack: Slack, services: Services) -> None:
    await hands_over(slack, file="Firm;CRD;Fax\r\nSociété Nord;77;1\r\n".encode("cp1252"))
    assert "Société Nord" in words_of(slack.ana.last)
    assert "Columns I do not read: Fax" in words_of(slack.ana.last)
    await slack.ana.presses("Set up 1 firm")
    assert [p.name for p in await firms(services)] == ["Société Nord"]


async def test_firms_that_are_there_are_named_and_not_set_up_again(slack: Slack, services: Services) -> None:
    there = await a_firm(services, "Apex", LEA)
    await services.settle(there.key, Act(BOSS, "modal", "crd"), crd="2", keep_target=True)
    await hands_over(slack, LIST)
    shown = words_of(slack.ana.last)
    assert "• Line 2, Apex: There is a firm of this name already." in shown
    assert "• Line 3, Birch: Apex has this CRD number already." in shown
    assert labels(slack.ana.last) == ["Hand a list over…"]


async def test_each_wrong_line_is_shown_with_all_its_faults_as_far_as_slack_takes_them(
    slack: Slack, services: Services
) -> None:
    await a_firm(services, "Apex", LEA)
    lines = [f"Apex,sleeping,@nobody{n},Mars/Base" for n in range(100)]
    right = [f"Firm {n} {'x' * 60},new,," for n in range(100)]
    await hands_over(slack, file="\n".join(["firm,situation,lead,time zone", *lines, *right]).encode())
    shown = words_of(slack.ana.last)
    first = next(line for line in shown.splitlines() if line.startswith("• Line 2, Apex: "))
    for fault in ("situation has to be", "time zone is not known", "of this name already", "called “@nobody0”"):
        assert fault in first
    assert "more lines" in shown
    assert "Set up 100 firms" in labels(slack.ana.last)
    assert characters(slack.ana.last["blocks"]) <= MOST_TEXT
    assert slack.refused() == []


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({}, "one of the two"),
        ({"text": "nothing of use"}, ""),
    ],
)
async def test_what_cannot_be_read_is_said(slack: Slack, fields: Json, why: str) -> None:
    answer = await hands_over(slack, fields.get("text", ""))
    if why:
        assert why in str(answer["errors"])
    else:
        assert "one of them “firm”" in words_of(slack.ana.last)


async def test_a_file_that_is_a_workbook_is_told_apart(slack: Slack) -> None:
    await hands_over(slack, file=b"PK\x03\x04 a workbook")
    assert "That is no csv file." in words_of(slack.ana.last)


async def test_only_a_workspace_admin_may(slack: Slack, services: Services) -> None:
    said = await slack.ben.at(COMPLIANCE).types("/cais firm import")
    assert "Only a workspace admin" in words_of(said)
    assert "Send one of them your csv file with your own handle in its `lead` column" in words_of(said)
    ben = Person(f"slack:{TENANT}/{BEN}", "Ben Cole")
    with pytest.raises(Refusal, match="Only a workspace admin"):
        await services.firm_lists.hand_over(Given(TENANT, Act(ben, "modal", "c"), "America/New_York", text=LIST))
    await hands_over(slack, LIST)
    (list_id,) = [b["value"] for b in _buttons(slack.ana.last) if "Set up" in b["text"]["text"]]
    carried = msgspec.json.decode(list_id)["list"]
    for who in (ben, msgspec.structs.replace(ben, admin=True)):
        with pytest.raises(Refusal):
            await services.firm_lists.begin(TENANT, Act(who, "button", "press"), carried)
    assert await firms(services) == []


def _buttons(message: Json) -> list[Json]:
    return [e for b in message["blocks"] if b["type"] == "actions" for e in b["elements"]]


# --- once, whatever happens ---------------------------------------------------------------------------------------


async def begun(services: Services, firms: int) -> list[Owed]:
    """A list of so many firms that Ana looked at and pressed twice; what is owed because of it."""
    lists = services.firm_lists
    await services.directory.remember(TENANT, Known(BOSS.id, BOSS.name, admin=True))
    text = "firm\n" + "\n".join(f"Firm {n:02}" for n in range(firms))
    given = Given(TENANT, Act(BOSS, "modal", "the-list"), "America/New_York", text=text)
    await lists.looked_at(given, await lists.read(given, text))
    for press in ("once", "twice"):
        await lists.begin(TENANT, Act(BOSS, "button", press), "the-list")
    return await owed(services)


_TIMES = count(0.0, 10.0)


async def owed(services: Services) -> list[Owed]:
    at = next(_TIMES)
    slots = await services.outbox.claim(due=4e9, now=at, lease=1.0, limit=50)
    return [o for slot in slots for o in slot.owed if o.kind == MAKE]


async def test_a_crash_between_neither_doubles_a_firm_nor_leaves_one_out(services: Services) -> None:
    (first,) = await begun(services, 2 * AT_ONCE)
    made = await services.firm_lists.go_on(first)
    assert (made.upto, made.over, made.said) == (AT_ONCE, False, False)
    again = await services.firm_lists.go_on(first)  # the process died before that was settled
    assert again.said
    assert len(await firms(services)) == AT_ONCE
    await services.outbox.settle(TENANT, {first.key: "sent"}, now=1.0)
    (second,) = await owed(services)
    assert (await services.firm_lists.go_on(second)).over
    assert (await services.firm_lists.go_on(second)).over
    there = await firms(services)
    assert sorted(p.name for p in there) == [f"Firm {n:02}" for n in range(2 * AT_ONCE)]
    assert {p.version for p in there} == {2}


async def test_what_came_to_be_there_meanwhile_is_said_and_the_others_are_set_up(services: Services) -> None:
    (first,) = await begun(services, 3)
    await a_firm(services, "Firm 01", LEA)
    made = await services.firm_lists.go_on(first)
    assert [(w.line, w.why) for w in made.failed] == [(3, "There is a firm of this name already.")]
    assert len(await firms(services)) == 3


async def test_whoever_runs_the_workspace_no_more_sets_up_nothing(services: Services) -> None:
    (first,) = await begun(services, 3)
    await services.directory.remember(TENANT, Known(BOSS.id, BOSS.name))
    with pytest.raises(Refusal, match="Only a workspace admin"):
        await services.firm_lists.go_on(first)
    assert await firms(services) == []


async def test_many_firms_are_set_up_with_word_of_how_far_it_is(slack: Slack, services: Services) -> None:
    await hands_over(slack, file=("firm\n" + "\n".join(f"Firm {n:03}" for n in range(60))).encode())
    await slack.ana.presses("Set up 60 firms")
    await slack.sandbox.until(lambda: "*60 firms are set up.*" in words_of(slack.ana.last), 20)
    assert len(await firms(services)) == 60
    assert slack.refused() == []


# --- read, whatever happens ---------------------------------------------------------------------------------------


async def to_be_read(services: Services) -> list[Owed]:
    """The lists that somebody is to read, taken up by whoever asks."""
    slots = await services.outbox.claim(due=4e9, now=next(_TIMES), lease=1.0, limit=50)
    return [o for slot in slots for o in slot.owed if o.kind == READ]


async def handed_over(services: Services, text: str = LIST) -> Given:
    """A list that was taken by a process that died before it read it."""
    services.firm_lists.carry_out = lambda _: None
    given = Given(TENANT, Act(BOSS, "modal", "the-list"), "America/New_York", text=text)
    await services.firm_lists.hand_over(given)
    return given


async def look(services: Services) -> Look:
    kept = await services.outbox.get(TENANT, f"{LOOK}|the-list")
    assert kept is not None
    return services.firm_lists.look_of(kept.owed)


@asynccontextmanager
async def next_bot(slack: Slack, services: Services) -> AsyncIterator[Bot]:
    """A process that starts after another has stopped, on the same database."""
    options = slack.sandbox.options
    bot = Bot(
        token=options.bot_token,
        signing_secret=options.signing_secret,
        router=build_router(),
        services=services,
        now=real_time,
        api_url=slack.sandbox.api_url,
    )
    await bot.start()
    try:
        yield bot
    finally:
        await bot.stop()


async def test_a_list_that_a_stop_kept_from_being_read_is_read_by_the_next_bot(
    slack: Slack, services: Services
) -> None:
    await slack.ana.types("/cais")
    await slack.ana.types("/cais firm import")
    slack.sandbox.faults({"method": "users.list", "kind": "429", "retry_after": 30, "times": 1})
    view = slack.ana.modal
    assert view is not None
    await slack.sandbox.submit(ANA, view, {"text": {"value": as_state({"type": "plain_text_input"}, LIST)}})
    await asyncio.sleep(0.5)
    assert slack.bot.background.running, "Slack asked to wait before it says who there is"
    before = len(slack.ana.sees)
    await slack.bot.stop(1.5)
    assert len(slack.ana.sees) == before
    async with next_bot(slack, services):
        await slack.sandbox.until(lambda: "*2 firms can be set up" in words_of(slack.ana.last), 20)
    assert len(slack.ana.sees) == before + 1
    assert await to_be_read(services) == []


async def test_a_list_that_takes_long_to_read_is_not_taken_for_one_that_was_left_behind(
    slack: Slack, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(firm_list_reader, "HELD_FOR", 0.05)
    await slack.ana.types("/cais firm import")
    slack.sandbox.faults({"method": "users.list", "kind": "429", "retry_after": 1, "times": 1})
    view = slack.ana.modal
    assert view is not None
    await slack.sandbox.submit(ANA, view, {"text": {"value": as_state({"type": "plain_text_input"}, LIST)}})
    await slack.sandbox.until(lambda: not slack.bot.background.running and "*2 firms" in words_of(slack.ana.last), 20)
    assert [row.key for row in await to_be_read(services)] == []


async def test_a_list_that_is_held_just_as_it_was_read_is_not_read_again(
    slack: Slack, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(firm_list_reader, "HELD_FOR", 0.01)
    lists, held = services.firm_lists, asyncio.Event()
    read, still_read = lists.read, lists.still_read

    async def slowly(given: Given, text: str) -> FirmList:
        await held.wait()
        return await read(given, text)

    async def written_and_not_yet_said(given: Given) -> Given:
        following = await still_read(given)
        held.set()
        await asyncio.sleep(0.1)
        return following

    monkeypatch.setattr(lists, "read", slowly)
    monkeypatch.setattr(lists, "still_read", written_and_not_yet_said)
    await slack.ana.types("/cais firm import")
    view = slack.ana.modal
    assert view is not None
    await slack.sandbox.submit(ANA, view, {"text": {"value": as_state({"type": "plain_text_input"}, LIST)}})
    await slack.sandbox.until(lambda: not slack.bot.background.running and "*2 firms" in words_of(slack.ana.last), 20)
    assert [row.key for row in await to_be_read(services)] == []


async def test_who_still_reads_a_list_has_it_for_as_long_again_and_by_real_time(services: Services) -> None:
    given = await handed_over(services, LIST + "\nSSN 987-65-4321,ana")
    services.firm_lists.speed = 3600.0
    held = await services.firm_lists.still_read(given)
    assert (held.text, held.nth) == (given.text, given.nth)
    at = NOW.timestamp() + READING * 3600
    assert await services.outbox.claim(due=at - 1, now=0.0, lease=1.0, limit=9) == []
    (row,) = await to_be_read(services)
    assert row.due_at == at
    await services.firm_lists.looked_at(held, await services.firm_lists.read(held, LIST))
    assert len((await look(services)).found.rows) == 2
    assert await to_be_read(services) == []


async def test_a_list_whose_reader_died_is_read_by_another_in_three_minutes(services: Services) -> None:
    given, begun_again = await handed_over(services), list[Given]()
    services.firm_lists.carry_out = begun_again.append
    at = NOW.timestamp() + READING
    assert await services.outbox.claim(due=at - 1, now=0.0, lease=1.0, limit=9) == []
    (row,) = await to_be_read(services)
    await services.firm_lists.take_up(row)
    await services.firm_lists.take_up(row)  # the process died before that was settled
    assert [(g.text, g.nth) for g in begun_again] == [(LIST, 2), (LIST, 2)]
    await services.firm_lists.looked_at(given, await services.firm_lists.read(given, LIST))
    assert len((await look(services)).found.rows) == 2
    (late,) = await to_be_read(services)
    await services.firm_lists.take_up(late)
    assert len(begun_again) == 2, "it was read meanwhile"
    assert await to_be_read(services) == []


async def test_what_was_pasted_is_not_kept_once_it_was_read(services: Services) -> None:
    given = await handed_over(services)
    key = f"{READ}|the-list|1"
    kept = await services.outbox.get(TENANT, key)
    assert kept is not None
    assert "Cedar" in kept.owed.about
    await services.firm_lists.looked_at(given, await services.firm_lists.read(given, LIST))
    assert await services.outbox.get(TENANT, key) is None


async def test_what_looks_like_personal_data_is_never_kept_and_has_to_be_pasted_again(services: Services) -> None:
    await handed_over(services, "firm,lead\nApex,123-45-6789\n")
    (row,) = await to_be_read(services)
    assert "6789" not in row.about
    await services.firm_lists.take_up(row)
    assert (await look(services)).refused == WITHHELD


async def test_a_list_that_ends_the_process_each_time_is_given_up(services: Services) -> None:
    await handed_over(services)
    for _ in range(MOST_TRIES):
        (row,) = await to_be_read(services)
        await services.firm_lists.take_up(row)
    assert (await look(services)).refused == WENT_WRONG
    assert await to_be_read(services) == []


# --- without a firm that was deleted for good --------------------------------------------------------------------


async def delete(services: Services, folder: Path, name: str) -> None:
    """As `cais delete` does, on the database of these services."""
    (key,) = [firm.key for firm in await services.directory.all_firms(TENANT) if firm.name == name]
    async with await open_database(f"sqlite+aiosqlite:///{folder}/cais.db") as database:
        await database.erasing.erase(Scope(key.tenant, key.firm))


def everything(path: Path) -> str:
    """All that stands in the database's tables."""
    with closing(sqlite3.connect(path)) as connection:
        return "\n".join(line for line in connection.iterdump() if "gists" not in line)


async def test_a_firm_that_is_deleted_stands_in_no_list_any_more(
    slack: Slack, services: Services, tmp_path: Path
) -> None:
    await hands_over(slack, "firm,crd,lead\nZephyrine Markets,87654321,@lea\nBirch,2,@ben\nCedar,x,\n")
    await slack.ana.presses("Set up 2 firms")
    await slack.ana.types("/cais firm import")
    await slack.ana.submits({"text": "firm,crd,lead\nZephyrine Markets,5,\nDogwood,87654321,\nElm,7,\n"})
    assert "Zephyrine Markets has this CRD number" in words_of(slack.ana.last)
    assert "ephyrine" in everything(tmp_path / "cais.db")
    await delete(services, tmp_path, "Zephyrine Markets")
    left = everything(tmp_path / "cais.db")
    assert "ephyrine" not in left
    assert "87654321" not in left
    assert "Elm" in left, "the others of the list can still be set up"
    await slack.ana.presses("Set up 1 firm")
    assert sorted(p.name for p in await firms(services)) == ["Birch", "Elm"]


async def test_a_list_goes_on_behind_a_firm_that_was_deleted_meanwhile(services: Services, tmp_path: Path) -> None:
    (first,) = await begun(services, 2 * AT_ONCE)
    await services.firm_lists.go_on(first)
    await delete(services, tmp_path, "Firm 03")
    await services.firm_lists.go_on(first)  # the process had died before that was settled
    await services.outbox.settle(TENANT, {first.key: "sent"}, now=1.0)
    (second,) = await owed(services)
    made = await services.firm_lists.go_on(second)
    assert made.over
    assert words_of({"blocks": views.made(made).blocks}).startswith(f"✅ *{2 * AT_ONCE - 1} firms are set up.*")
    names = [f"Firm {n:02}" for n in range(2 * AT_ONCE) if n != 3]
    assert sorted(p.name for p in await firms(services)) == names


@pytest.mark.parametrize(("text", "kept"), [("firm,crd\nFIRM 00,9\n", False), ("firm,crd\nOak,77\n", True)])
async def test_a_list_that_is_not_read_yet_is_not_kept_where_it_names_a_firm_that_is_deleted(
    services: Services, tmp_path: Path, text: str, kept: bool
) -> None:
    await a_firm(services, "Firm 00", LEA)
    await handed_over(services, text)
    await delete(services, tmp_path, "Firm 00")
    (row,) = await to_be_read(services)
    assert ("firm,crd" in row.about) == kept
    begun_again = list[Given]()
    services.firm_lists.carry_out = begun_again.append
    await services.firm_lists.take_up(row)
    assert bool(begun_again) == kept
    if not kept:
        assert (await look(services)).refused == WITHHELD
