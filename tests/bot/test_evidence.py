"""Files as evidence: by the form, in a direct message, with a saved message; fetched, kept, recorded and told of."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from bot.bootstrap import build_router
from bot.clock import real_time
from bot.doctor.evidence import check_evidence
from bot.settings import read
from bot.slack.handed_over import NOT_THEIRS, describe
from bot.slack.web_api import NotHandedOver, SlackSaidNo, Unreachable, WebApi
from bot.workers import keeper
from bot.workers.evidence_copies import check_copies
from bot.workers.received import Received
from flows.events import EvidenceAdded, FirmKey
from flows.evidence.intake import Coming
from flows.evidence.pieces import File, Piece
from flows.firms import Person, Refusal
from flows.services import Act, Services
from storage.copies import Copies
from tests.bot.conftest import bot_in_slack
from tests.bot.conversing import BEN, COMPLIANCE, GENERAL, LEA, Json, Slack, Someone, elements, labels, words_of

TENANT = "-/T0SANDBOX"
TOKENS = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s"}
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
DIGEST = hashlib.sha256(PDF).hexdigest()


def person(user: str) -> Person:
    return Person(f"slack:{TENANT}/{user}", {BEN: "Ben Cole", LEA: "Lea Haddad"}[user])


async def a_firm(services: Services, owner: str = BEN, name: str = "Apex") -> FirmKey:
    act = Act(person(owner), "modal", f"set-up {owner} {name}")
    return (await services.set_up(TENANT, act, name=name, situation="new")).position.key


@pytest.fixture
def copies(tmp_path: Path) -> Copies:
    return Copies(tmp_path / "evidence", largest=100_000)


@pytest.fixture
async def slack(
    transport: str, services: Services, copies: Copies, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Slack]:
    monkeypatch.setattr("flows.evidence.use_cases.TOGETHER", 0.0)
    monkeypatch.setattr(keeper, "AGAIN", 0.0)
    monkeypatch.setattr(keeper, "AN_HOUR", 0.0)
    monkeypatch.setattr(keeper, "ROUND", 0.05)
    async with bot_in_slack(transport, services, build_router(), copies=copies) as connected:
        yield connected


async def submits(slack: Slack, who: Someone, files: dict[str, bytes], **fields: object) -> Json:
    """Opens the form for step 1 and sends it with these files."""
    await who.types("/cais evidence s1")
    handed = [slack.sandbox.hand_over(who.user, name, content) for name, content in files.items()]
    return await who.submits({"files": handed, **fields})


async def told(slack: Slack, who: Someone, words: str) -> Json:
    """Waits for the direct message that says so."""

    def found() -> bool:
        return any(words in words_of(message) for message in slack.person(who.user).sees)

    await slack.sandbox.until(found, 10)
    return next(m for m in reversed(slack.person(who.user).sees) if words in words_of(m))


async def the_pieces(services: Services, key: FirmKey, who: str = BEN, task: str = "s1") -> list[Piece]:
    return list(await services.evidence.of_task(key, person(who), task))


async def test_a_file_is_fetched_kept_recorded_and_told_of(slack: Slack, services: Services, copies: Copies) -> None:
    key = await a_firm(services)
    assert "errors" not in await submits(slack, slack.ben, {"memo.pdf": PDF}, day="2026-11-20", covers=["s1 0"])
    card = slack.ben.last
    assert "On the way: memo.pdf" in words_of(card)
    letter = await told(slack, slack.ben, "memo.pdf is recorded as evidence")
    await slack.ben.presses("Look again", on=card)
    assert "On the way" not in words_of(slack.ben.last)
    assert "memo.pdf" in words_of(slack.ben.last)
    assert "copy kept" in words_of(letter)
    [piece] = await the_pieces(services, key)
    event = piece.event
    assert (event.kind, event.name, event.digest, event.size) == ("file", "memo.pdf", DIGEST, len(PDF))
    assert (event.claimed, event.seen, event.copied) == ("application/pdf", "application/pdf", True)
    assert event.covers == (services.pack.tasks["s1"].evidence[0],)
    assert str(event.happened_on) == "2026-11-20"
    path = copies.find(key, DIGEST)
    assert path is not None
    assert path.read_bytes() == PDF
    assert await services.intake.coming(key) == []


async def test_the_card_ticks_what_a_piece_is_and_never_blocks_done(slack: Slack, services: Services) -> None:
    await a_firm(services)
    card = await slack.ben.types("/cais next")
    assert "☐ A memo" in words_of(card)
    assert "not the roadmap's words" in words_of(card)
    await submits(slack, slack.ben, {"memo.pdf": PDF}, covers=["s1 0"])
    await told(slack, slack.ben, "is recorded")
    card = await slack.ben.types("/cais next")
    assert "☑ A memo" in words_of(card)
    assert "☐ The Helpdesk's reply" in words_of(card)
    assert {"Yes", "Evidence"} <= set(labels(card))


async def test_what_is_not_what_it_is_called_is_said_to_be_both(slack: Slack, services: Services) -> None:
    key = await a_firm(services)
    await submits(slack, slack.ben, {"memo.pdf": b"<!DOCTYPE html><html><body>hello</body></html>"})
    letter = await told(slack, slack.ben, "is recorded")
    assert "said to be PDF, but its bytes show web page (HTML)" in words_of(letter)
    [piece] = await the_pieces(services, key)
    assert (piece.event.claimed, piece.event.seen) == ("application/pdf", "text/html")


async def test_a_page_that_was_saved_is_kept_although_it_is_html(slack: Slack, services: Services) -> None:
    key = await a_firm(services)
    await submits(slack, slack.ben, {"portal.html": b"<html><body>the entitlement</body></html>"})
    await told(slack, slack.ben, "is recorded")
    [piece] = await the_pieces(services, key)
    assert piece.event.copied


async def test_a_file_too_large_for_a_copy_is_hashed_all_the_same_and_called_weak(
    slack: Slack, services: Services, copies: Copies
) -> None:
    key = await a_firm(services)
    large = PDF + b"x" * 100_000
    await submits(slack, slack.ben, {"large.pdf": large})
    letter = words_of(await told(slack, slack.ben, "is recorded"))
    assert "Its SHA-256 is recorded, but no copy is kept: it is larger than 0.1 MB. Keep the file itself" in letter
    assert "not copied: too large" in letter
    assert "weak" in letter
    [piece] = await the_pieces(services, key)
    event = piece.event
    assert (event.digest, event.size) == (hashlib.sha256(large).hexdigest(), len(large))
    assert (event.claimed, event.seen, event.copied) == ("application/pdf", "application/pdf", False)
    assert copies.used() == 0
    assert event.digest in words_of(await slack.ben.types("/cais history s1"))
    card = words_of(await slack.ben.types("/cais next"))
    assert "⚠️ weak by itself" in card


async def test_a_file_larger_than_any_of_slacks_is_not_read_and_that_is_said(
    slack: Slack, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await a_firm(services)
    monkeypatch.setattr(keeper, "MOST_READ", 100)
    await submits(slack, slack.ben, {"endless.bin": b"x" * 101})
    letter = words_of(await told(slack, slack.ben, "is recorded"))
    assert "Neither a copy nor a SHA-256 is kept: it is larger than 1 GB, so it was not read." in letter
    [piece] = await the_pieces(services, key)
    assert (piece.event.digest, piece.event.not_copied) == ("", "unread")


async def test_where_no_copies_are_kept_a_file_is_hashed_and_nothing_is_written(
    slack: Slack, services: Services, copies: Copies
) -> None:
    key = await a_firm(services)
    copies.keeps = False
    await submits(slack, slack.ben, {"memo.pdf": PDF})
    await told(slack, slack.ben, "no copy is kept: this installation keeps no copies")
    [piece] = await the_pieces(services, key)
    assert (piece.event.digest, piece.event.copied) == (DIGEST, False)
    assert not copies.folder.exists()


def test_of_a_file_whose_size_nobody_says_no_more_is_written_than_a_copy_may_have() -> None:
    file = BytesIO()
    received = Received(file, 1_000)
    for piece in (PDF, b"x" * 900, b"x" * 900, b"x" * 900):
        received.write(piece)
    assert (received.file, received.lost) == (None, "too_large")
    assert file.getvalue() == b"", "the room is for others"
    assert received.seen() == "application/pdf"


def test_a_disk_that_is_full_in_the_middle_of_a_file_keeps_its_hash_and_no_trouble(copies: Copies) -> None:
    """In small pieces, of which some wait to be written: these were written once more where the file was closed."""
    key = FirmKey(TENANT, "f1")
    with copies.incoming(key) as file:
        received = Received(file, 100_000)
        received.write(PDF)
        file.flush()
        written = Path(file.name).stat().st_size
        os.dup2(os.open("/dev/full", os.O_WRONLY), file.fileno())
        for _ in range(20):
            received.write(b"x" * 1000)
        assert (written, received.lost, received.file) == (len(PDF), "no_room", None)
        assert received.seen() == "application/pdf"
    assert [path for path in copies.folder.rglob("*") if path.is_file()] == []


async def test_an_empty_file_proves_nothing(slack: Slack, services: Services) -> None:
    key = await a_firm(services)
    answer = await submits(slack, slack.ben, {"empty.pdf": b""})
    assert "empty.pdf is empty" in str(answer["errors"]["files"])
    assert await services.intake.coming(key) == []


async def test_an_empty_file_in_a_message_is_refused_before_it_is_asked_what_it_proves(
    slack: Slack, services: Services
) -> None:
    await a_firm(services)
    said = await slack.ben.sends({"memo.pdf": PDF, "empty.pdf": b""})
    assert "empty.pdf is empty, so it proves nothing. Nothing was kept" in words_of(said)
    assert labels(said) == []


async def test_evidence_for_a_task_that_an_answer_may_bring_leads_to_the_question(
    slack: Slack, services: Services
) -> None:
    await a_firm(services)
    led = await slack.ben.types("/cais evidence s2")
    assert "Nothing was recorded yet: “Register for CAIS” depends on the answer to this question." in words_of(led)
    await slack.ben.presses("Yes", on=led)
    await slack.ben.types("/cais evidence s2")
    assert slack.ben.modal is not None


async def test_the_same_file_twice_counts_once(slack: Slack, services: Services) -> None:
    key = await a_firm(services)
    await submits(slack, slack.ben, {"memo.pdf": PDF})
    await told(slack, slack.ben, "is recorded")
    await submits(slack, slack.ben, {"memo.pdf": PDF})
    await told(slack, slack.ben, "counts as evidence for this task already")
    assert len(await the_pieces(services, key)) == 1


async def test_a_file_that_had_no_copy_gets_one_where_it_is_added_again(
    slack: Slack, services: Services, copies: Copies
) -> None:
    key = await a_firm(services)
    copies.total = 10
    await submits(slack, slack.ben, {"memo.pdf": PDF})
    await told(slack, slack.ben, "the room for copies is used up")
    await submits(slack, slack.ben, {"memo.pdf": PDF})
    await told(slack, slack.ben, "counts as evidence for this task already")
    copies.total = 1_000_000  # the operator made room
    await submits(slack, slack.ben, {"memo.pdf": PDF})
    await told(slack, slack.ben, "It was recorded before without a copy; now one is kept.")
    pieces = await the_pieces(services, key)
    assert [p.event.copied for p in pieces] == [False, True]
    assert copies.find(key, DIGEST) is not None


async def test_the_same_content_under_another_name_keeps_that_name_and_one_copy(
    slack: Slack, services: Services, copies: Copies
) -> None:
    key = await a_firm(services)
    await submits(slack, slack.ben, {"memo.txt": b"Fourteen bytes"})
    assert "14 bytes" in words_of(await told(slack, slack.ben, "is recorded"))
    await submits(slack, slack.ben, {"signed memo.txt": b"Fourteen bytes"})
    await told(slack, slack.ben, "Its content is that of “memo.txt”; one copy is kept.")
    assert [p.event.name for p in await the_pieces(services, key)] == ["memo.txt", "signed memo.txt"]
    assert len([path for path in copies.folder.rglob("*/??/*") if path.is_file()]) == 1


async def test_names_that_mean_mischief_are_only_names(slack: Slack, services: Services, copies: Copies) -> None:
    key = await a_firm(services)
    names = [
        "..\\..\\x.pdf",
        "con.pdf",
        "a" * 300,
        "\u202egpj.exe",
        "🎁 ﷺ.pdf",
        "nul\x00l.pdf",
        "*_`<!channel>",
    ]
    files = {name: PDF + name.encode() for name in names}
    await submits(slack, slack.ben, files)
    await slack.sandbox.until(lambda: len(list(copies.folder.rglob("*/??/*"))) == len(names), 10)
    events = [p.event for p in await the_pieces(services, key)]
    assert len(events) == len(names)
    assert all(path.is_relative_to(copies.folder) and len(path.name) == 64 for path in copies.folder.rglob("*/??/*"))
    await slack.ben.types("/cais history s1")
    shown = words_of(await told(slack, slack.ben, "newest first"))  # word of the files may come after it
    assert "<!channel>" not in shown
    assert "gpj.exe" in shown
    assert "\u202e" not in shown, "it would turn what stands after it, and show another ending"


async def test_a_files_name_that_turns_text_around_is_asked_about_without_that(
    slack: Slack, services: Services
) -> None:
    await a_firm(services)
    asked = await slack.ben.sends({"ev\u202etxt.exe": PDF})
    assert "Which task of Apex does evtxt.exe prove?" in asked["text"]


async def test_a_file_in_a_direct_message_is_asked_about_and_then_kept(
    slack: Slack, services: Services, copies: Copies
) -> None:
    key = await a_firm(services)
    asked = await slack.ben.sends({"memo.pdf": PDF})
    assert "Which task of Apex does memo.pdf prove?" in asked["text"]
    assert labels(asked) == ["Choose a task", "With a day and a name…", "A document to quote from", "Neither"]
    assert await services.intake.coming(key) == []
    await slack.ben.picks("Choose a task", "s1")
    await told(slack, slack.ben, "memo.pdf is recorded")
    [piece] = await the_pieces(services, key)
    assert piece.event.digest == DIGEST


async def test_of_a_file_that_is_refused_for_its_name_no_copy_stays(
    slack: Slack, services: Services, copies: Copies
) -> None:
    key = await a_firm(services)
    await slack.ben.sends({"Jane Doe SSN 123-45-6789.pdf": PDF})
    await slack.ben.picks("Choose a task", "s1")
    await told(slack, slack.ben, "looks like a Social Security number")
    assert await the_pieces(services, key) == []
    assert copies.number_of(key) == 0


async def test_of_a_file_of_somebody_who_was_taken_off_while_it_was_fetched_no_copy_stays(
    slack: Slack, services: Services, copies: Copies, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await a_firm(services)
    await services.set_member(key, Act(person(BEN), "modal"), person(LEA), "member")
    fetch = WebApi.fetch

    async def meanwhile(*given: Any, **named: Any) -> tuple[int, str]:
        await services.remove_member(key, Act(person(BEN), "modal"), person(LEA).id)
        return await fetch(*given, **named)

    monkeypatch.setattr(WebApi, "fetch", meanwhile)
    await submits(slack, slack.lea, {"memo.pdf": PDF})
    while await services.intake.coming(key):
        await asyncio.sleep(0.01)
    assert await the_pieces(services, key) == []
    assert copies.number_of(key) == 0


async def test_what_a_crash_left_half_written_goes_although_the_firm_hands_over_nothing_more(
    slack: Slack, services: Services, copies: Copies
) -> None:
    key = await a_firm(services)
    with copies.incoming(key) as file:
        left = Path(file.name).with_name("tmpleft")
        left.write_bytes(PDF)
    os.utime(left, (0, 0))
    again = keeper.Keeper(services, slack.bot.slack, copies, slack.bot.keeper._now)
    again.start()
    await slack.sandbox.until(lambda: not left.exists(), 10)
    await again.stop()


async def test_a_file_in_a_direct_message_goes_where_the_words_beside_it_say(slack: Slack, services: Services) -> None:
    key = await a_firm(services)
    await slack.ben.sends({"memo.pdf": PDF}, "evidence s1")
    await told(slack, slack.ben, "memo.pdf is recorded")
    assert len(await the_pieces(services, key)) == 1
    assert "· sent as a file" in words_of(await slack.ben.types("/cais history s1"))


async def test_a_file_in_a_reply_that_also_goes_to_the_direct_messages_is_kept(
    slack: Slack, services: Services
) -> None:
    key = await a_firm(services)
    asked = await slack.ben.sends({"memo.pdf": PDF})
    file = slack.sandbox.hand_over(BEN, "other.pdf", PDF)
    await slack.sandbox.say(BEN, slack.ben.channel, "", files=[file["id"]])
    place = {"channel": slack.ben.channel, "channel_type": "im", "thread_ts": asked["ts"]}
    reply = {"type": "message", "subtype": "thread_broadcast", "user": BEN, "text": "evidence s1", "files": [file]}
    await slack.sandbox.send_event({**reply, **place, "ts": "1700000000.000100", "event_ts": "1700000000.000100"})
    await told(slack, slack.ben, "other.pdf is recorded")
    assert len(await the_pieces(services, key)) == 1


async def test_a_file_in_a_direct_message_may_be_a_document_or_neither(slack: Slack, services: Services) -> None:
    key = await a_firm(services)
    asked = await slack.ben.sends({"manual.txt": b"Gifts above one hundred dollars are refused."})
    await slack.ben.presses("A document to quote from", on=asked)
    assert [d.name for d in await services.documents.listed(key, person(BEN))] == ["manual.txt"]
    asked = await slack.ben.sends({"cat.png": b"\x89PNG\r\n\x1a\n"})
    assert "A document to quote from" not in labels(asked)
    await slack.ben.presses("Neither", on=asked)
    assert "Nothing was kept" in words_of(slack.ben.last)
    assert await the_pieces(services, key) == []


async def test_who_has_several_firms_is_asked_for_which(slack: Slack, services: Services) -> None:
    first, second = await a_firm(services, LEA), await a_firm(services, LEA, "Birch")
    for key in (first, second):
        await services.set_member(key, Act(person(LEA), "modal"), person(BEN), "member")
    asked = await slack.ben.sends({"memo.pdf": PDF})
    assert "Which firm is memo.pdf for?" in asked["text"]
    await slack.ben.picks("Choose a firm", second.firm)
    await slack.ben.picks("Choose a task", "s1")
    await told(slack, slack.ben, "is recorded")
    assert len(await the_pieces(services, second, LEA)) == 1
    assert await the_pieces(services, first, LEA) == []


@pytest.mark.parametrize("private", [False, True])
async def test_a_saved_message_brings_its_files(slack: Slack, services: Services, private: bool) -> None:
    key = await a_firm(services)
    slack.sandbox.slack.workspace.channels[COMPLIANCE]["is_private"] = private
    message = await slack.lea.at(COMPLIANCE).sends({"reply.pdf": PDF}, "from the Helpdesk")
    await slack.ben.at(COMPLIANCE).uses_shortcut("save_evidence", {"channel": COMPLIANCE, "ts": message["ts"]})
    assert "With its file" in words_of(slack.ben.modal or {})
    await slack.ben.submits({"task": "s1"})
    await told(slack, slack.ben, "reply.pdf is recorded")
    by_message, by_file = await the_pieces(services, key)
    assert by_message.event.kind == "message"
    assert by_file.event.came_from == by_message.event.text


async def test_a_message_without_text_has_no_digest_of_its_text(slack: Slack, services: Services) -> None:
    key = await a_firm(services)
    for said in ("", "from the Helpdesk"):
        message = await slack.lea.at(COMPLIANCE).sends({"reply.pdf": PDF}, said)
        await slack.ben.at(COMPLIANCE).uses_shortcut("save_evidence", {"channel": COMPLIANCE, "ts": message["ts"]})
        kept = "a SHA-256 of the text is kept" if said else "This message has no text of its own"
        assert kept in words_of(slack.ben.modal or {})
        await slack.ben.submits({"task": "s1"})
    found = [p.event.digest for p in await the_pieces(services, key) if p.event.kind == "message"]
    assert found == ["", hashlib.sha256(b"from the Helpdesk").hexdigest()]


async def test_a_file_the_app_may_not_see_is_told_of_and_nothing_is_recorded(slack: Slack, services: Services) -> None:
    key = await a_firm(services)
    message = await slack.lea.at(GENERAL).sends({"reply.pdf": PDF}, "hello")  # the app is not in there
    await slack.ben.at(GENERAL).uses_shortcut("save_evidence", {"channel": GENERAL, "ts": message["ts"]})
    await slack.ben.submits({"task": "s1"})
    assert "the app may not see it" in words_of(await told(slack, slack.ben, "was not recorded"))
    assert [p.event.kind for p in await the_pieces(services, key)] == ["message"]


async def test_a_piece_is_removed_with_a_reason_and_brought_back(slack: Slack, services: Services) -> None:
    key = await a_firm(services)
    await submits(slack, slack.ben, {"memo.pdf": PDF})
    letter = await told(slack, slack.ben, "is recorded")
    await slack.ben.presses("Evidence", on=letter)
    await slack.ben.presses("Remove…")
    await slack.ben.submits({"reason": "wrong firm's memo"})
    position = await services.position(key, person(BEN))
    assert not position.evidence
    assert "No evidence yet" in words_of(slack.ben.last)
    assert "Reason: wrong firm's memo" in words_of(await slack.ben.types("/cais history s1"))
    await slack.ben.types("/cais undo")
    assert (await services.position(key, person(BEN))).evidence == {"s1": 1}


async def test_files_that_were_given_one_name_together_are_told_apart_where_one_is_removed(
    slack: Slack, services: Services
) -> None:
    await a_firm(services)
    await submits(slack, slack.ben, {"a.pdf": PDF, "b.txt": b"b"}, label="bundle")
    await told(slack, slack.ben, "a.pdf is recorded")
    await slack.ben.presses("Evidence", on=await told(slack, slack.ben, "b.txt is recorded"))
    names = [element.get("accessibility_label", "") for seen in slack.ben.sees for _, element in elements(seen)]
    first, second = [name for name in names if name.startswith("Remove")]
    assert {first.partition(": ")[2], second.partition(": ")[2]} == {"bundle (a.pdf)", "bundle (b.txt)"}
    entry, _, name = first.removeprefix("Remove ").partition(": ")
    await slack.ben.presses("Remove…")
    assert f"*{name}*, {entry}, will not count any more." in words_of(slack.ben.modal or {})
    await slack.ben.submits({"reason": "the wrong one"})
    seen = " ".join(map(words_of, slack.ben.sees))  # either file may have been recorded last
    assert f"Evidence removed for Does your firm report events with an FDID?: {name} ({entry})" in seen


async def test_a_link_with_a_note_of_two_lines_is_a_link_in_the_list(slack: Slack, services: Services) -> None:
    await a_firm(services)
    await slack.ben.types("/cais evidence s1")
    await slack.ben.submits({"link": "https://docs.example.com/a?b=1&c=2", "note": "two\nlines | of it"})
    await slack.ben.presses("Evidence")
    assert "<https://docs.example.com/a?b=1&amp;c=2|two lines / of it> (" in words_of(slack.ben.last)


async def test_a_viewer_is_told_before_a_form_is_filled_in_that_a_message_cannot_be_saved(
    slack: Slack, services: Services
) -> None:
    key = await a_firm(services)
    await services.set_member(key, Act(person(BEN), "modal"), person(LEA), "viewer")
    message = await slack.ben.at(COMPLIANCE).types("the Helpdesk wrote back")
    await slack.lea.at(COMPLIANCE).uses_shortcut("save_evidence", {"channel": COMPLIANCE, "ts": message["ts"]})
    assert slack.lea.modal is None
    assert "you are a viewer" in words_of(slack.lea.at(COMPLIANCE).last)


async def test_viewers_read_and_cannot_add_or_remove(slack: Slack, services: Services) -> None:
    key = await a_firm(services)
    await services.set_member(key, Act(person(BEN), "modal"), person(LEA), "viewer")
    await submits(slack, slack.ben, {"memo.pdf": PDF})
    await told(slack, slack.ben, "is recorded")
    [piece] = await the_pieces(services, key, LEA)
    with pytest.raises(Refusal, match="a member or a lead"):
        await services.evidence.remove(key, Act(person(LEA), "modal"), piece.row.sequence, reason="so")
    assert "a member or a lead" in words_of(await slack.lea.sends({"memo.pdf": PDF}))


async def test_what_is_killed_in_the_middle_is_taken_up_and_recorded_once(
    slack: Slack, services: Services, copies: Copies, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await a_firm(services)
    await slack.bot.keeper.stop()
    await submits(slack, slack.ben, {"memo.pdf": PDF})

    async def dies(self: object, coming: object, event: EvidenceAdded) -> None:
        raise KeyboardInterrupt

    again = keeper.Keeper(services, slack.bot.slack, copies, slack.bot.keeper._now)
    with monkeypatch.context() as patched:
        patched.setattr(keeper.Keeper, "_record", dies)
        coming = await services.intake.take(TENANT, by="gone", now=slack.bot.keeper._now(), lease=-1.0)
        assert coming is not None
        with pytest.raises(KeyboardInterrupt):
            await again._keep(coming)
    assert copies.find(key, DIGEST) is not None, "the copy comes before the event"
    assert await the_pieces(services, key) == []
    again.start()
    try:
        await told(slack, slack.ben, "memo.pdf is recorded")
        # Killed between the event and its settling: nothing is recorded or said twice.
        await services.intake.expect([replace(coming, tries=0)])
        services.evidence.wake()
        await slack.sandbox.until(lambda: True, 1)
    finally:
        await again.stop()
    assert len(await the_pieces(services, key)) == 1


@pytest.mark.parametrize("fault", ["500", "reset"])
async def test_slack_in_trouble_is_waited_for(slack: Slack, services: Services, fault: str) -> None:
    key = await a_firm(services)
    slack.sandbox.faults({"method": "files.info", "kind": fault, "times": 3})
    await submits(slack, slack.ben, {"memo.pdf": PDF})
    await told(slack, slack.ben, "memo.pdf is recorded")
    assert len(await the_pieces(services, key)) == 1


OTHERS = Person(f"slack:-/T2OTHER/{LEA}", "Lea Haddad")
"""Of another workspace; she reads in Lea's direct messages."""


async def expected(services: Services, slack: Slack, key: FirmKey, who: Person, *names: str) -> None:
    """As by a form that they sent in their workspace."""
    user = who.id.rpartition("/")[2]
    for name in names:
        handed = slack.sandbox.hand_over(user, name, PDF + name.encode())
        slack.sandbox.slack.workspace.files[handed["id"]]["given_to_app"] = True
        file = File(handed["id"], name, handed["size"])
        await services.evidence.expect(key, Act(who, "modal", name), "s1", [file])


async def test_a_workspace_that_slack_has_wait_holds_up_no_other(slack: Slack, services: Services) -> None:
    key, theirs = await a_firm(services), await elsewhere(services)
    slack.sandbox.faults({"method": "files.info", "kind": "429", "retry_after": 30, "times": 1})
    await expected(services, slack, key, person(BEN), "a.pdf", "b.pdf")
    async with asyncio.timeout(10):
        while slack.sandbox.slack.faults.listed():
            await asyncio.sleep(0.02)
    await expected(services, slack, theirs, OTHERS, "c.pdf")
    async with asyncio.timeout(10):
        while await services.intake.coming(theirs):
            await asyncio.sleep(0.02)
    assert len(await services.evidence.of_task(theirs, OTHERS, "s1")) == 1
    assert await the_pieces(services, key) == [], "Slack is not asked for another of the same workspace either"
    assert len(await services.intake.coming(key)) == 2


async def elsewhere(services: Services) -> FirmKey:
    """A firm of another workspace."""
    act = Act(OTHERS, "modal", "set-up elsewhere")
    return (await services.set_up("-/T2OTHER", act, name="Dogwood", situation="new")).position.key


async def test_workspaces_with_many_files_and_with_few_take_turns(
    slack: Slack, services: Services, copies: Copies, monkeypatch: pytest.MonkeyPatch
) -> None:
    await slack.bot.keeper.stop()
    key, theirs = await a_firm(services), await elsewhere(services)
    kept: list[str] = []

    async def keep(self: object, coming: Coming) -> None:
        kept.append(coming.name)

    monkeypatch.setattr(keeper.Keeper, "_keep", keep)
    monkeypatch.setattr(keeper, "AT_ONCE", 1)
    one = keeper.Keeper(services, slack.bot.slack, copies, slack.bot.keeper._now)
    await expected(services, slack, key, person(BEN), "a.pdf", "b.pdf", "c.pdf")
    await expected(services, slack, theirs, OTHERS, "d.pdf")
    one.start()
    async with asyncio.timeout(10):
        while len(kept) < 4:
            await asyncio.sleep(0.02)
    await one.stop()
    assert kept.index("d.pdf") < 2


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (NotHandedOver("a login page"), "a page instead of the file"),
        (NotHandedOver("status 404"), "not in Slack any more"),
        (SlackSaidNo("files.info", "missing_scope"), "may not read files"),
    ],
)
async def test_what_slack_does_not_hand_over_is_told_of_and_not_recorded(
    slack: Slack, services: Services, monkeypatch: pytest.MonkeyPatch, trouble: Exception, said: str
) -> None:
    key = await a_firm(services)

    async def refuses(*_: object, **__: object) -> tuple[int, str]:
        raise trouble

    monkeypatch.setattr(WebApi, "fetch", refuses)
    await submits(slack, slack.ben, {"memo.pdf": PDF})
    assert said in words_of(await told(slack, slack.ben, "was not recorded"))
    assert await the_pieces(services, key) == []
    assert await services.intake.coming(key) == []


@pytest.mark.parametrize(
    "word", ["internal_error", "fatal_error", "service_unavailable", "request_timeout", "ratelimited", "invalid_auth"]
)
async def test_what_slack_could_not_say_of_a_file_is_asked_again(slack: Slack, services: Services, word: str) -> None:
    key = await a_firm(services)
    slack.sandbox.faults({"method": "files.info", "kind": "refuse", "error": word, "times": 2})
    await submits(slack, slack.ben, {"memo.pdf": PDF})
    await told(slack, slack.ben, "memo.pdf is recorded")
    assert [piece.event.digest for piece in await the_pieces(services, key)] == [DIGEST]
    assert not any("was not recorded" in words_of(message) for message in slack.ben.sees)


async def test_a_file_waits_while_slack_does_not_take_the_token(slack: Slack, services: Services) -> None:
    """As where this machine's address is not one that Slack is to be called from: the token is as good as before."""
    key = await a_firm(services)
    await slack.bot.keeper.stop()
    await submits(slack, slack.ben, {"memo.pdf": PDF})
    slack.sandbox.faults({"method": "*", "kind": "refuse", "error": "invalid_auth", "times": -1})
    slack.bot.keeper.start()
    async with asyncio.timeout(10):
        while not await services.outbox.stopped():
            await asyncio.sleep(0.02)
    assert [coming.name for coming in await services.intake.coming(key)] == ["memo.pdf"]
    slack.sandbox.faults()
    await slack.ben.types("/cais")
    await told(slack, slack.ben, "memo.pdf is recorded")


@pytest.mark.parametrize("word", ["file_not_found", "file_deleted", "access_denied"])
async def test_a_file_that_is_gone_is_told_of_at_once(slack: Slack, services: Services, word: str) -> None:
    key = await a_firm(services)
    slack.sandbox.faults({"method": "files.info", "kind": "refuse", "error": word, "times": 1})
    await submits(slack, slack.ben, {"memo.pdf": PDF})
    assert "not in Slack any more" in words_of(await told(slack, slack.ben, "was not recorded"))
    assert await services.intake.coming(key) == []


async def test_what_slack_keeps_back_for_a_day_is_kept_as_a_reference(
    slack: Slack, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await a_firm(services)
    monkeypatch.setattr(keeper, "A_DAY", 0.0)
    slack.sandbox.faults({"method": "files.info", "kind": "500", "times": 50})
    await submits(slack, slack.ben, {"memo.pdf": PDF})
    assert "did not hand it over within a day" in words_of(await told(slack, slack.ben, "is recorded"))
    [piece] = await the_pieces(services, key)
    assert (piece.event.name, piece.event.copied) == ("memo.pdf", False)


class Down(WebApi):
    """A Slack that nobody reaches, and a clock that goes on while it is tried."""

    def __init__(self, at: float, takes: float) -> None:
        self.at = at
        self.takes = takes
        self.tries = 0

    def of(self, tenant: str) -> "Down":
        return self

    async def call(self, *_: object, **__: object) -> Json:
        self.tries += 1
        self.at += self.takes
        raise Unreachable("no connection")


@pytest.mark.parametrize("takes", [0.0, 8.0, 200.0])
async def test_a_file_is_tried_for_a_whole_day_before_only_its_reference_is_kept(
    services: Services, copies: Copies, takes: float
) -> None:
    key = await a_firm(services)
    down = Down(real_time(), takes)
    begun = down.at
    one = keeper.Keeper(services, down, copies, lambda: down.at)
    await services.evidence.expect(key, Act(person(BEN), "modal", "c1"), "s1", [File("F1", "memo.pdf", 100)])
    while await services.intake.coming(key):
        await one._keep_one(TENANT)
        down.at += keeper.ROUND / 2
    assert 24 <= (down.at - begun) / 3600 < 25.5
    assert down.tries < 50
    [piece] = await the_pieces(services, key)
    assert (piece.event.name, piece.event.not_copied) == ("memo.pdf", "unreachable")


async def test_two_people_who_add_the_same_file_at_once_add_it_once(slack: Slack, services: Services) -> None:
    key = await a_firm(services)
    await services.set_member(key, Act(person(BEN), "modal"), person(LEA), "member")
    await slack.bot.keeper.stop()
    for who in (slack.ben, slack.lea):
        await submits(slack, who, {"memo.pdf": PDF})
    slack.bot.keeper.start()
    await slack.sandbox.until(lambda: all("recorded" in who.last["text"] for who in (slack.ben, slack.lea)), 10)
    said = [words_of(who.last) for who in (slack.ben, slack.lea)]
    assert sum("memo.pdf is recorded" in words for words in said) == 1
    assert sum("counts as evidence for this task already" in words for words in said) == 1
    assert len(await the_pieces(services, key)) == 1


async def test_a_copy_that_is_missing_or_altered_is_found_and_named(
    slack: Slack, services: Services, copies: Copies, tmp_path: Path
) -> None:
    key = await a_firm(services)
    await submits(slack, slack.ben, {"memo.pdf": PDF})
    letter = await told(slack, slack.ben, "is recorded")
    settings = read({"CAIS_DATA_DIR": str(tmp_path), "CAIS_MODE": "http", **TOKENS})
    rows = await services.events.history(key)
    assert check_copies(key, rows, copies) == (1, [])
    assert [f.verdict for f in await check_evidence(settings)] == ["ok"]
    path = copies.find(key, DIGEST)
    assert path is not None
    path.write_bytes(PDF[:-1])
    _, [ill] = check_copies(key, rows, copies)
    assert "'memo.pdf' was altered" in ill.sentence
    path.unlink()
    _, [ill] = check_copies(key, rows, copies)
    assert "'memo.pdf' is missing" in ill.sentence
    [finding] = await check_evidence(settings)
    assert (finding.verdict, "is missing" in finding.sentence) == ("wrong", True)
    await slack.ben.presses("Undo", on=letter)
    assert check_copies(key, await services.events.history(key), copies) == (0, []), "it is not said to be there either"


async def test_a_folder_that_cannot_be_written_keeps_the_reference_and_says_so(
    slack: Slack, services: Services, copies: Copies, tmp_path: Path
) -> None:
    await a_firm(services)
    copies.folder.write_text("a file in its place")
    [finding] = await check_evidence(read({"CAIS_DATA_DIR": str(tmp_path), "CAIS_MODE": "http", **TOKENS}))
    assert (finding.verdict, "evidence is no folder. Let" in finding.sentence) == ("wrong", True)
    await submits(slack, slack.ben, {"memo.pdf": PDF})
    said = words_of(await told(slack, slack.ben, "is recorded"))
    assert "no copy is kept: the folder for copies could not be written" in said


async def test_a_full_store_keeps_the_reference_and_says_so(slack: Slack, services: Services, copies: Copies) -> None:
    await a_firm(services)
    copies.total = len(PDF) - 1
    await submits(slack, slack.ben, {"memo.pdf": PDF})
    assert "no copy is kept: the room for copies is used up" in words_of(await told(slack, slack.ben, "is recorded"))
    assert copies.used() == 0


async def test_two_firms_keep_the_same_file_each_for_itself(slack: Slack, services: Services, copies: Copies) -> None:
    ours, theirs = await a_firm(services), await a_firm(services, LEA, "Birch")
    for who in (slack.ben, slack.lea):
        await submits(slack, who, {"memo.pdf": PDF})
        assert "copy kept" in words_of(await told(slack, who, "is recorded"))
    assert copies.forget(ours) == 1
    assert copies.find(ours, DIGEST) is None
    assert copies.state(theirs, DIGEST) == "well"
    with pytest.raises(Refusal, match="not a member"):
        await services.evidence.of_task(theirs, person(BEN), "s1")


async def named_by(slack: Slack, services: Services, key: FirmKey, user: str, file: str) -> None:
    """As by a button or form of this person's with somebody's file in it."""
    await services.evidence.expect(key, Act(person(user), "button", f"{user} {file}"), "s1", [File(file)])


async def sent_by(slack: Slack, who: Someone, name: str = "theirs.pdf") -> str:
    """The id of a file that somebody sent here."""
    await who.sends({name: PDF}, "what they keep to themselves")
    return called(slack, name)


def called(slack: Slack, name: str) -> str:
    """The id of the file with this name."""
    (file,) = (f["id"] for f in slack.sandbox.slack.workspace.files.values() if f["name"] == name)
    return str(file)


async def test_a_file_in_somebody_elses_direct_messages_is_not_to_be_had_by_its_id(
    slack: Slack, services: Services, copies: Copies
) -> None:
    key = await a_firm(services)
    await named_by(slack, services, key, BEN, await sent_by(slack, slack.lea))
    letter = words_of(await told(slack, slack.ben, "was not recorded"))
    assert "The file is somebody else's" in letter
    assert "theirs.pdf" not in letter
    assert await the_pieces(services, key) == []
    assert copies.used() == 0


async def test_nor_is_one_that_somebody_else_handed_over_in_a_form(slack: Slack, services: Services) -> None:
    key, theirs = await a_firm(services), await a_firm(services, LEA, "Birch")
    await submits(slack, slack.lea, {"theirs.pdf": PDF})
    await told(slack, slack.lea, "theirs.pdf is recorded")
    await named_by(slack, services, key, BEN, called(slack, "theirs.pdf"))
    assert "somebody else's" in words_of(await told(slack, slack.ben, "was not recorded"))
    assert (len(await the_pieces(services, key)), len(await the_pieces(services, theirs, LEA))) == (0, 1)


async def test_nor_one_of_a_private_channel_that_one_is_not_in(slack: Slack, services: Services) -> None:
    key = await a_firm(services)
    channel = slack.sandbox.slack.workspace.channels[COMPLIANCE]
    channel["is_private"] = True
    channel["members"].remove(BEN)
    await named_by(slack, services, key, BEN, await sent_by(slack, slack.lea.at(COMPLIANCE)))
    assert "somebody else's" in words_of(await told(slack, slack.ben, "was not recorded"))
    assert await the_pieces(services, key) == []


async def test_what_somebody_else_made_and_one_passes_on_is_kept(slack: Slack, services: Services) -> None:
    key = await a_firm(services)
    file = await sent_by(slack, slack.lea)
    workspace = slack.sandbox.slack.workspace
    passed_on = {"ts": workspace.new_ts(), "channel": slack.ben.channel, "user": BEN, "text": "", "blocks": None}
    workspace.put_message({**passed_on, "files": [{"id": file}]})
    await named_by(slack, services, key, BEN, file)
    await told(slack, slack.ben, "theirs.pdf is recorded")
    assert len(await the_pieces(services, key)) == 1


@pytest.mark.parametrize(
    ("said", "sees"),
    [
        ({"user": BEN}, True),
        ({}, True),
        ({"user": LEA}, False),
        ({"user": LEA, "channels": ["C1"]}, True),
        ({"user": LEA, "channels": ["C1"], "shares": {"public": {"C1": []}}}, True),
        ({"user": LEA, "channels": ["C1"], "shares": {"private": {"C1": []}}}, False),
        ({"user": LEA, "channels": ["C2"], "shares": {"private": {"C2": []}}}, True),
        ({"user": LEA, "shares": {"private": {"C2": []}}}, True),
        ({"user": LEA, "groups": ["G1"]}, False),
        ({"user": LEA, "groups": ["G3"]}, False),
        ({"user": LEA, "groups": ["C0", "C2"]}, True),
        ({"user": LEA, "groups": ["C2"], "ims": ["D0BEN"]}, True),
        ({"user": LEA, "ims": ["D0LEA"]}, False),
        ({"user": LEA, "ims": ["D0LEA", "D0BEN"]}, True),
    ],
)
async def test_whose_a_file_is_and_where_it_stands_as_slack_says_it(said: Json, sees: bool) -> None:
    """Ben is in C2, on the second page of it, and not in C1 and G1; the app may not look at C0 and G3."""

    class Told(WebApi):
        async def call(self, method: str, arguments: Any, **more: Any) -> Json:
            match method, arguments:
                case "files.info", _:
                    return {"file": {"id": "F1", **said}}
                case "conversations.open", {"users": user}:
                    return {"channel": {"id": f"D0{user[2:]}"}}
                case "conversations.members", {"channel": "C0" | "G3"}:
                    raise SlackSaidNo(method, "missing_scope")
                case "conversations.members", {"channel": "C2", "cursor": "more"}:
                    return {"members": [BEN]}
                case "conversations.members", {"channel": "C2"}:
                    return {"members": [LEA], "response_metadata": {"next_cursor": "more"}}
            return {"members": [LEA]}

    slack = Told(session=None, token="")  # type: ignore[arg-type]
    if sees:
        assert (await describe(slack, "F1", by=BEN))["id"] == "F1"
    else:
        with pytest.raises(NotHandedOver, match=NOT_THEIRS):
            await describe(slack, "F1", by=BEN)
