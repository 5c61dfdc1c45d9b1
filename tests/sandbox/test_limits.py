"""The checker refuses what Slack's Block Kit refuses, and takes what it takes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.limits import limits, problems_in_message, problems_in_view
from tests.sandbox.screens import Json, actions, button, home, menu, modal, option, plain, section, text_input


def rows(count: int, cells: int, text: str = "x") -> Json:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": text}] * cells] * count}


REFUSED: list[tuple[str, list[Any]]] = [
    ("too_many_blocks", [{"type": "divider"}] * 51),
    ("too_long", [section("x" * 3001)]),
    ("too_short", [section("")]),
    ("missing_field", [{"type": "section"}]),
    ("too_many_items", [{"type": "section", "fields": [plain("x")] * 11}]),
    ("too_long", [{"type": "section", "fields": [plain("x" * 2001)]}]),
    ("too_long", [{"type": "header", "text": plain("x" * 151)}]),
    ("invalid_type", [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}]),
    ("invalid_type", [{"type": "sektion"}]),
    ("invalid_type", [actions({"type": "knob", "action_id": "x"})]),
    ("invalid_type", [section("x", accessory={"type": "plain_text_input", "action_id": "x"})]),
    ("additional_property", [section("x", colour="red")]),
    ("additional_property", [{"type": "section", "text": {"type": "mrkdwn", "text": "x", "emoji": True}}]),
    ("too_many_items", [actions(*[button(f"b{n}") for n in range(26)])]),
    ("too_few_items", [actions()]),
    ("too_long", [actions({**button("b"), "text": plain("x" * 76)})]),
    ("too_long", [actions(button("b", "x" * 2001))]),
    ("too_long", [actions(button("b" * 256))]),
    ("not_allowed", [actions(button("b", style="loud"))]),
    (
        "too_long",
        [
            actions(
                button(
                    "b",
                    confirm={"title": plain("x" * 101), "text": plain("x"), "confirm": plain("x"), "deny": plain("x")},
                )
            )
        ],
    ),
    ("duplicate_action_id", [actions(button("b"), button("b"))]),
    ("duplicate_block_id", [actions(button("a")), actions(button("b"))]),
    ("too_many_items", [actions(menu("m", *[str(n) for n in range(101)]))]),
    ("too_long", [actions(menu("m", "x" * 76))]),
    ("exactly_one", [actions({"type": "static_select", "action_id": "m"})]),
    ("initial_option", [actions(menu("m", "a", initial_option=option("b")))]),
    (
        "too_many_items",
        [actions({"type": "overflow", "action_id": "o", "options": [option(str(n)) for n in range(6)]})],
    ),
    (
        "too_many_items",
        [actions({"type": "radio_buttons", "action_id": "r", "options": [option(str(n)) for n in range(11)]})],
    ),
    ("bad_format", [actions({"type": "datepicker", "action_id": "d", "initial_date": "23/11/2026"})]),
    ("bad_format", [actions({"type": "timepicker", "action_id": "t", "initial_time": "24:00"})]),
    ("invalid_number", [actions({"type": "datetimepicker", "action_id": "d", "initial_date_time": 12})]),
    ("too_many_items", [{"type": "context", "elements": [plain("x")] * 11}]),
    ("missing_field", [{"type": "image", "image_url": "https://example.com/a.png"}]),
    ("too_many_table", [rows(1, 1), rows(1, 1)]),
    ("too_many_items", [rows(101, 1)]),
    ("too_many_items", [rows(1, 21)]),
    ("table_too_long", [rows(10, 2, "x" * 501)]),
    ("markdown_too_long", [{"type": "markdown", "text": "x" * 6001}] * 2),
    ("wrong_surface", [{"type": "alert", "text": plain("x")}]),
    ("too_long", [{"type": "divider", "block_id": "x" * 256}]),
    ("not_an_object", ["section"]),
]


@pytest.mark.parametrize(("code", "blocks"), REFUSED)
def test_a_message_that_slack_refuses_is_refused_for_the_same_reason(code: str, blocks: list[Any]) -> None:
    assert code in [problem.code for problem in problems_in_message({"text": "x", "blocks": blocks})]


def test_a_message_at_the_limits_is_taken() -> None:
    most = [
        section("x" * 3000),
        *[{"type": "divider"}] * 46,
        {"type": "header", "text": plain("x" * 150)},
        rows(100, 20),
    ]
    full = actions(*[button(f"b{n}", "x" * 2000) for n in range(24)], menu("m", *[str(n) for n in range(100)]))
    assert problems_in_message({"text": "x" * 40000, "blocks": [*most, full]}) == []


def test_a_message_of_more_than_40000_characters_is_too_long() -> None:
    assert [p.code for p in problems_in_message({"text": "x" * 40001})] == ["msg_too_long"]


REFUSED_VIEWS: list[tuple[str, Json]] = [
    ("too_many_blocks", modal(*[{"type": "divider"}] * 101)),
    ("too_long", modal(title=plain("x" * 25))),
    ("too_long", modal(submit=plain("x" * 25))),
    ("too_long", modal(private_metadata="x" * 3001)),
    ("too_long", modal(callback_id="x" * 256)),
    ("missing_submit", modal(submit=None)),
    ("missing_field", {"type": "modal", "blocks": []}),
    ("invalid_type", {"type": "page", "blocks": []}),
    ("wrong_surface", modal({"type": "markdown", "text": "x"})),
    ("wrong_surface", home(rows(1, 1))),
    (
        "focus_on_load",
        modal(text_input("a", element={"focus_on_load": True}), text_input("b", element={"focus_on_load": True})),
    ),
    ("view_too_large", modal(*[section("x" * 3000) for _ in range(90)])),
    ("invalid_number", modal(text_input(element={"max_length": 3001}))),
    ("additional_property", home() | {"submit": plain("Send")}),
]


@pytest.mark.parametrize(("code", "view"), REFUSED_VIEWS)
def test_a_view_that_slack_refuses_is_refused_for_the_same_reason(code: str, view: Json) -> None:
    assert code in [problem.code for problem in problems_in_view(view)]


def test_views_at_the_limits_are_taken() -> None:
    assert problems_in_view(modal(*[text_input(f"b{n}") for n in range(100)], title=plain("x" * 24))) == []
    assert problems_in_view(home(*[section("x") for _ in range(100)])) == []


def test_a_problem_says_where_and_what_as_slack_does() -> None:
    (problem,) = problems_in_message({"text": "x", "blocks": [section("x" * 3001)]})
    assert str(problem) == "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"


_kinds = st.sampled_from([*limits()["blocks"], *limits()["elements"]])
_names = st.sampled_from(
    [
        "type",
        "text",
        "elements",
        "accessory",
        "element",
        "options",
        "option_groups",
        "rows",
        "block_id",
        "action_id",
        "child_blocks",
        "actions",
        "initial_option",
        "initial_options",
        "text",
    ]
)
_anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | _kinds,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_names, inner, max_size=5),
    max_leaves=12,
)


@given(st.lists(_anything, max_size=4))
def test_the_checker_answers_whatever_it_is_given(blocks: list[Any]) -> None:
    assert isinstance(problems_in_message({"text": "x", "blocks": blocks}), list)
    assert isinstance(problems_in_view({"type": "modal", "title": plain("x"), "blocks": blocks}), list)
