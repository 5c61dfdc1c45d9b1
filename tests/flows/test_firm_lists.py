"""A table of firms, as spreadsheets leave it: what it says, line by line, and what is wrong with it in words."""

from datetime import date

import pytest

from flows.firm_lists.people import Face, with_people
from flows.firm_lists.reading import MOST_FIRMS, FirmList, Row, read
from flows.firm_lists.text import LARGEST, decode
from flows.firms import Refusal
from flows.packs import load_pack
from flows.trading_days import NYSE
from tests.flows.shipped import SOURCE, YAML

PACK = load_pack(YAML, SOURCE)
TODAY = date(2026, 11, 23)


def listed(text: str) -> FirmList:
    return read(text, PACK, today=TODAY, calendar=NYSE, time_zone="America/New_York")


def wrong(line: str, header: str = "firm,crd,situation,lead,members,time zone,target,onboarding,small") -> str:
    (found,) = listed(f"{header}\n{line}\n").wrong
    return found.why


def test_every_column_is_read_and_what_is_left_out_is_as_in_the_form() -> None:
    found = listed(
        "firm,crd,situation,lead,members,time zone,target,onboarding,small\n"
        '"Example Securities, LLC",CRD 0123456,Already reporting,@lea,"@ben; U0ANA",Pacific,2027-05-28,Not sure,yes\n'
        "Birch Brokers\n"
    )
    assert found.wrong == ()
    assert found.rows == (
        Row(
            line=2,
            name="Example Securities, LLC",
            crd="123456",
            situation="reporting",
            time_zone="America/Los_Angeles",
            target=date(2027, 5, 28),
            precheck="unsure",
            profile="yes",
            leads=("@lea",),
            members=("@ben", "U0ANA"),
        ),
        Row(line=3, name="Birch Brokers", time_zone="America/New_York"),
    )


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_a_file_is_read_however_a_spreadsheet_wrote_it(separator: str, encoding: str, ends: str) -> None:
    lines = (" Firm  Name ", "CRD #", "Notes"), ("Société Nord", '="0042"', "x"), ("", "", ""), ("Birch", "7", "")
    text = ends.join(separator.join(line) for line in lines)
    found = listed(decode(text.encode(encoding)))
    assert [(r.line, r.name, r.crd) for r in found.rows] == [(2, "Société Nord", "42"), (4, "Birch", "7")]
    assert found.ignored == ("Notes",)


def test_excels_own_first_line_and_cells_of_several_lines_do_not_move_the_line_numbers() -> None:
    found = listed('sep=;\nname;notes\n"Apex";"a\nb"\n=HYPERLINK("x");\nBirch;\n')
    assert [(r.line, r.name) for r in found.rows] == [(3, "Apex"), (5, '=HYPERLINK("x")'), (6, "Birch")]
    assert found.wrong == ()


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (",123", "Give the firm a name"),
        ("/cais next", "reads like a command"),
        ("—", "Give the firm a name"),
        ("A" * 81, "80 characters at most"),
        ("078-05-1120", "looks like a Social Security number"),
        ("Apex,078051120", "CRD number has up to 8 digits"),
        ("Apex,,sleeping", "“new”, “reporting” or “changing”"),
        ("Apex,,,,,Mars/Base", "time zone is not known"),
        ("Apex,,,,,,sometime", "one day in the future"),
        ("Apex,,,,,,2024-05-31", "one day in the future"),
        ("Apex,,,,,,,perhaps", "“onboarding” has to be one of “Yes”, “No”, “Not sure”"),
        ("Apex,1,,,,,,,,too many", "more cells than the first line has names"),
    ],
)
def test_what_is_wrong_with_a_line_is_said_in_words(line: str, why: str) -> None:
    assert why in wrong(line)


def test_all_that_is_wrong_with_a_line_is_said_at_once_and_personal_data_is_not_said_again() -> None:
    why = wrong("Apex,x1,sleeping")
    assert "CRD number" in why
    assert "situation" in why
    assert "078" not in str(listed("firm\n078-05-1120\n").wrong)


def test_the_second_of_two_lines_with_one_name_or_number_is_left_out() -> None:
    found = listed("firm,crd\nApex,1\nAP\u200bEX\u202e,2\nBirch,1\nCedar,3\n")
    assert [r.name for r in found.rows] == ["Apex", "Cedar"]
    assert [(w.line, w.why) for w in found.wrong] == [
        (3, "Line 2 has the same name."),
        (4, "Line 2 has the same CRD number."),
    ]
    found = listed("firm\n\u00c4pex\nA\u0308PEX\n")
    assert ([r.name for r in found.rows], [w.line for w in found.wrong]) == (["\u00c4pex"], [3])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "There is no firm in that list"),
        ("firm,crd\n", "There is no firm in that list"),
        ("Apex,1\nBirch,2\n", "one of them “firm”"),
        ('firm,crd\nApex,1\n"Birch,2\nCedar,3\n', "A quotation mark in line 3 is not closed"),
        ("firm,name\nApex,Birch\n", "Two columns are called “firm”"),
        ("firm\n" + "\n".join(f"F{n}" for n in range(MOST_FIRMS + 1)), "I take 300 at once"),
    ],
)
def test_what_is_no_list_of_firms_is_refused_as_a_whole(text: str, why: str) -> None:
    with pytest.raises(Refusal, match=why):
        listed(text)


@pytest.mark.parametrize("content", [b"PK\x03\x04zip", b"\x00\x01\x02", b"firm\n" + b"x" * LARGEST])
def test_what_is_no_text_or_too_long_is_refused(content: bytes) -> None:
    with pytest.raises(Refusal):
        decode(content)


def test_people_are_found_by_id_mention_handle_or_name_and_nobody_is_guessed() -> None:
    faces = [
        Face("p/1", "Lea Haddad", ("u1", "lea")),
        Face("p/2", "Ben Cole", ("u2", "ben")),
        Face("p/3", "Ben Cole", ("u3", "bcole")),
        Face("p/4", "Robot", ("u4", "robot"), may_join=False),
    ]
    lines = ("A,@LEA;<@U2|ben>", "B,u3;Lea Haddad", "C,Ben Cole", "D,@nobody", "E,lea@example.com", "F,@robot")
    found = with_people(listed("firm,lead\n" + "\n".join(lines)), faces)
    assert [r.leads for r in found.rows] == [("p/1", "p/2"), ("p/3", "p/1")]
    assert [w.why.partition(".")[0] for w in found.wrong] == [
        "More than one person is called “Ben Cole”",
        "Nobody in this workspace is called “@nobody”",
        "I may not look people up by e-mail",
        "An app or a closed account cannot be in a firm: “@robot”",
    ]


def test_all_faults_of_a_line_are_said_together_whichever_look_finds_them() -> None:
    found = listed(
        "firm,crd,situation,lead,members\n"
        "Apex,7,new,@lea,\n"
        "apex,7,sleeping,@nobody,@robot;@no one;lea@example.com\n"
        ",x,new,@nobody,\n"
    )
    found = with_people(found, [Face("p/1", "Lea", ("lea",)), Face("p/4", "Robot", ("robot",), may_join=False)])
    assert [row.name for row in found.rows] == ["Apex"]
    assert [wrong.line for wrong in found.wrong] == [3, 4]
    first, second = (wrong.why for wrong in found.wrong)
    assert first == (
        "Its situation has to be “new”, “reporting” or “changing”. Line 2 has the same name. "
        "Line 2 has the same CRD number. "
        "Nobody in this workspace is called “@nobody”, “@no one”. Write the handle or the member ID. "
        "An app or a closed account cannot be in a firm: “@robot”. "
        "I may not look people up by e-mail. Write the handle or member ID in place of “lea@example.com”."
    )
    for fault in ("Give the firm a name", "CRD number has up to 8 digits", "called “@nobody”"):
        assert fault in second
