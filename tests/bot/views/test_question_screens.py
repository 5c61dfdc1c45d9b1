"""Answers, the queue and update notes with texts of any size: Slack takes them, calls nobody, and each button works."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.actions import verb_of
from bot.bootstrap import build_router
from bot.front.answering import content, modal_view
from bot.front.hearing import Origin
from bot.sandbox.limits import problems_in_message, problems_in_view
from bot.sandbox.mentions import notifies
from bot.surfaces import Message, Modal
from bot.views import notes, questions, queue
from bot.views.scene import Scene
from flows.asked import Asked, UpdateNote
from flows.asking import Reply
from flows.deadlines import Revision, Source, Value
from flows.events import FirmAnswerGiven, FirmKey, FirmSetUp, MemberSet
from flows.firms import Person
from flows.lead_queue import Queue
from flows.moved_dates import Moved
from flows.position import Position
from flows.questions.answer import Ambiguous, Answer, Answered, Citation, Declined, Part, Refused
from flows.records import Stamp, record
from flows.roadmap import Pack
from flows.walk import walk
from tests.bot.conversing import elements, labels, words_of
from tests.flows.test_deadlines import LEDGER

NASTY = "<!channel> *A* _B_ ~`|& <@U0ANA> >"
ROUTER = build_router()
ORIGIN = Origin(channel="C0123456789", ts="1700000000.000100", response_url="https://hooks.slack.com/" + "x" * 100)
TODAY = date(2026, 11, 23)
AT = datetime(2026, 11, 23, 14, tzinfo=UTC)
BEN = "slack:-/T0/U000000002"

texts = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=2000).filter(str.strip)


def firm(pack: Pack, name: str, text: str, *, leads: int = 1, answers: int = 1) -> Scene:
    """A firm with this name, that many leads and answers of its own."""
    events: list[Any] = [FirmSetUp(name=name[:80], situation="new", time_zone="America/New_York")]
    events += [MemberSet(f"slack:-/T0/UL{n:08}", name[:80], "lead") for n in range(leads)]
    events += [MemberSet(BEN, name[:80], "member")]
    events += [FirmAnswerGiven(f"q{n}", text[:2000], text[:1500], date(2026, 11, 1)) for n in range(answers)]
    stamp = Stamp(Person("slack:-/T0/UL00000000", name), AT, "modal", "2024-05-31", cause="c")
    position = record(Position(key=FirmKey("-/T0", "f0123456789abcdef")), events, stamp).position
    return Scene(pack, position, walk(pack, position), TODAY, BEN, LEDGER)


def asked(text: str, nth: int = 0) -> Asked:
    return Asked(
        tenant="-/T0",
        firm="f0123456789abcdef",
        id=f"q{nth:015}",
        person=BEN,
        name=text[:80],
        channel="slack:-/T0/D0BEN",
        thread="1.0",
        asked_at=AT.isoformat(),
        question=text[:2000],
        outcome="declined",
        said="",
        cited="[]",
        edition="2024-05-31",
        step="2",
        waiting=True,
        pressed_at="now",
    )


def note(text: str, **more: Any) -> UpdateNote:
    said = {"text": text[:600], "source": text[:300], "as_of": "2025-01-01", "added_by_name": text[:80]}
    return UpdateNote(**{"tenant": "-/T0", "id": "n1", "added_by": "x", "added_at": "now", **said, **more})


def answers(pack: Pack, text: str) -> list[Answer]:
    """One of each kind, as long as they come."""
    cited = tuple(Citation(f"S{n}", "2", (text * 30)[:900], (28, 30)) for n in range(3))
    part = Part(
        text[:60],
        text[:400],
        "yes",
        cited,
        tuple(pack.links.values())[:4],
        pack.contacts["helpdesk"],
        "test",
        text[:900],
    )
    helpdesk = pack.contacts["helpdesk"]
    return [
        Answered((part, part, part), 1.0, pack.edition_title),
        Ambiguous((part, part, part, part), 0.7, pack.edition_title),
        Declined("fees", text[:200], helpdesk, f"we are {{firm}}: {text[:300]}", 0.9, pack.edition_title, cited[0]),
        Declined("chat", text[:200], helpdesk, "", 0.9, pack.edition_title),
        Refused(text[:200]),
    ]


def moved(pack: Pack, text: str) -> tuple[Moved, ...]:
    """Every date of the roadmap on another day by now, with a source and a name as long as they come."""
    value, source = (
        Value("window", start=TODAY, end=TODAY),
        Source(text[:300] or "A notice", "https://example.com/" + "a" * 900),
    )
    last = Revision("d", 1, TODAY, TODAY, value, "postponed", text, (source, source), added_by=text[:80])
    return tuple(Moved(m, text[:150], last) for m in pack.milestones)


def check_message(message: Message) -> None:
    shown = content(message)
    assert problems_in_message(shown) == []
    assert notifies(shown) == []
    assert message.text.strip()
    for _, element in elements(shown):
        verb = verb_of(element["action_id"])
        assert verb in ROUTER.actions, verb
        values = [element.get("value")] + [element[s]["value"] for s in element if s.endswith("tive_button")]
        for value in filter(None, values):
            carries = ROUTER.actions[verb].carries
            assert carries is not None
            assert json.loads(value).keys() <= set(carries.__struct_fields__)


def check_modal(modal: Modal) -> None:
    shown = modal_view(modal, ORIGIN)
    assert problems_in_view(shown) == []
    assert type(modal.carried).verb in ROUTER.submits


def check_all(pack: Pack, text: str, *, leads: int = 1, rows: int = 1) -> None:
    """Every screen about questions, with this text wherever people's words stand."""
    scene = firm(pack, text, text, leads=leads, answers=rows)
    own = scene.position.firm_answers.get("q0")
    members = tuple(m for m in scene.position.members.values() if m.role == "lead")
    for found in answers(pack, text):
        kept = None if isinstance(found, Refused) else asked(text)
        for said in (own, None) if isinstance(found, Declined) else (None,):
            reply = Reply(found, kept, said, (note(text), note(text, step="2")), pack.wording.since, members, TODAY)
            reply = replace(reply, moved=moved(pack, text))
            for position in (scene.position, None):
                check_message(questions.answer(questions.Asking(pack, position), reply))
    waiting = Queue(tuple(asked(text, n) for n in range(rows)), tuple(scene.position.firm_answers.values()), TODAY)
    for lead in (True, False):
        check_message(queue.queue(scene, waiting, lead=lead, page=1))
        check_message(queue.answers(scene, waiting, lead=lead, page=9))
    check_modal(queue.reply_form(scene, asked(text), date(2027, 5, 1)))
    check_message(queue.lead_asked(scene, asked(text)))
    if own:
        check_message(queue.lead_replied(scene, asked(text), own))
    check_message(questions.asked_lead(members, new=True))
    check_modal(questions.form("f1", 2, task="s1", title=text, ticket=True))
    for admin in (True, False):
        check_message(
            notes.listed(pack, [note(text, id=f"n{n}") for n in range(rows)], TODAY, admin=admin, top="Added.")
        )
    check_modal(notes.form(pack, TODAY))


@pytest.mark.parametrize(("leads", "rows"), [(1, 0), (1, 1), (4, 12), (30, 60)])
@pytest.mark.parametrize("text", ["Apex", NASTY * 60, "W" * 2000, "*" * 2000, "&<>" * 700, "“Ünï”\n" * 300])
def test_every_screen_fits_whatever_is_in_it(pack: Pack, text: str, leads: int, rows: int) -> None:
    check_all(pack, text, leads=leads, rows=rows)


@settings(max_examples=25, deadline=None)
@given(text=texts)
def test_every_screen_fits_any_text(pack: Pack, text: str) -> None:
    check_all(pack, text)


def test_two_readings_are_buttons_and_two_questions_two_answers(pack: Pack) -> None:
    yes, no = (Part(s, f"Line {s}.", "", (Citation(s, s, f"Words {s}.", (1, 1)),)) for s in "12")
    two = questions.answer(questions.Asking(pack), Reply(Ambiguous((yes, no), 0.6, "x"), asked("which?")))
    assert labels(content(two)) == ["Show the first", "Show the second"]
    both = words_of(content(questions.answer(questions.Asking(pack), Reply(Answered((yes, no), 1, "x"), asked("a?")))))
    assert both.index("*Line 1.*") < both.index("“Words 1.”") < both.index("*Line 2.*") < both.index("“Words 2.”")
    assert "Small Firm Roadmap to May 31, 2024, Step 2, line 1" in both
