"""Rows of buttons that are drawn once and filled in for each firm."""

import pytest

from bot.actions import MAX_VALUE, Carried, unpack
from bot.buttons import CompleteTask, OpenNote, ShowNext
from bot.views.blocks import BlankRow, actions, button

FIRM = Carried("f1", 7)


def test_a_row_filled_in_for_a_firm_is_the_row_drawn_for_it() -> None:
    blank = BlankRow(
        [
            button("Good", CompleteTask(task="s1", outcome="good"), style="primary", says="Good: the task"),
            button("Bad", CompleteTask(task="s1", outcome="bad")),
            button("Next task", ShowNext()),
        ]
    )
    drawn = actions(
        button("Good", CompleteTask("f1", 7, "s1", "good"), style="primary", says="Good: the task"),
        button("Bad", CompleteTask("f1", 7, "s1", "bad")),
        button("Next task", ShowNext("f1", 7)),
    )
    filled = blank.filled(FIRM)
    assert filled == drawn
    assert [list(e) for e in filled["elements"]] == [list(e) for e in drawn["elements"]]


def test_a_row_filled_in_for_one_firm_leaves_nothing_of_it_for_the_next() -> None:
    blank = BlankRow([button("Add note", OpenNote(task="s1"))])
    blank.filled(FIRM)
    (second,) = blank.filled(Carried("f2"))["elements"]
    assert unpack(OpenNote, second["value"]) == OpenNote("f2", 0, "s1")


def test_a_row_that_carries_more_than_slack_takes_is_refused_and_not_cut() -> None:
    blank = BlankRow([button("Add note", OpenNote(task="s" * (MAX_VALUE - 20)))])
    with pytest.raises(ValueError, match="more than"):
        blank.filled(FIRM)
