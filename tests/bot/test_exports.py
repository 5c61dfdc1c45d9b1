"""Somebody asks for the record as a file: it is made, recorded, and comes in their direct messages; for them alone."""

import asyncio
import base64
import hashlib
import io
import tempfile
import zipfile
from dataclasses import replace
from typing import Any, cast

import msgspec
import pytest

from bot.bootstrap import build_router
from bot.files.speech import decode_export, encode_export
from bot.slack.places import place
from bot.slack.web_api import WebApi
from bot.views import exports as views
from bot.workers import exporter, scribe
from bot.workers.exporter import MOST_OF_A_PERSON, MOST_OF_A_WORKSPACE
from bot.workers.scribe import NotWritten
from flows.asked import Place
from flows.asking import Question
from flows.events import FirmKey, RecordExported
from flows.exports.record import FILES, FORMATS, OF_ONE, Format
from flows.exports.use_cases import Wish
from flows.exports.whole import Whole, read
from flows.firms import Person, Refusal
from flows.records import verify
from flows.services import Act, Services
from storage.errors import StorageUnavailable
from tests.bot.conftest import bot_in_slack
from tests.bot.conversing import ANA, BEN, COMPLIANCE, LEA, Json, Slack, labels, words_of

TENANT = "-/T0SANDBOX"
NAMES = {ANA: "Ana Ruiz", BEN: "Ben Cole", LEA: "Lea Haddad"}


def person(user: str, *, admin: bool = False) -> Person:
    return Person(f"slack:{TENANT}/{user}", NAMES[user], admin=admin)


async def a_firm(services: Services, owner: str = BEN, name: str = "Birch Brokers") -> FirmKey:
    act = Act(person(owner), "modal", f"set-up-{name}")
    key = (await services.set_up(TENANT, act, name=name, situation="new")).position.key
    await services.add_note(key, Act(person(owner), "button", f"note-{name}"), f"a note of {name}")
    return key


def files(slack: Slack, user: str) -> list[Json]:
    """The files in a person's direct messages, oldest first."""
    return [file for message in slack.person(user).sees for file in message.get("files") or ()]


def content(slack: Slack, file: Json) -> bytes:
    return base64.b64decode(slack.sandbox.slack.workspace.files[file["id"]]["content"])


def notes(slack: Slack, user: str) -> list[str]:
    return [words_of(message) for message in slack.person(user).sees]


async def exports_of(services: Services, key: FirmKey) -> list[RecordExported]:
    rows = await services.events.history(key, types=("record_exported",))
    return [row.event for row in rows if isinstance(row.event, RecordExported)]


def document(slack: Slack, user: str) -> Whole:
    return read(content(slack, files(slack, user)[-1]))


# --- what one sees ----------------------------------------------------------------------------------------------


async def test_without_a_format_one_chooses_and_the_file_comes(slack: Slack, services: Services) -> None:
    await a_firm(services)
    shown = await slack.ben.types("/cais export")
    assert labels(shown)[:6] == list(views.LABELS.values())
    await slack.ben.presses("JSON document", on=shown)
    (file,) = files(slack, BEN)
    assert file["name"] == "Birch-Brokers-cais-record-2026-11-23.json"
    assert b"a note of Birch Brokers" in content(slack, file)
    assert slack.refused() == []


@pytest.mark.parametrize("format_", FILES)
async def test_every_format_comes_whole_and_is_recorded(slack: Slack, services: Services, format_: Format) -> None:
    key = await a_firm(services)
    before = await services.position(key, person(BEN))
    await slack.ben.types(f"/cais export {format_}")
    (file,) = files(slack, BEN)
    came = content(slack, file)
    (recorded,) = await exports_of(services, key)
    assert recorded == RecordExported(format=format_, digest=hashlib.sha256(came).hexdigest(), size=len(came))
    (note,) = [note for note in notes(slack, BEN) if "✅" in note]
    assert recorded.digest in note
    assert before.head in note
    assert verify(await services.events.history(key)) is None
    assert slack.refused() == []


async def test_in_a_channel_only_the_asker_sees_that_and_the_file_comes_in_the_direct_messages(
    slack: Slack, services: Services
) -> None:
    await a_firm(services)
    said = await slack.ben.at(COMPLIANCE).types("/cais export csv")
    assert said.get("ephemeral_to") == BEN
    assert "comes in our direct messages" in words_of(said)
    assert len(files(slack, BEN)) == 1
    assert not any(m.get("files") for m in slack.lea.at(COMPLIANCE).sees)
    assert not any(m.get("files") for m in slack.ben.at(COMPLIANCE).sees)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("export excel", "cais-record-2026-11-23.xlsx"),
        ("/cais EXPORT Calendar", "cais-dates-2026-11-23.ics"),
        ("/cais export as json for Birch Brokers", "cais-record-2026-11-23.json"),
    ],
)
async def test_formats_are_called_what_people_call_them(
    slack: Slack, services: Services, typed: str, name: str
) -> None:
    await a_firm(services)
    await slack.ben.types(typed)
    assert [f["name"] for f in files(slack, BEN)] == [f"Birch-Brokers-{name}"]


async def test_a_format_there_is_not_is_said(slack: Slack, services: Services) -> None:
    await a_firm(services)
    assert "I can write xlsx, csv, ics, json, packet" in words_of(await slack.ben.types("/cais export docx"))
    assert files(slack, BEN) == []


async def test_a_packet_is_called_a_pdf_too_says_meanwhile_what_is_being_done_and_can_be_checked(
    slack: Slack, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_firm(services)
    said: list[str] = []
    changed = slack.bot.exporter._slack.call

    async def listening(method: str, arguments: Any, **more: Any) -> Any:
        said.append(str(arguments.get("text", "")))
        return await changed(method, arguments, **more)

    monkeypatch.setattr(slack.bot.exporter._slack, "call", listening)
    await slack.ben.types("export pdf")
    doing = [text for text in said if "⏳" in text]
    assert [text.partition("Brokers: ")[2] for text in doing] == [
        "reading the record …",
        "writing the pages …",
        "printing the PDF …",
        "writing the tables …",
    ]
    (file,) = files(slack, BEN)
    assert file["name"] == "Birch-Brokers-examiner-packet-2026-11-23.zip"
    with zipfile.ZipFile(io.BytesIO(content(slack, file))) as bundle:
        inside = {name.partition("/")[2] for name in bundle.namelist()}
    assert {"packet.html", "packet.pdf", "record.json", "verify.py", "manifest.sha256"} <= inside


async def test_the_export_stands_in_the_history_and_is_not_undone(slack: Slack, services: Services) -> None:
    await a_firm(services)
    await slack.ben.types("/cais export csv")
    assert "Had the record written out: CSV tables" in words_of(await slack.ben.types("/cais history"))
    summary = words_of(await slack.ben.types("/cais summary"))
    assert "you: Had the record written out: CSV tables" in summary
    assert "SHA-256" not in summary, "which is of no use to whoever looks once a week"
    said = words_of(await slack.ben.types("/cais undo 4"))
    assert "Undo does not reach this entry" in said
    said = words_of(await slack.ben.types("/cais undo"))
    assert "Nothing was undone." in said
    assert "Note: a note of Birch Brokers" in said


async def test_channels_stand_in_the_files_with_the_name_slack_gives_them(slack: Slack, services: Services) -> None:
    key = await a_firm(services)
    for channel in (COMPLIANCE, "C0GONE"):
        await services.link_channel(key, Act(person(BEN), "button"), place(TENANT, channel))
    await services.undo(key, Act(person(BEN), "button"))
    await services.summaries.post(key, Act(person(BEN), "button"), place(TENANT, "C0BOARD"), "weekly", name="board")
    for format_ in ("csv", "json"):
        await slack.ben.types(f"/cais export {format_}")
    tables, record = (content(slack, file) for file in files(slack, BEN))
    with zipfile.ZipFile(io.BytesIO(tables)) as packed:
        told = packed.read("history.csv").decode()
    assert f"Linked the channel #compliance ({COMPLIANCE})" in told
    assert "Undid entry 5: Linked the channel C0GONE (its name is not known here)" in told
    assert "to be posted weekly in the channel #board (C0BOARD)" in told, "as it was called when Slack still said so"
    assert b"#compliance" not in record


# --- who may ----------------------------------------------------------------------------------------------------


async def test_a_viewer_may_have_what_a_viewer_may_read(slack: Slack, services: Services) -> None:
    key = await a_firm(services)
    await services.set_member(key, Act(person(BEN), "modal"), person(LEA), "viewer")
    shown = await slack.lea.types("/cais export")
    await slack.lea.presses("CSV tables", on=shown)
    assert len(files(slack, LEA)) == 1
    assert [row.actor_name for row in await services.events.history(key, types=("record_exported",))] == ["Lea Haddad"]


async def test_whoever_is_no_member_gets_nothing(slack: Slack, services: Services) -> None:
    key = await a_firm(services, LEA, "Zephyrine Brokers")
    await a_firm(services)
    for typed in ("/cais export json for Zephyrine Brokers", "/cais export json all"):
        await slack.ben.types(typed)
    assert not any(b"Zephyrine" in content(slack, file) for file in files(slack, BEN))
    with pytest.raises(Refusal, match="not a member"):
        await services.exports.ask(Wish((key,), "json", Act(person(BEN), "button")))
    assert await exports_of(services, key) == []


@pytest.mark.parametrize("named", ["for Zephyrine Brokers", "for No Such Firm", "@ Zephyrine Brokers"])
async def test_a_firm_one_has_not_got_is_never_replaced_by_another(
    slack: Slack, services: Services, named: str
) -> None:
    await a_firm(services, LEA, "Zephyrine Brokers")
    await a_firm(services)
    for format_ in ("canvas", "packet", "as json"):
        said = words_of(await slack.ben.types(f"/cais export {format_} {named}"))
        assert f"You have no firm called “{named.split(' ', 1)[1]}”. Nothing was changed." in said
    assert "Say one format, and behind it the firm" in words_of(await slack.ben.types("/cais export csv Zephyrine"))
    assert files(slack, BEN) == []


async def test_whoever_is_taken_off_before_it_is_made_gets_nothing(slack: Slack, services: Services) -> None:
    key = await a_firm(services)
    await services.set_member(key, Act(person(BEN), "modal"), person(LEA), "member")
    async with slack.bot.exporter._one_at_a_time:  # somebody else's file is being made
        asking = asyncio.ensure_future(slack.lea.types("/cais export json"))
        while not slack.bot.exporter._wishes:
            await asyncio.sleep(0.01)
        await services.remove_member(key, Act(person(BEN), "modal"), person(LEA).id)
    await asking
    assert files(slack, LEA) == []
    assert any("⚠️" in note and "not a member" in note for note in notes(slack, LEA))


async def test_all_means_the_firms_one_can_see_and_for_an_admin_all_there_are(slack: Slack, services: Services) -> None:
    keys = [await a_firm(services), await a_firm(services, BEN, "Cedar"), await a_firm(services, LEA, "Zephyrine")]
    shown = await slack.ben.types("/cais export for Birch Brokers")
    await slack.ben.presses("All: JSON document", on=shown)
    assert [f.name for f in document(slack, BEN).firms] == ["Birch Brokers", "Cedar"]
    assert [len(await exports_of(services, key)) for key in keys] == [1, 1, 0]
    await slack.ana.types("/cais")  # now it is known that she runs the workspace
    await slack.ana.types("/cais export json all for Cedar")
    assert [f.name for f in document(slack, ANA).firms] == ["Birch Brokers", "Cedar", "Zephyrine"]


@pytest.mark.parametrize("format_", [f for f in FORMATS if f not in OF_ONE])
async def test_all_needs_no_firm_to_be_meant(slack: Slack, services: Services, format_: Format) -> None:
    for name in ("Birch Brokers", "Cedar"):
        key = await a_firm(services, LEA, name)
        await services.set_member(key, Act(person(LEA), "modal"), person(BEN), "viewer")
    hidden = await a_firm(services, LEA, "Zephyrine")
    said = words_of(await slack.ben.at(COMPLIANCE).types(f"/cais export {format_} all"))
    assert "of all 2 firms you can see: being made" in said
    await slack.sandbox.until(lambda: bool(files(slack, BEN)), 10)
    (file,) = files(slack, BEN)
    assert b"Zephyrine" not in content(slack, file)
    assert await exports_of(services, hidden) == []


async def test_without_a_firm_or_all_the_export_asks_which(slack: Slack, services: Services) -> None:
    for name in ("Birch Brokers", "Cedar"):
        await services.set_member(await a_firm(services, LEA, name), Act(person(LEA), "modal"), person(BEN), "member")
    for typed in ("export json", "export all"):
        assert "Which firm do you mean?" in words_of(await slack.ben.types(f"/cais {typed}"))
    assert "A packet is of one firm" in words_of(await slack.ben.types("/cais export packet all"))
    assert "not a member of" in words_of(await slack.ana.types("/cais export json all"))


async def test_a_packet_is_of_one_firm(slack: Slack, services: Services) -> None:
    await a_firm(services)
    await a_firm(services, BEN, "Cedar")
    assert "A packet is of one firm" in words_of(await slack.ben.types("/cais export packet all for Cedar"))


async def test_questions_of_others_are_in_a_leads_file_only(slack: Slack, services: Services) -> None:
    key = await a_firm(services)
    await services.set_member(key, Act(person(BEN), "modal"), person(LEA), "member")
    position = await services.position(key, person(BEN))
    for nth, user in enumerate((BEN, LEA)):
        asking = Question(f"who pays the fine of {NAMES[user]}?", Place(f"slack:{TENANT}/D{user}", f"{nth}.0"))
        await services.asking.ask(TENANT, Act(person(user), "message", f"ask-{user}"), position, asking)
    await slack.ben.types("/cais export json for Birch Brokers")
    await slack.lea.types("/cais export json for Birch Brokers")
    assert {q.person for q in document(slack, BEN).firms[0].questions} == {person(BEN).id, person(LEA).id}
    assert {q.person for q in document(slack, LEA).firms[0].questions} == {person(LEA).id}
    assert "Ben Cole?" not in content(slack, files(slack, LEA)[-1]).decode()


# --- what can go wrong ------------------------------------------------------------------------------------------


async def test_the_same_file_is_not_made_twice_at_once(slack: Slack, services: Services) -> None:
    await a_firm(services)
    async with slack.bot.exporter._one_at_a_time:
        first = asyncio.ensure_future(slack.ben.types("/cais export json"))
        while not slack.bot.exporter._wishes:
            await asyncio.sleep(0.01)
        again = await slack.sandbox.say(BEN, slack.ben.channel, "/cais export json")
        assert again["ok"]
        await slack.sandbox.settled()
        assert any("being made for you already" in note for note in notes(slack, BEN))
    await first
    assert len(files(slack, BEN)) == 1


async def test_no_more_files_wait_than_can_be_made(
    slack: Slack, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporter, "MOST_WAITING", MOST_OF_A_WORKSPACE + 1)
    key = await a_firm(services)
    for user in (LEA, ANA):
        await services.set_member(key, Act(person(BEN), "modal"), person(user), "member")
    async with slack.bot.exporter._one_at_a_time:
        for user in (BEN, LEA):
            for nth in range(1, MOST_OF_A_PERSON + 1):
                await services.exports.ask(Wish((key,) * nth, "json", Act(person(user), "button")))
            with pytest.raises(Refusal, match="You are waiting for 10 files already"):
                await services.exports.ask(Wish((key,), "csv", Act(person(user), "button")))
        with pytest.raises(Refusal, match="20 files are being waited for in this workspace"):
            await services.exports.ask(Wish((key,), "csv", Act(person(ANA), "button")))
        theirs, lea = await elsewhere(services)
        await services.exports.ask(Wish((theirs,), "json", Act(lea, "button")))
        with pytest.raises(Refusal, match="Try again in a minute"):
            await services.exports.ask(Wish((theirs,), "csv", Act(lea, "button")))
        assert await slack.bot.background.drain(0.1) == MOST_OF_A_WORKSPACE + 1


async def elsewhere(services: Services) -> tuple[FirmKey, Person]:
    """A firm in another workspace, and its lead, who reads in Lea's direct messages."""
    lea = Person(f"slack:-/T2OTHER/{LEA}", NAMES[LEA])
    act = Act(lea, "modal", "set-up-elsewhere")
    return (await services.set_up("-/T2OTHER", act, name="Dogwood", situation="new")).position.key, lea


async def met(slack: Slack, fault: Json) -> None:
    """Waits until what is to go wrong did so for the first time."""
    async with asyncio.timeout(10):
        while slack.sandbox.slack.faults.listed() == [fault]:
            await asyncio.sleep(0.02)


async def test_a_workspace_that_slack_asks_to_wait_holds_up_no_other(slack: Slack, services: Services) -> None:
    key = await a_firm(services)
    theirs, lea = await elsewhere(services)
    fault = {"method": "files.getUploadURLExternal", "kind": "429", "retry_after": 30, "times": 1}
    slack.sandbox.faults(fault)
    for format_ in FILES:
        await services.exports.ask(Wish((key,), format_, Act(person(BEN), "button")))
    await met(slack, fault)
    await services.exports.ask(Wish((theirs,), "ics", Act(lea, "button")))
    await slack.sandbox.until(lambda: bool(files(slack, LEA)), 10)
    assert files(slack, BEN) == []
    await slack.bot.background.drain(0.0)


def making(slack: Slack) -> int:
    """How many are told that theirs is being made."""
    return sum("⏳" in note for user in (BEN, LEA) for note in notes(slack, user))


async def test_people_of_a_workspace_take_turns(slack: Slack, services: Services) -> None:
    key = await a_firm(services)
    await services.set_member(key, Act(person(BEN), "modal"), person(LEA), "member")
    wishes = [(BEN, "csv"), (BEN, "json"), (BEN, "ics"), (LEA, "ics")]
    async with slack.bot.exporter._one_at_a_time:
        for nth, (user, format_) in enumerate(wishes, 1):
            await services.exports.ask(Wish((key,), cast(Format, format_), Act(person(user), "button")))
            await slack.sandbox.until(lambda: making(slack) == nth, 10)  # noqa: B023 - it is called before `nth` changes
    await slack.sandbox.until(lambda: len(files(slack, BEN)) == 3, 20)
    rows = await services.events.history(key, types=("record_exported",))
    assert [row.actor_name for row in rows] == ["Ben Cole", "Lea Haddad", "Ben Cole", "Ben Cole"]


async def test_progress_that_slack_does_not_take_holds_up_nobodys_file(slack: Slack, services: Services) -> None:
    key = await a_firm(services)
    theirs, lea = await elsewhere(services)
    fault = {"method": "chat.update", "kind": "429", "retry_after": 5, "times": 100}
    slack.sandbox.faults(fault)
    await services.exports.ask(Wish((key,), "packet", Act(person(BEN), "button")))
    await met(slack, fault)
    await services.exports.ask(Wish((theirs,), "ics", Act(lea, "button")))
    await slack.sandbox.until(lambda: bool(files(slack, LEA)), 20)
    await slack.bot.background.drain(0.0)


@pytest.mark.parametrize(
    ("fault", "comes"),
    [
        ({"method": "upload_url", "kind": "500"}, True),
        ({"method": "upload_url", "kind": "reset", "times": 2}, True),
        ({"method": "files.getUploadURLExternal", "kind": "500"}, True),
        ({"method": "files.getUploadURLExternal", "kind": "429", "retry_after": 1}, True),
        ({"method": "chat.update", "kind": "500", "times": -1}, True),
        ({"method": "upload_url", "kind": "500", "times": -1}, False),
        ({"method": "files.completeUploadExternal", "kind": "429", "retry_after": 100}, False),
    ],
)
async def test_a_slack_that_stumbles_gets_it_again_or_the_person_is_told(
    slack: Slack, services: Services, fault: Json, comes: bool
) -> None:
    key = await a_firm(services)
    slack.sandbox.faults(fault)
    await slack.ben.types("/cais export csv")
    assert len(files(slack, BEN)) == int(comes)
    if not comes:
        assert any(f"{views.NOT_TAKEN} {views.IN_HISTORY}" in note for note in notes(slack, BEN))
        assert len(await exports_of(services, key)) == 1


@pytest.mark.parametrize(("kind", "comes"), [("500", False), ("lost_reply", True)])
async def test_where_slack_did_not_say_whether_it_took_a_file_neither_is_said(
    slack: Slack, services: Services, kind: str, comes: bool
) -> None:
    key = await a_firm(services)
    slack.sandbox.faults({"method": "files.completeUploadExternal", "kind": kind})
    await slack.ben.types("/cais export csv")
    assert len(files(slack, BEN)) == int(comes)
    (note,) = [note for note in notes(slack, BEN) if "⚠️" in note]
    assert "did not say whether it took the file. If it is here in a minute, it is whole." in note
    assert "That it was made is in the history. If it is not: ask for it again: `/cais export csv`." in note
    assert len(await exports_of(services, key)) == 1


async def test_a_file_that_is_too_large_for_slack_can_be_made_on_the_server(
    slack: Slack, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await a_firm(services)
    monkeypatch.setattr("bot.sandbox.uploads.LARGEST", 10)
    await slack.ben.types("/cais export packet")
    (note,) = [note for note in notes(slack, BEN) if "⚠️" in note]
    assert "The file is larger than Slack takes here. That it was made is in the history." in note
    assert f"can make it on the server: `cais export --format packet --firm {key.firm}`" in note
    assert "Without the copies of files the record is small: `/cais export xlsx`." in note
    assert "Ask for it again" not in note


async def test_what_takes_long_and_fails_is_not_handed_up_again_and_says_what_else_there_is(
    slack: Slack, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await a_firm(services)
    monkeypatch.setattr(exporter, "LONG", -1.0)
    slack.sandbox.faults({"method": "upload_url", "kind": "500", "times": 1})
    await slack.ben.types("/cais export packet")
    (note,) = [note for note in notes(slack, BEN) if "⚠️" in note]
    assert f"{views.NOT_TAKEN} {views.IN_HISTORY} Ask for it again: `/cais export packet`." in note
    command = f"`cais export --format packet --firm {key.firm}`"
    assert f"Where it stays so, whoever runs the app can make it on the server: {command}" in note


LAST = [
    {"method": "chat.update", "kind": "429", "retry_after": 7, "times": 1},
    {"method": "chat.update", "kind": "429", "retry_after": 100, "times": 1},
    {"method": "chat.update", "kind": "500", "times": 1},
    {"method": "chat.update", "kind": "500", "times": -1},
    {"method": "chat.update", "kind": "refuse", "error": "message_not_found", "times": -1},
]


@pytest.mark.parametrize("fault", LAST)
@pytest.mark.parametrize("fails", [False, True])
async def test_the_last_word_about_a_file_is_said_whatever_slack_does(
    slack: Slack, services: Services, fault: Json, fails: bool
) -> None:
    """A word on the way may be dropped: by the last one people know whether there is anything to wait for."""
    await a_firm(services)
    slack.sandbox.faults(fault, *([{"method": "upload_url", "kind": "500", "times": -1}] if fails else []))
    await slack.ben.types("/cais export csv")
    said = [note for note in notes(slack, BEN) if (views.NOT_TAKEN if fails else "the file is below") in note]
    assert len(said) == 1
    assert len(files(slack, BEN)) == int(not fails)


async def test_without_the_scope_it_says_who_can_help(transport: str, services: Services) -> None:
    await a_firm(services)
    async with bot_in_slack(transport, services, build_router()) as slack:
        options = slack.sandbox.slack.options
        options.manifest = replace(options.manifest, scopes=options.manifest.scopes - {"files:write"})
        await slack.ben.types("/cais export csv")
        assert any(views.NO_SCOPE in note for note in notes(slack, BEN))


async def test_a_file_that_cannot_be_made_is_said_and_not_recorded(
    slack: Slack, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await a_firm(services)
    monkeypatch.setattr(scribe, "LONGEST", 0.0)
    await slack.ben.types("/cais export xlsx")
    assert any(views.NOT_MADE in note for note in notes(slack, BEN))
    assert await exports_of(services, key) == []


async def test_a_file_that_was_made_and_not_brought_is_said_to_be_that(
    slack: Slack, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await a_firm(services)
    call = WebApi.call

    async def locked(api: WebApi, method: str, *given: Any, **named: Any) -> Any:
        if method == "files.getUploadURLExternal":
            raise StorageUnavailable("locked")  # as where a token is read anew
        return await call(api, method, *given, **named)

    monkeypatch.setattr(WebApi, "call", locked)
    await slack.ben.types("/cais export csv")
    said = f"{views.NOT_BROUGHT} {views.IN_HISTORY} Ask for it again: `/cais export csv`."
    assert any(said in note for note in notes(slack, BEN))
    assert len(await exports_of(services, key)) == 1


async def test_a_bot_that_stops_says_so(transport: str, services: Services) -> None:
    await a_firm(services)
    async with bot_in_slack(transport, services, build_router()) as slack:
        async with slack.bot.exporter._one_at_a_time:
            await slack.sandbox.say(BEN, slack.ben.channel, "/cais export csv")
            await slack.sandbox.until(lambda: any("⏳" in note for note in notes(slack, BEN)))
            assert await slack.bot.background.drain(0.1) == 1
        assert any(views.STOPPED in note for note in notes(slack, BEN))


async def test_a_process_that_dies_leaves_no_half_a_file(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    key = await a_firm(services)
    export = await services.exports.gather(Wish((key,), "json", Act(person(BEN), "button")))
    monkeypatch.setattr(scribe, "encode_export", lambda _: b"\x00 no record")

    async def nobody(_: str) -> None:
        raise AssertionError("there is nothing to say")

    with tempfile.TemporaryFile() as file, pytest.raises(NotWritten):
        await scribe.write(export, file, nobody)


async def test_what_the_writing_process_gets_is_all_of_it(services: Services) -> None:
    key = await a_firm(services)
    export = await services.exports.gather(Wish((key,), "packet", Act(person(BEN), "button")))
    again = decode_export(encode_export(export))
    assert msgspec.to_builtins(again) == msgspec.to_builtins(export)


async def test_a_firm_that_was_deleted_meanwhile_does_not_come_back_by_its_export(services: Services) -> None:
    gone = FirmKey(TENANT, "gone")
    admin = Person(f"slack:{TENANT}/U0ADMIN", "Ada", admin=True)
    wish = Wish((gone,), "csv", Act(admin, "command"))
    with pytest.raises(Refusal, match="not here any more"):
        await services.exports.written(wish, size=1, digest="0" * 64)
    assert await services.events.history(gone) == ()
