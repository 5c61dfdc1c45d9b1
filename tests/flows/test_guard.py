"""The input guard: what it takes for personal data, and what it lets through."""

import pytest

from flows import guard
from flows.firms import Refusal


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the owner is 123-45-6789", "a Social Security number"),
        ("ssn 123 45 6789 on file", "a Social Security number"),
        ("123456789", "a Social Security number"),
        ("EIN 12-3456789", "a taxpayer number"),
        ("acct 4481-22", "an account number"),
        ("Account no. AB-9912345", "an account number"),
        ("5500 1122 3344 5566", "an account number"),
        ("ABC123456, ABC123457, ABC123458", "a list of FDIDs"),
        ("see https://drive.example.com/ssn/123-45-6789", "a Social Security number"),
        ("https://drive.example.com/12-3456789.pdf", "a taxpayer number"),
        ("F000001\nF000002\nF000003", "a list of FDIDs"),
    ],
)
def test_personal_data_is_seen(text: str, found: str) -> None:
    assert guard.looks_like(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "Called 888-696-3348 on 2026-11-23, ticket 448812",
        "Form sent on 5/31/2024, see https://example.com/a/123456789012/b",
        "Ana checked New Order, New Quote and Allocation events",
        "CAT Alert 2022-01 and 2023-01, section 3.2",
        "about 1,200 accounts expected",
        "Zürich 4 people; re-check 2027-11-23",
        "call on 2026-11-23 14:00, again 2026-11-24T09:30:00",
        "",
    ],
)
def test_what_people_write_about_their_work_is_let_through(text: str) -> None:
    assert guard.looks_like(text) == ""


def test_a_ticket_number_has_a_way_on() -> None:
    with pytest.raises(Refusal, match="ticket number") as refused:
        guard.check(["ticket 123456789"], ticket=False)

    assert refused.value.kind == "guard"
    assert "123456789" not in refused.value.sentence
    guard.check(["ticket 123456789"], ticket=True)
