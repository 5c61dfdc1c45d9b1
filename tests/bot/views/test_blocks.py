"""People's text in messages: it reads as typed, and formats nothing."""

import re

from hypothesis import example, given
from hypothesis import strategies as st

from bot.views.blocks import clip, literal

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
