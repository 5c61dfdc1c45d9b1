"""Dates in plain English: what is understood, what is asked instead of guessed, and what is no date."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.dates import EveryYear, Meant, NoDate, OnDay, WhichDay, near, read, read_due, read_past
from flows.trading_days import NYSE

MONDAY = date(2026, 11, 23)
FRIDAY = date(2026, 11, 27)
SATURDAY = date(2026, 11, 28)


def meant(text: str, today: date = MONDAY) -> Meant | None:
    return read(text, today=today, calendar=NYSE)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("today", "2026-11-23"),
        ("Tomorrow", "2026-11-24"),
        ("the day after tomorrow", "2026-11-25"),
        ("eod tomorrow", "2026-11-24"),
        ("tomorrow eod", "2026-11-24"),
        ("by EOD Friday", "2026-11-27"),
        ("eod", "2026-11-23"),
        ("Friday", "2026-11-27"),
        ("this Friday", "2026-11-27"),
        ("monday next week", "2026-11-30"),
        ("Tuesday week", "2026-12-01"),
        ("Dec 15", "2026-12-15"),
        ("Dec. 15th", "2026-12-15"),
        ("December 15, 2027", "2027-12-15"),
        ("15 December", "2026-12-15"),
        ("15-Dec-2026", "2026-12-15"),
        ("Dec-15", "2026-12-15"),
        ("Dec 15 '26", "2026-12-15"),
        ("December 15, ’27", "2027-12-15"),
        ("no later than Dec 15", "2026-12-15"),
        ("not later than Friday", "2026-11-27"),
        ("the 15th of December", "2026-12-15"),
        ("first of June", "2027-06-01"),
        ("June first", "2027-06-01"),
        ("June 1st, 2027", "2027-06-01"),
        ("Friday, December 18", "2026-12-18"),
        ("the 15th", "2026-12-15"),
        ("the 23rd", "2026-11-23"),
        ("the 31st", "2026-12-31"),
        ("end of month", "2026-11-30"),
        ("EOM", "2026-11-30"),
        ("end of next month", "2026-12-31"),
        ("end of May 2027", "2027-05-31"),
        ("end of the quarter", "2026-12-31"),
        ("end of q1", "2027-03-31"),
        ("end of the week", "2026-11-27"),
        ("start of next week", "2026-11-30"),
        ("in 3 business days", "2026-11-27"),  # Thanksgiving is skipped
        ("in three trading days", "2026-11-27"),
        ("3 business days from now", "2026-11-27"),
        ("in two weeks", "2026-12-07"),
        ("in a week", "2026-11-30"),
        ("in a fortnight", "2026-12-07"),
        ("in 3 months", "2027-02-23"),
        ("a week from Friday", "2026-12-04"),
        ("5 trading days before May 31, 2027", "2027-05-24"),
        ("5/31/2027", "2027-05-31"),
        ("5/31/27", "2027-05-31"),
        ("5/31", "2027-05-31"),
        ("31/5/2027", "2027-05-31"),
        ("31.5.2027", "2027-05-31"),
        ("5/5/2027", "2027-05-05"),
        ("2027-05-31", "2027-05-31"),
        ("2027/5/31", "2027-05-31"),
        ("March 15", "2027-03-15"),
        ("Feb 29", "2028-02-29"),
        ("next business day", "2026-11-24"),
        ("the next trading day", "2026-11-24"),
        ("next working day after Nov 25", "2026-11-27"),  # Thanksgiving again
        ("in 3 bd", "2026-11-27"),
        ("within 3bd", "2026-11-27"),
        ("2 bd before May 31, 2027", "2027-05-27"),
        ("year end", "2026-12-31"),
        ("by year-end", "2026-12-31"),
        ("year end 2027", "2027-12-31"),
        ("the month's end", "2026-11-30"),
        ("quarter end", "2026-12-31"),
        ("this quarter end", "2026-12-31"),
        ("Q1 end", "2027-03-31"),
        ("Q1 end 2028", "2028-03-31"),
        ("last Friday of January", "2027-01-29"),
        ("the last Friday in January", "2027-01-29"),
        ("first Monday of June", "2027-06-07"),
        ("first Monday of June, 2028", "2028-06-05"),
        ("third Friday in March", "2027-03-19"),
        ("3rd Fri of next month", "2026-12-18"),
        ("fifth Monday of the month", "2026-11-30"),
        ("first Monday of next year", "2027-01-04"),
        ("last trading day of May 2027", "2027-05-28"),
        ("tenth business day of December", "2026-12-14"),
        ("first business day of next week", "2026-11-30"),
    ],
)
def test_is_understood_on_monday_november_23_2026(text: str, day: str) -> None:
    assert meant(text) == OnDay(date.fromisoformat(day))


@pytest.mark.parametrize(
    ("text", "today", "days"),
    [
        ("next Friday", MONDAY, ["2026-11-27", "2026-12-04"]),
        ("Friday", FRIDAY, ["2026-11-27", "2026-12-04"]),
        ("a week from Friday", FRIDAY, ["2026-12-04", "2026-12-11"]),
        ("Friday week", FRIDAY, ["2026-12-04", "2026-12-11"]),
        ("04/05/2027", MONDAY, ["2027-04-05", "2027-05-04"]),
        ("4/5", MONDAY, ["2027-04-05", "2027-05-04"]),
        ("May", MONDAY, ["2027-05-01", "2027-05-31"]),
        ("next month", MONDAY, ["2026-12-01", "2026-12-31"]),
        ("next week", MONDAY, ["2026-11-30", "2026-12-04"]),
        ("Thursday Dec 18", MONDAY, ["2026-12-18", "2026-12-17"]),
        ("next quarter end", MONDAY, ["2026-12-31", "2027-03-31"]),
        ("next year end", MONDAY, ["2026-12-31", "2027-12-31"]),
    ],
)
def test_what_can_mean_several_days_is_asked(text: str, today: date, days: list[str]) -> None:
    found = meant(text, today)
    assert isinstance(found, WhichDay)
    assert found.choices == tuple(map(date.fromisoformat, days))
    assert found.ask.endswith("?")


def test_a_weekday_in_a_week_is_asked_about_on_that_weekday_in_whichever_words() -> None:
    for text in ("Friday week", "a week from Friday"):
        assert meant(text, MONDAY) == meant(text, date(2026, 11, 26)) == OnDay(date(2026, 12, 4))
        assert meant(text, SATURDAY) == OnDay(date(2026, 12, 11))
        asked = meant(text, FRIDAY)
        assert isinstance(asked, WhichDay)
        assert asked.choices == (date(2026, 12, 4), date(2026, 12, 11))


def test_next_friday_is_not_asked_where_both_readings_are_one_day() -> None:
    assert meant("next Friday", FRIDAY) == OnDay(date(2026, 12, 4))
    assert meant("next Friday", SATURDAY) == OnDay(date(2026, 12, 4))


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("May 31, 2024", ["2027-05-31"]),
        ("2024-05-31", ["2027-05-31"]),
        ("Nov 20", ["2027-11-20"]),
        ("first Monday of November", ["2027-11-01"]),
        ("last Friday of September", ["2027-09-24"]),
        ("first Monday of the month", []),
        ("first Monday of June 2024", []),
        ("Feb 29 2024", ["2028-02-29"]),
        ("yesterday", []),
        ("last Friday", []),
        ("3 days ago", []),
    ],
)
def test_a_day_that_has_passed_is_questioned(text: str, instead: list[str]) -> None:
    found = meant(text)
    assert isinstance(found, WhichDay)
    assert "has passed" in found.ask
    assert found.choices == tuple(map(date.fromisoformat, instead))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("every March 15", EveryYear(3, 15)),
        ("every 15th of March", EveryYear(3, 15)),
        ("every year on March 15", EveryYear(3, 15)),
        ("yearly on March 15", EveryYear(3, 15)),
        ("annually, 3/15", EveryYear(3, 15)),
        ("every Feb 29", EveryYear(2, 29)),
        ("March 15 every year", EveryYear(3, 15)),
        ("on 3/15 annually", EveryYear(3, 15)),
    ],
)
def test_a_day_of_every_year_is_understood(text: str, found: EveryYear) -> None:
    assert meant(text) == found


@pytest.mark.parametrize("text", ["every Friday", "every month", "every 3/4", "every 15th", "every year on the 1st"])
def test_what_comes_back_in_another_way_is_told_what_is_possible(text: str) -> None:
    assert isinstance(meant(text), WhichDay)


@pytest.mark.parametrize(
    ("text", "today", "passed", "to_come"),
    [
        ("end of week", date(2026, 11, 28), "Friday, November 27", "2026-12-04"),
        ("by eow", date(2026, 11, 29), "Friday, November 27", "2026-12-04"),
        ("start of this week", date(2026, 11, 25), "Monday, November 23", "2026-11-30"),
        ("beginning of the month", date(2026, 11, 25), "Sunday, November 1", "2026-12-01"),
        ("first day of the quarter", date(2026, 11, 25), "Thursday, October 1", "2027-01-01"),
    ],
)
def test_the_end_or_the_start_of_this_week_or_month_that_has_passed_is_offered_of_the_next_one(
    text: str, today: date, passed: str, to_come: str
) -> None:
    asked = f"{passed}, 2026 has passed. Do you mean the one to come?"
    assert meant(text, today) == WhichDay(asked, (date.fromisoformat(to_come),))


@pytest.mark.parametrize("text", ["clear", "none", "None.", "no date", "remove"])
def test_a_date_can_be_cleared(text: str) -> None:
    assert meant(text) == NoDate()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "banana",
        "31/31",
        "every",
        "two",
        "15",
        "in 99999 years",
        "Ben",
        "register for CAIS",
        "s3e",
        "13/13/2027",
        "mar",
        "3 bd",
        "5pm",
        "mid January",
        "Thanksgiving",
        "fiscal year end",
        "last Friday of next June",
        "second Tuesday",
        "0th Monday of June",
        "first Monday of 9999",
    ],
)
def test_other_words_are_no_date(text: str) -> None:
    assert not isinstance(meant(text), OnDay | EveryYear | NoDate)


@pytest.mark.parametrize(
    ("text", "today", "kept", "choices"),
    [
        ("fifth Friday of February", MONDAY, "fifth Friday from February 1, 2027 to February 28, 2027", ()),
        (
            "fifth Friday of March",
            date(2027, 1, 5),
            "fifth Friday from March 1, 2027 to March 31, 2027",
            ("2028-03-31",),
        ),
        ("25th business day of December", MONDAY, "25th business day from December 1, 2026 to December 31, 2026", ()),
    ],
)
def test_where_a_month_has_no_such_day_that_is_said_and_none_is_taken(
    text: str, today: date, kept: str, choices: tuple[str, ...]
) -> None:
    assert meant(text, today) == WhichDay(f"There is no {kept}.", tuple(map(date.fromisoformat, choices)))


@pytest.mark.parametrize(
    ("text", "ask", "days"),
    [
        ("Dec 15 2026 5pm", "Do you mean this day?", ["2026-12-15"]),
        ("Dec. 15, 2026 at 5:00 p.m. ET", "Do you mean this day?", ["2026-12-15"]),
        ("12/15/2026 17:00", "Do you mean this day?", ["2026-12-15"]),
        ("5 pm on December 15", "Do you mean this day?", ["2026-12-15"]),
        ("tomorrow by noon", "Do you mean this day?", ["2026-11-24"]),
        ("tomorrow morning", "Do you mean this day?", ["2026-11-24"]),
        ("first thing Wednesday", "Do you mean this day?", ["2026-11-25"]),
        (
            "next Friday 5pm",
            "Which Friday do you mean: the one to come, or the one of next week?",
            ["2026-11-27", "2026-12-04"],
        ),
    ],
)
def test_an_hour_beside_the_day_something_is_wanted_by_is_said_to_be_no_part_of_it(
    text: str, ask: str, days: list[str]
) -> None:
    assert read(text, today=MONDAY, calendar=NYSE) is None, "elsewhere, as for a pause, it is no day"
    assert read_due(text, today=MONDAY, calendar=NYSE) == WhichDay(
        f"Dates have no hour here: each ends at 11:59 PM New York time. {ask}", tuple(map(date.fromisoformat, days))
    )


@pytest.mark.parametrize("text", ["5pm", "at noon", "none 5pm", "banana 5pm", "5pm 6pm", "s2 5pm"])
def test_an_hour_without_a_day_is_no_date(text: str) -> None:
    assert read_due(text, today=MONDAY, calendar=NYSE) is None


TODAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
FORMS = (
    lambda d: d.isoformat(),
    lambda d: f"{d:%B} {d.day}, {d.year}",
    lambda d: f"{d:%b} {d.day} {d.year}",
    lambda d: f"{d.day} {d:%B} {d.year}",
    lambda d: f"by {d:%A, %B} {d.day}, {d.year}",
)


@given(TODAYS, st.integers(0, 3000), st.sampled_from(FORMS))
def test_any_day_to_come_written_out_in_any_form_is_that_day(today: date, ahead: int, form: object) -> None:
    day = today + timedelta(ahead)
    assert callable(form)
    assert meant(form(day), today) == OnDay(day)


@given(TODAYS, st.integers(1, 3000))
def test_no_day_that_has_passed_is_ever_taken(today: date, behind: int) -> None:
    assert isinstance(meant((today - timedelta(behind)).isoformat(), today), WhichDay)


@given(TODAYS, st.integers(0, 400))
def test_a_month_and_a_day_mean_the_next_one_or_are_asked_about(today: date, ahead: int) -> None:
    day = today + timedelta(ahead)
    found = meant(f"{day:%B} {day.day}", today)
    days = found.choices if isinstance(found, WhichDay) else (found.on,) if isinstance(found, OnDay) else ()
    assert days
    assert all(d >= today and (d.month, d.day) == (day.month, day.day) for d in days)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Feb 30", "There is no February 30."),
        ("every Feb 30", "There is no February 30."),
        ("every year on 31/4", "There is no April 31."),
        ("April 31, 2027", "There is no April 31."),
        ("Feb 29, 2027", "There is no February 29, 2027."),
        ("2027-06-31", "There is no June 31."),
        ("two weeks after Feb 30", "There is no February 30."),
    ],
)
def test_a_day_that_its_month_does_not_have_is_said_to_be_none(text: str, sentence: str) -> None:
    assert meant(text) == WhichDay(sentence)


@given(
    TODAYS, st.integers(0, 99), st.integers(0, 99), st.sampled_from(["", "0", "0000", "2027", "9999"]), st.booleans()
)
def test_no_month_day_and_year_is_an_error(today: date, first: int, second: int, year: str, yearly: bool) -> None:
    for between in "/-.":
        numbers = between.join([str(first), str(second), *([year] if year else [])])
        found = meant(f"every {numbers}" if yearly else numbers, today)
        assert not isinstance(found, EveryYear if not yearly else OnDay)
        read_past(numbers, today=today, calendar=NYSE)


SOME_WORDS = (
    "every yearly each feb 29 30 april 13 0 31/4 2/30 31/31 0000 9999 "
    "in a the of on by end next this every last day days week month may march friday 1 2 15 31 2027 5/31 4/5 q1 eod "
    "before after from now business two trading year first third last end bd ago 5pm"
)
WORDS = st.lists(st.sampled_from(str.split(SOME_WORDS)), max_size=6).map(" ".join)


@given(TODAYS, WORDS | st.text(max_size=30))
def test_whatever_is_typed_is_read_without_an_error_and_offers_no_day_that_has_passed(today: date, text: str) -> None:
    found = meant(text, today)
    if isinstance(found, OnDay):
        assert found.on >= today
    if isinstance(found, WhichDay):
        assert all(d >= today for d in found.choices)
        assert found.ask


@pytest.mark.parametrize(
    ("text", "today", "passed", "to_come"),
    [
        ("end of October", MONDAY, "Saturday, October 31", "2027-10-31"),
        ("end of Q3", MONDAY, "Wednesday, September 30", "2027-09-30"),
        ("q3 end", MONDAY, "Wednesday, September 30", "2027-09-30"),
        ("end of November", date(2026, 12, 2), "Monday, November 30", "2027-11-30"),
        ("beginning of november", date(2026, 12, 2), "Sunday, November 1", "2027-11-01"),
    ],
)
def test_the_edge_of_a_month_or_quarter_that_is_just_over_is_asked_about(
    text: str, today: date, passed: str, to_come: str
) -> None:
    asked = f"{passed}, 2026 has passed. Do you mean the one to come?"
    assert meant(text, today) == WhichDay(asked, (date.fromisoformat(to_come),))


def test_the_edge_of_a_month_that_is_long_over_is_the_next() -> None:
    assert meant("end of May") == OnDay(date(2027, 5, 31))
    assert meant("end of Q1") == OnDay(date(2027, 3, 31))


def test_a_month_of_a_year_that_is_over_says_so() -> None:
    asked = "Saturday, October 31, 2026, the last day of that, has passed. Pick a day to come."
    assert meant("October 2026") == WhichDay(asked)


@pytest.mark.parametrize(
    ("text", "own", "days"),
    [
        ("tomorrow", date(2026, 11, 22), ["2026-11-23", "2026-11-24"]),
        ("today", date(2026, 11, 22), ["2026-11-23"]),
        ("in 3 days", date(2026, 11, 22), ["2026-11-25", "2026-11-26"]),
        ("tomorrow", date(2026, 11, 24), ["2026-11-24", "2026-11-25"]),
        ("tomorrow 5pm", date(2026, 11, 22), ["2026-11-23", "2026-11-24"]),
        ("Monday", date(2026, 11, 22), ["2026-11-23", "2026-11-30"]),
    ],
)
def test_where_it_is_another_day_for_who_types_words_that_count_from_today_are_asked_about(
    text: str, own: date, days: list[str]
) -> None:
    found = read_due(text, today=MONDAY, calendar=NYSE, own=own)
    assert isinstance(found, WhichDay)
    assert [on.isoformat() for on in found.choices] == days


@pytest.mark.parametrize("text", ["Dec 15", "Friday", "end of month", "Nov 20", "none", "every March 15", "bananas"])
def test_where_it_is_another_day_for_who_types_other_words_mean_what_they_did(text: str) -> None:
    as_ever = read_due(text, today=MONDAY, calendar=NYSE)
    assert read_due(text, today=MONDAY, calendar=NYSE, own=date(2026, 11, 22)) == as_ever


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("tomorow", "tomorrow"),
        ("Decmber 15", "december 15"),
        ("in 3 buisness days", "in 3 business days"),
        ("last Friday of Janary", "last friday of january"),
        ("Decmber 15 5pm", "december 15 5pm"),
        ("tomorrow", ""),
        ("s2 tomorow", ""),
        ("helpdesk", ""),
        ("Febuary 30", ""),
        ("3 business days", "in 3 business days"),
        ("two weeks", "in two weeks"),
        ("3 buisness days", "in 3 business days"),
        ("noon", ""),  # is like "none", which takes a date off
        ("clera", ""),
    ],
)
def test_a_mistyped_date_is_put_right_to_be_offered(text: str, mended: str) -> None:
    assert near(text, today=MONDAY, calendar=NYSE) == mended


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("May 27, 2022", "2022-05-27"),
        ("2022-05-27", "2022-05-27"),
        ("Nov 20", "2026-11-20"),
        ("Dec 15", "2025-12-15"),
        ("yesterday", "2026-11-22"),
        ("last Friday", "2026-11-20"),
        ("end of May 2022", "2022-05-31"),
        ("3 months ago", "2026-08-23"),
        ("first Monday of November", "2026-11-02"),
        ("last Friday of December", "2025-12-26"),
        ("Friday", "2026-11-20"),
        ("this Wednesday", "2026-11-18"),
        ("the 20th", "2026-11-20"),
        ("the 30th", "2026-10-30"),
        ("end of October", "2026-10-31"),
        ("end of November", "2025-11-30"),
        ("start of November", "2026-11-01"),
        ("end of q3", "2026-09-30"),
    ],
)
def test_a_day_that_was_is_understood_where_it_is_asked_what_was_known(text: str, day: str) -> None:
    assert read_past(text, today=MONDAY, calendar=NYSE) == OnDay(date.fromisoformat(day))


def test_of_the_past_a_month_is_the_last_that_has_begun_and_todays_weekday_is_asked_about() -> None:
    october = read_past("October", today=MONDAY, calendar=NYSE)
    assert isinstance(october, WhichDay)
    assert october.choices == (date(2026, 10, 1), date(2026, 10, 31))
    asked = "Today is Monday. Do you mean today, or a week ago?"
    assert read_past("Monday", today=MONDAY, calendar=NYSE) == WhichDay(asked, (date(2026, 11, 16), MONDAY))
