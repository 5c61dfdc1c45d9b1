"""Documents with names, states and passages of any size: Slack takes every screen, and each button works."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.views import documents as views
from flows.documents.finding import Found
from flows.documents.library import MOST_DOCUMENTS, NO_ROOM, REASONS
from flows.ports import Document, DocumentState
from flows.roadmap import Pack
from tests.bot.conversing import labels, words_of
from tests.bot.views.test_firm_screens import KEY, NASTY, check_message, check_modal, firm, names

STATES: tuple[DocumentState, ...] = ("waiting", "reading", "ready", "failed")


def document(name: str, state: DocumentState = "ready", **more: object) -> Document:
    fields = {"size": 49_000_000, "digest": "ab" * 32, "pages": 3000, "pages_read": 1200, "passages": 100_000, **more}
    who, at = f"slack:-/T0/{'U' * 11}", "2026-11-23T14:00:00+00:00"
    return Document(KEY, "d" * 16, name[:150], "pdf", "F1", who, name, at, state=state, **fields)  # type: ignore[arg-type]


@settings(max_examples=30, deadline=None)
@given(name=names, number=st.integers(0, MOST_DOCUMENTS), page=st.integers(-1, 20), lead=st.booleans())
def test_the_list_fits_whatever_is_in_it(pack: Pack, name: str, number: int, page: int, lead: bool) -> None:
    scene, _ = firm(pack, name + NASTY)
    there = [document(f"{n} {name}{NASTY * 3}", STATES[n % 4], reason="Why. " * 20) for n in range(number)]
    message = views.document_list(scene, there, lead=lead, page=page, note="A note.")
    check_message(message)
    assert ("Add a document" in labels({"blocks": message.blocks})) == lead


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("pages", [None, 1, 3000])
@pytest.mark.parametrize("passages", [0, 1, 100_000])
def test_every_state_is_a_sentence(state: DocumentState, pages: int | None, passages: int) -> None:
    for reason in REASONS.values():
        shown = document(NASTY, state, pages=pages, passages=passages, reason=reason)
        check_message(views.progress(NASTY, shown))
        assert views.state(shown).endswith(".")
        assert "None" not in views.state(shown)


def test_the_form_fits(pack: Pack) -> None:
    scene, _ = firm(pack, NASTY)
    check_modal(views.document_modal(scene))
    check_modal(views.document_modal(scene, document(NASTY * 5)))


@settings(max_examples=30, deadline=None)
@given(name=names, text=st.text(max_size=8000), page=st.none() | st.integers(1, 3000), number=st.integers(0, 3))
def test_what_was_found_is_shown_as_it_is(pack: Pack, name: str, text: str, page: int | None, number: int) -> None:
    scene, _ = firm(pack, name)
    passage = Found("d1", name, " › ".join([NASTY] * 6), page, text + NASTY, 0.9)
    message = views.found(scene, NASTY * 20, [passage] * number)
    check_message(message)
    assert ("The firm's own document" in words_of({"blocks": message.blocks})) == bool(number)


@pytest.mark.parametrize("pages", [10, None])
def test_one_that_waits_for_this_machine_says_so_also_where_it_was_begun_before(pages: int | None) -> None:
    said = views.state(document("manual.pdf", "reading", pages=pages, reason=NO_ROOM))
    assert said.startswith("⏳ Reading")
    assert said.endswith(f"What was read can be found already. {NO_ROOM}")
    assert views.state(document("manual.pdf", "reading", pages=pages)).endswith("can be found already.")
