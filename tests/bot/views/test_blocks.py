"""People's text in messages: it reads as typed, and formats nothing."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.views.blocks import clip, literal, unmarked

MARKS = {"\u2217": "*", "\u223c": "~", "\u02cb": "`", "\uff3f": "_"}
TYPED = st.text(st.sampled_from("ab1 .*_~`<>&\u00e9-"), max_size=40)


@given(TYPED)
@example("a_*b*_c")
@example("__init__")
def test_no_mark_that_slack_formats_by_is_left_in_what_people_typed(typed: str) -> None:
    shown = literal(typed)
    assert not set("*~`") & set(shown)
    assert not re.search(r"(?:^|[\W_])_|_(?:[\W_]|$)", shown)


@given(TYPED)
def test_what_people_typed_can_be_read_as_it_was(typed: str) -> None:
    shown = literal(typed).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert "".join(MARKS.get(c, c) for c in shown) == typed


def test_an_underscore_within_a_word_stays_as_it_is() -> None:
    assert literal("https://example.test/a_b_c") == "https://example.test/a_b_c"


def test_a_cut_never_leaves_half_an_escaped_character() -> None:
    shown = literal("x & y")
    assert {clip(shown, n) for n in range(4, 8)} == {"x…"}


ROOT = Path(__file__).parents[3]


def sentences() -> Iterator[str]:
    """Everything in the code that a form may say below a field: refusals and errors of fields, with x for what varies.

    Which refusal reaches a form is nowhere written, so all of them count.
    """
    for file in [*ROOT.glob("bot/**/*.py"), *ROOT.glob("flows/**/*.py")]:
        for node in ast.walk(ast.parse(file.read_text())):
            name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
            if name in ("Refusal", "FieldErrors"):
                yield from said_in(node)


def said_in(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    else:
        for child in ast.iter_child_nodes(node):
            yield from said_in(child)


def test_no_form_shows_the_marks_of_bold_words_or_code_below_a_field() -> None:
    said = [*sentences()]
    marked = [sentence for sentence in said if "*" in sentence or "`" in sentence]
    assert len(marked) > 20, "there are such sentences"
    assert [sentence for sentence in said if re.search(r"[*`]", unmarked(sentence))] == []


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("Use *Waiting on someone*.", "Use Waiting on someone."),
        ("Try `/cais step 4` or *Filter…*", "Try /cais step 4 or Filter…"),
        ("2 * 3 * 4, a*b*c and ** stay", "2 * 3 * 4, a*b*c and ** stay"),
    ],
)
def test_only_marks_that_format_are_taken_off(said: str, plain: str) -> None:
    assert unmarked(said) == plain
