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
        ("Account number 12345678", "an account number"),
        ("account number: 12345678", "an account number"),
        ("Account No. 12345678", "an account number"),
        ("acct# 12345678", "an account number"),
        ("a/c 12345", "an account number"),
        ("account ABC-12345-X", "an account number"),
        ("Account ending 12345678", "an account number"),
        ("customer account is 12345678", "an account number"),
        ("acct 555-123-4567", "an account number"),
        ("5551234567", "an account number"),
        ("4111-1111-1111-1111", "an account number"),
        ("card 4111 1111 1111 1111", "an account number"),
        ("IBAN DE89 3704 0044 0532 0130 00", "an account number"),
        ("DE89370400440532013000", "an account number"),
        ("SSN123-45-6789", "a Social Security number"),
        ("SSN:123-45-6789", "a Social Security number"),
        ("SSN 123.45.6789", "a Social Security number"),
        ("123.45.6789", "a Social Security number"),
        ("123\N{EN DASH}45\N{EN DASH}6789", "a Social Security number"),
        ("123\N{NON-BREAKING HYPHEN}45\N{NON-BREAKING HYPHEN}6789", "a Social Security number"),
        ("123 - 45 - 6789", "a Social Security number"),
        ("SSN=123456789", "a Social Security number"),
        ("ID123456789", "a Social Security number"),
        ("ITIN 912-34-5678", "a Social Security number"),
        ("123-45-6789.pdf", "a Social Security number"),
        ("(123-45-6789)", "a Social Security number"),
        ("https://x.com/ 123-45-6789", "a Social Security number"),
        ("ticket 123-45-6789", "a Social Security number"),
        ("EIN 12 3456789", "a taxpayer number"),
        ("12-3456789", "a taxpayer number"),
        ("FDID1;FDID2;FDID3", "a list of FDIDs"),
        ("FD001/FD002/FD003", "a list of FDIDs"),
        ("FD0001\u2022FD0002\u2022FD0003", "a list of FDIDs"),
        ("\u2022 FD0001\n\u2022 FD0002\n\u2022 FD0003", "a list of FDIDs"),
        ("- FD0001\n- FD0002\n- FD0003", "a list of FDIDs"),
        ("1. FD0001\n2. FD0002\n3. FD0003", "a list of FDIDs"),
        ("FD0001, FD0002, and FD0003", "a list of FDIDs"),
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
        "6-II-A, 6-II-B and 6-II-C",
        "CAT Alerts 2022-01, 2023-01 and 2025-02",
        "SEC releases 34-102386, 34-88702 and 34-102665",
        "34-102386, 34-88702, 34-102665",
        "CRD# 123456, SEC# 8-12345, IARD 801234",
        "CRD 7654321",
        "Q3-2026, Q4-2026 and FY2027",
        "about 120000 or 150000 or 200000 accounts",
        "Estimate: 15000 accounts",
        "Accounts: 12500",
        "Sent on 20261123, 20261124, 20261125",
        "11/23/2026, 12/01/2026 and 12/15/2026",
        "on 2026/11/23, 2026/11/24 and 2026/11/25",
        "Nov 23 2026 at 14:05:33",
        "meeting 9:00-10:00, 10:00-11:00",
        "Opened the account on 12-01-2026",
        "account opened 2026-11-23",
        "account no longer used since 12345 days",
        "account manager: j.smith 2026-11-23",
        "account 2024",
        "Called 8886963348",
        "888 6963348",
        "Call +44 20 7946 0958",
        "Helpdesk 888-696-3348 ticket 00123456",
        "USD 1234567890",
        "$1,234,567,890",
        "1000000000 dollars",
        "tickets 448812, 448913, 449001",
        "Tickets: INC0012345, INC0012346 and REQ0098765",
        "Ticket INC0012345",
        "case 5003x00001AbCdE",
        "Rule 17a-3, 17a-4(f), 3110(b)",
        "1st-half, 2nd-half and 3rd-quarter",
        "1st4Clearing, 2ndClear1 and 3rdClear2",
        "pages 12-34, 35-678 and 100-2000",
        "ref CAT-2026-000123 see CAT-2026-000124 and CAT-2026-000125",
        "MPID ABCD, IMID EFGH1",
        "ABC123 Securities LLC",
        "zip 12345-6789",
        "file CAIS_20261123_0001",
        "Version 2.0.0 of 01.26.2022",
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
