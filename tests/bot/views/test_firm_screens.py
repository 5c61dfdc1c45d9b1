"""Set-up, firms, records, Home and help with names and numbers of any size: Slack takes them, and each button works."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.actions import verb_of
from bot.bootstrap import build_router
from bot.buttons import MessageFirmForm, NudgeForm, RemoveEvidenceForm, SaveMessageForm, UseFirm, WithdrawEntry
from bot.front.answering import content, modal_view
from bot.front.hearing import Origin
from bot.sandbox.limits import problems_in_message, problems_in_view
from bot.surfaces import Home, Message, Modal
from bot.views import evidence as proof
from bot.views import firms, home, home_firms, naming, nudges, onboarding, records, tasks
from bot.views import help as help_views
from bot.views import history as past
from bot.views.blocks import escape
from bot.views.not_undone import not_undone
from bot.views.scene import Scene
from flows.events import AgentAdded, EvidenceAdded, FirmKey, FirmSetUp, MemberSet, NoteAdded, Record, TaskCompleted
from flows.evidence.intake import Coming
from flows.evidence.pieces import File, Piece, pieces
from flows.evidence.use_cases import Became
from flows.firms import Person
from flows.looking_back import Filter
from flows.nudging import Ask, Look
from flows.ports import FirmSummary
from flows.position import Position, TaskRecord
from flows.records import Stamp, record
from flows.roadmap import Pack
from flows.summaries.portfolio import FILTERS
from flows.summaries.standing import standing
from flows.walk import walk
from tests.bot.conversing import elements, words_of
from tests.flows.test_deadlines import LEDGER

NASTY = "<!channel> *A* _B_ ~`|& <@U0ANA> >"
ROUTER = build_router()
CODE = re.compile(r"<(?!https?://|@[UW]|#[CG])")
"""Anything in angle brackets that is no link, person or channel of ours: Slack would read it as one of its codes."""

A_NAME = "<!here> *N* _M_ ~`N`~ |& <@U0ANA> >"
FORMATS = ("*N*", "_M_", "~`N")
"""What of that name would format, were it shown as it was typed. Passages and texts are shown word for word."""

KEY = FirmKey("-/T0", "f0123456789abcdef")
ORIGIN = Origin(channel="C0123456789", ts="1700000000.000100", response_url="https://hooks.slack.com/" + "x" * 100)

LINK = "https://x.slack.com/archives/C1/p1"
FILES = tuple(f"F0123456789{n}"[-11:] for n in range(10, 20))
AT = datetime(2026, 11, 23, 14, tzinfo=UTC)

characters = st.characters(blacklist_categories=["Cs", "Cc"])
names = st.text(characters, min_size=1, max_size=80).filter(lambda name: name.strip() not in ("", "N"))
"""Not "N" alone: shown in bold by us, it looks as if `A_NAME` was shown as it was typed."""


def firm(pack: Pack, name: str, *, people: int = 1, text: str = "", rows: int = 1) -> tuple[Scene, tuple[Record, ...]]:
    """A firm with this name, that many members, and that many notes and pieces of evidence with this text."""
    events: list[Any] = [
        FirmSetUp(name=name, situation="reporting", time_zone="America/New_York", target=date(2027, 1, 4))
    ]
    events += [
        MemberSet(f"slack:-/T0/U{n:09}", name if n % 2 else "", "lead" if n < 2 else "viewer") for n in range(people)
    ]
    events += [AgentAdded(f"a{n}", f"{name[:70]}{n}") for n in range(3)]
    for _ in range(rows):
        events.append(NoteAdded(text or "note", task="s1"))
        events.append(
            EvidenceAdded("s1", "link", f"https://x.example/{text}", label=text, happened_on=date(2026, 1, 5))
        )
        events.append(TaskCompleted("s2", note=text, happened_on=date(2026, 1, 5)))
    stamp = Stamp(Person("slack:-/T0/U1", name), AT, "modal", "2024-05-31", cause="c", practice=True)
    changed = record(Position(KEY), events, stamp)
    return scene(pack, changed.position), changed.records


def scene(pack: Pack, position: Position) -> Scene:
    return Scene(pack, position, walk(pack, position), date(2026, 11, 23), "slack:-/T0/U1", LEDGER)


def summaries(count: int, name: str) -> list[FirmSummary]:
    return [FirmSummary(FirmKey("-/T0", f"f{n:015}"), f"{name[:70]} {n}", "lead") for n in range(count)]


def a_day(seen: Scene, count: int) -> home.Today:
    """As much as a Home shows, each of this firm."""
    waits = replace(seen.walk.items[0], state="waiting", record=TaskRecord("waiting", 1, "", "", AT, whom="&" * 200))
    pending = [home.Pending(seen, item) for item in (waits, *seen.walk.items)]
    return home.Today(
        mine=pending[: home.MOST_TASKS],
        all_mine=count,
        waits=pending[:1] * home.MOST_WAITS,
        all_waits=count,
        firms=[seen] * min(count, home.MOST_FIRMS),
        all_firms=count,
        unread=count,
    )


def a_page(seen: Scene, count: int) -> home_firms.Page:
    stands = standing(seen.pack, seen.position, seen.today)
    shown = [(seen, stands)] * min(count, home_firms.ON_A_PAGE)
    return home_firms.Page(shown, "all", 1, 2, dict.fromkeys(FILTERS, count), unread=count)


def a_look(seen: Scene, people: int) -> Look:
    matters = standing(seen.pack, seen.position, seen.today).matters
    asks = [Ask(seen.position, matter, f"U{n}", seen.position.name) for n in range(people) for matter in matters]
    return Look(tuple(asks), people, people, (seen.position.name,) * people, people)


def check_message(message: Message) -> None:
    drawn = content(message)
    assert not problems_in_message(drawn), (problems_in_message(drawn), message.text[:200])
    assert message.text.strip()
    for text in (message.text, *mrkdwn_in(drawn["blocks"])):
        assert not CODE.search(text), text
        assert "<@U0ANA>" not in text
        assert not formats(text), text
    _buttons_work(drawn)


def formats(text: str) -> list[str]:
    """Marks that were left as they were typed; in the address of a link they do nothing."""
    shown = re.sub(r"<https?://[^|>]*", "", text)
    return [marks for marks in FORMATS if marks in shown]


def mrkdwn_in(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if node.get("type") == "mrkdwn":
            yield node["text"]
        node = list(node.values())
    if isinstance(node, list | tuple):
        for part in node:
            yield from mrkdwn_in(part)


def check_modal(modal: Modal) -> None:
    view = modal_view(modal, ORIGIN)
    assert not problems_in_view(view), (problems_in_view(view), modal.title)
    for text in mrkdwn_in(view["blocks"]):
        assert not CODE.search(text), text
        assert not formats(text), text
    assert type(modal.carried).verb in ROUTER.submits


def check_home(drawn: Home) -> None:
    view = {"type": "home", "blocks": list(drawn.blocks)}
    assert not problems_in_view(view), problems_in_view(view)
    for text in mrkdwn_in(view["blocks"]):
        assert not CODE.search(text), text
        assert not formats(text), text
    _buttons_work(view)


def _buttons_work(drawn: dict[str, Any]) -> None:
    for block, element in elements(drawn):
        assert verb_of(element["action_id"]) in ROUTER.actions
        json.loads(element.get("value") or block["block_id"])


def evidence_screens(
    seen: Scene, history: tuple[Record, ...], name: str, text: str, many: list[FirmSummary]
) -> Iterator[Message]:
    """What a task has, what became of files, and the questions about files that were sent."""
    (item,) = [i for i in seen.walk.items if i.key == "s1"]
    added = EvidenceAdded(
        "s1", "file", LINK, text, "0" * 64, None, name, 10**9, "text/html", "application/pdf", False, "too_large", LINK
    )
    was = next(r for r in history if r.type == "evidence_added")
    large = Piece(replace(was, payload=msgspec.json.encode(added).decode()), added)
    coming = [
        Coming(KEY, str(n), "b", "s1", file, name, "slack:-/T0/U1", name, "modal", "", 0.0)
        for n, file in enumerate(FILES)
    ]
    yield proof.of_task(seen, item, [*pieces(history), large], coming)
    yield proof.of_task(seen, item, [], [])
    yield proof.became(seen, [(Became(name, "s1", 3), large), (Became(text, "s9", said=text or "no"), None)] * 5)
    for files in ([File(f, name, 5) for f in FILES], [File(FILES[0])], [File(FILES[0], f"{name}.pdf", 1)]):
        yield proof.what_for(seen, files, lead=True)
        yield proof.which_firm(many, files)


def all_screens(pack: Pack, name: str, *, people: int, text: str, rows: int, count: int) -> None:
    seen, history = firm(pack, name, people=people, text=text, rows=rows)
    page = past.Page(tuple(reversed(history[-past.ROWS :])), frozenset({history[-1].sequence}), 5, 0)
    evidence = [r for r in history if r.type == "evidence_added"]
    many = summaries(count, name)
    for message in (
        onboarding.welcome(seen),
        onboarding.way_to_set_up(name),
        firms.firm_card(seen, role="lead", channel="slack:-/T0/C1", note="Saved."),
        firms.members(seen, role="lead"),
        firms.members(seen, role="viewer"),
        firms.picker(many, text, firms.FOREIGN_CHANNEL),
        firms.firm_list(many, many[:1], many[0].key.firm),
        firms.offered(name, many[:5], [UseFirm(firm=f.key.firm) for f in many[:5]]),
        naming.which(
            f"for {name}", ways := [naming.Way(f.name, f"note {text}", KEY.firm, f"note {text}") for f in many]
        ),
        naming.which(f"for {name}", ways, naming.Way("", f"note {text} for {name}", "", f"note {text} for {name}")),
        not_undone(seen, escape(text[:1000]), "Instead.", history[-1], seen.carry(WithdrawEntry, of=7)),
        firms.channel_note(seen, "slack:-/T0/C1", linked=True),
        past.history(seen, page),
        past.history(seen, page, wanted=Filter(task="s1"), evidence=evidence),
        past.history(seen, page, wanted=Filter(task="step 3")),
        *evidence_screens(seen, history, name, text, many),
        help_views.unknown(text, [help_views.Offer(f"note {text}", f"note {text}", KEY.firm)], KEY.firm),
        help_views.no_such_help(text, ["note"]),
    ):
        check_message(message)
    for modal in (
        onboarding.set_up_modal(pack, me="U1", zone="America/Detroit", name=name),
        firms.member_modal(seen, "slack:-/T0/U000000001"),
        firms.settings_modal(seen, lead=True),
        records.note_modal(seen, task="s1", title=name),
        *(proof.evidence_modal(seen, task=task) for task in seen.pack.tasks),
        proof.evidence_modal(seen, task="s1", files=FILES),
        proof.message_modal(seen, SaveMessageForm(KEY.firm, 1, LINK, "0" * 64, name, FILES), date(2026, 11, 23)),
        proof.message_firm_modal(many, MessageFirmForm(permalink=LINK, label=name, files=FILES)),
        proof.remove_modal(seen, RemoveEvidenceForm(KEY.firm, 1, evidence=3, task="s1"), text or "note"),
    ):
        check_modal(modal)
    viewer = Person(seen.viewer, name, admin=True)
    check_home(home.home(a_day(seen, count), viewer, top=tasks.note(escape(text[:1000]))))
    check_home(home_firms.firms(a_page(seen, count)))
    check_modal(nudges.ask_first(a_look(seen, min(count, 100)), NudgeForm(only="past")))
    check_message(nudges.letter(name, [(seen, item) for item in seen.walk.items]))


@pytest.mark.parametrize(
    ("name", "people", "text", "rows", "count"),
    [
        ("Apex", 1, "note", 1, 1),
        ("W" * 80, 20, "&" * 1500, 20, 300),
        (A_NAME, 300, NASTY * 40, 40, 101),
        ("*" * 80, 21, "*" * 1500, 10, 6),
        ("“Ünï” & Söhne 🏦" * 4, 2, "line\n" * 300, 3, 2000),
    ],
)
def test_every_screen_fits_whatever_is_in_it(
    pack: Pack, name: str, people: int, text: str, rows: int, count: int
) -> None:
    all_screens(pack, name, people=people, text=text, rows=rows, count=count)


@settings(max_examples=25, deadline=None)
@given(name=names, text=names, people=st.integers(1, 40), count=st.integers(1, 320))
def test_every_screen_fits_any_text(pack: Pack, name: str, text: str, people: int, count: int) -> None:
    all_screens(pack, name, people=people, text=text, rows=3, count=count)


def test_the_screens_without_a_firm_fit(pack: Pack) -> None:
    for any_firm in (False, True):
        check_message(onboarding.invitation(any_firm=any_firm, admin=True, linked=True))
    check_message(firms.firm_list((), (), ""))
    check_message(help_views.overview(pack))
    check_message(help_views.stale())
    for usage in help_views.USAGES:
        check_message(help_views.of_command(usage))
    check_message(help_views.unknown("blue bananas", []))
    check_home(home.empty(admin=True))


@pytest.mark.parametrize("situation", ["new", "reporting", "changing"])
def test_the_welcome_fits_the_situation_and_never_says_late(pack: Pack, situation: Any) -> None:
    seen, _ = firm(pack, "Apex")
    said = words_of(content(onboarding.welcome(scene(pack, replace(seen.position, situation=situation)))))
    assert {"new": "Nothing here is marked late", "reporting": "reports already", "changing": "leaves"}[
        situation
    ] in said
    assert "overdue" not in said


def test_a_practice_run_is_marked_on_every_screen_of_a_firm(pack: Pack) -> None:
    seen, history = firm(pack, "Apex")
    page = past.Page(history[:2], frozenset())
    for message in (
        onboarding.welcome(seen),
        firms.firm_card(seen, role="lead"),
        firms.members(seen, role="lead"),
        past.history(seen, page),
    ):
        assert "Practice run: the clock is moved" in words_of(content(message))


def test_a_select_of_firms_offers_each_of_them_once(pack: Pack) -> None:
    many = summaries(305, "Firm")
    [menu] = [e for _, e in elements(content(firms.picker(many, "next"))) if e["type"] == "static_select"]
    offered = [o["value"] for group in menu["option_groups"] for o in group["options"]]
    assert offered == [f.key.firm for f in many]


def test_words_too_long_for_a_select_are_left_out_and_never_cut(pack: Pack) -> None:
    block = next(b for b in firms.picker(summaries(9, "Firm"), "note " + "x" * 400).blocks if b["type"] == "actions")
    assert json.loads(block["block_id"]) == {}


def test_each_number_in_the_list_of_firms_is_that_of_the_names_after_it() -> None:
    every = summaries(16, "Acme")
    names = [f.name for f in every]
    text = firms.firm_list(every[:12], every[12:], "").text
    assert text == (
        f"Your firms (12): {', '.join(sorted(names[:12]))}. "
        f"Others in this workspace (4): {', '.join(sorted(names[12:]))}."
    )
    assert "Your firms" not in firms.firm_list((), every, "").text
    assert firms.firm_list(every[:1], (), "", "Saved.").text == f"Saved. Your firms (1): {names[0]}."
    many = summaries(30, "Acme")
    assert firms.firm_list(many, (), "").text.startswith("Your firms (30): ")
    assert firms.firm_list(many, (), "").text.endswith(", ...")
