"""What people type, and what is understood."""

import pytest

from bot.typed import words
from flows.events import FirmKey
from flows.ports import FirmSummary

COMMANDS = ("", "next", "status", "step", "done", "undo", "firm", "firm new", "note", "history", "help", "reopen")


@pytest.mark.parametrize(
    ("typed", "command", "rest"),
    [
        ("next", "next", ""),
        ("NEXT!", "next", ""),
        ("*next*.", "next", ""),
        ("", "", ""),
        ("?", "", ""),
        ("Step 4.", "step", "4"),
        ("step   4", "step", "4"),
        ("firm new Apex Securities", "firm new", "Apex Securities"),
        ("firm use Apex.", "firm", "use Apex."),
        ("note They called. All fine.", "note", "They called. All fine."),
        ("note two\nlines", "note", "two\nlines"),
    ],
)
def test_words_become_a_command_and_the_rest(typed: str, command: str, rest: str) -> None:
    assert words.split(typed, COMMANDS) == (command, rest)


@pytest.mark.parametrize("typed", ["nxet", "what now", "nextdoor", "register"])
def test_words_that_are_no_command_are_never_run_as_one(typed: str) -> None:
    assert words.split(typed, COMMANDS) is None


@pytest.mark.parametrize(
    ("typed", "near"),
    [("nxet", "next"), ("sttaus", "status"), ("undoo that", "undo"), ("Histroy", "history"), ("hepl", "help")],
)
def test_a_slip_of_the_finger_is_offered_what_was_meant(typed: str, near: str) -> None:
    assert words.near(typed, COMMANDS)[0] == near


@pytest.mark.parametrize("typed", ["", "finra", "portal", "?", "what is a CRD"])
def test_other_words_are_offered_nothing(typed: str) -> None:
    assert words.near(typed, COMMANDS) == ()


@pytest.mark.parametrize(
    ("typed", "meant"), [("/cais next", "next"), ("/CAIS  next", "next"), ("cais", ""), ("caisson", "caisson")]
)
def test_the_slash_command_typed_as_text_means_the_same(typed: str, meant: str) -> None:
    assert words.without_slash(typed) == meant


def test_the_mention_of_the_app_is_no_word() -> None:
    assert words.without_mention("<@UBOT|cais>: next", "UBOT") == "next"
    assert words.without_mention("hey <@UBOT> next <@U2>", "UBOT") == "hey next <@U2>"


def test_escaped_text_is_read_as_it_was_typed() -> None:
    assert words.plain(" Smith &amp; Sons &lt;3 <@U1|ana> ") == "Smith & Sons <3 @ana"


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        ("ask <@U0BEN> or <@U0ANA|ana>", "ask @U0BEN or @ana"),
        ("see <#C0GENERAL|general>, <#C0GENERAL|>", "see #general, #C0GENERAL"),
        (
            "<https://example.test/a?b=1&amp;c=2|label> <https://example.test>",
            "https://example.test/a?b=1&c=2 https://example.test",
        ),
        ("<mailto:help@example.test|help@example.test>", "help@example.test"),
        ("<!here> <!subteam^S1|@ops>", "@here @ops"),
        ("<@UBOT> next", "<@UBOT> next"),
        ("1 &lt; 2 &gt; 0", "1 < 2 > 0"),
    ],
)
def test_what_slack_writes_in_its_own_way_is_read_as_people_see_it(sent: str, typed: str) -> None:
    assert words.plain(sent, "UBOT") == typed


def test_what_turns_the_direction_of_writing_is_left_out_and_letters_from_the_right_stay() -> None:
    assert words.writable("scan\u202efdp.exe \u2067x\u2069") == "scanfdp.exe x"
    assert words.writable("\u05d0\u05d1 \u200fok") == "\u05d0\u05d1 \u200fok"


def firms(*names: str) -> list[FirmSummary]:
    return [FirmSummary(FirmKey("-/T1", name), name, "member") for name in names]


@pytest.mark.parametrize(
    ("typed", "rest", "firm"),
    [
        ("next for apex securities", "next", "Apex Securities"),
        ("next for Apex", "next", "Apex Securities"),
        ("for Beacon.", "", "Beacon"),
        ("s3e @ Beacon", "s3e", "Beacon"),
        ("s3e @beacon", "s3e", "Beacon"),
        ("waiting for them for Capital for All", "waiting for them", "Capital for All"),
    ],
)
def test_a_firm_is_named_at_the_end(typed: str, rest: str, firm: str) -> None:
    found = words.ending(typed, firms("Apex Securities", "Beacon", "Beacon Hill", "Capital for All"))
    assert found is not None
    assert (found.rest, [f.name for f in found.firms]) == (rest, [firm])


@pytest.mark.parametrize(
    "typed", ["next", "waiting for a", "waiting for the agent", "mail me at x@beacon.example", "for"]
)
def test_words_that_name_no_firm_stay_words(typed: str) -> None:
    assert words.ending(typed, firms("Apex Securities", "Beacon", "Beacon Hill")) is None


def test_all_firms_are_found_whose_names_begin_so() -> None:
    found = words.ending("s3 for Beac", firms("Apex Securities", "Beacon", "Beacon Hill"))
    assert found is not None
    assert [f.name for f in found.firms] == ["Beacon", "Beacon Hill"]


def test_who_is_mentioned_is_no_firm_and_where_people_are_named_only_a_whole_name_is_one() -> None:
    there = firms("Beacon", "Lea")
    assert words.ending("s3 @lea", there, mentioned=["lea"]) is None
    assert words.ending("s3 @bea", there, people=True) is None
    assert words.ending("s3 @beacon", there, people=True) is not None
    assert words.ending("s3 to @lea for Bea", there, mentioned=["lea"], people=True) is not None
