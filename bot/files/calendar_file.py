"""A calendar file (iCalendar, RFC 5545): one event for each date, which a calendar that has it revises or takes out.

Written by hand: the few kinds of lines it needs are quickly written, and what writes all kinds took five times as long.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import IO

from flows.exports.calendar import CalendarEntry, entries
from flows.exports.record import Export
from flows.position import Recurring

ONE_DAY = timedelta(days=1)
LONGEST_LINE = 75
"""Octets of a line without its end; longer ones go on in the next, after a space."""

_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})
_UNPRINTED = {n: None for n in range(32) if chr(n) not in "\t\n\r"}


def write(export: Export, into: IO[bytes]) -> None:
    """The calendar."""
    head = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//CAIS Roadmap//Firm dates//EN", "METHOD:PUBLISH")
    into.writelines(map(_line, (*head, "X-WR-CALNAME:CAIS roadmap", f"X-WR-CALDESC:{_text(_records(export))}")))
    made_at = _moment(export.made_at)
    for entry in entries(export):
        into.writelines(map(_line, _event(entry, made_at)))
        for single in entry.single_days:
            into.writelines(map(_line, _event(single, made_at, of_a_rule=True)))
    into.write(_line("END:VCALENDAR"))


def _records(export: Export) -> str:
    """Where each firm's chain ends, so that this file, too, shows later whether the record was changed since."""
    ends = [firm.rows[-1] for firm in export.firms]
    return "Records. " + "; ".join(f"firm {e.firm} of {e.tenant}: {e.sequence} events, head {e.hash}" for e in ends)


def _event(entry: CalendarEntry, made_at: str, *, of_a_rule: bool = False) -> Iterator[str]:
    """`of_a_rule`: it says one day of an event of every year otherwise."""
    title = _text(entry.title)
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(entry.uid)}"
    yield f"SEQUENCE:{entry.sequence}"
    yield f"DTSTAMP:{made_at}"
    yield f"LAST-MODIFIED:{_moment(entry.revised_at)}"
    yield f"DTSTART;VALUE=DATE:{_day(entry.day)}"
    yield f"DTEND;VALUE=DATE:{_day(entry.day + ONE_DAY)}"
    if of_a_rule:
        yield f"RECURRENCE-ID;VALUE=DATE:{_day(entry.day)}"
    if entry.yearly:
        yield f"RRULE:{_every_year(entry.yearly)}"
    yield f"SUMMARY:{title}"
    yield f"DESCRIPTION:{_text(entry.about)}"
    yield f"STATUS:{'CANCELLED' if entry.cancelled else 'CONFIRMED'}"
    yield "TRANSP:TRANSPARENT"  # a day to be through by keeps nobody busy
    for before in entry.alarms:
        yield from ("BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{title}", f"TRIGGER:{_duration(before)}")
        yield "END:VALARM"
    yield "END:VEVENT"


def _every_year(recurring: Recurring) -> str:
    """A February 29 is the month's last day in other years."""
    if (recurring.month, recurring.day) == (2, 29):
        return "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1"
    return "FREQ=YEARLY"


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _duration(span: timedelta) -> str:
    """Whole hours, before (with a sign) or after: `-P6DT15H`, `PT9H`."""
    hours = round(abs(span) / timedelta(hours=1))
    days, hours = divmod(hours, 24)
    sign = "-" if span < timedelta() else ""
    return f"{sign}P" + (f"{days}D" if days else "") + (f"T{hours}H" if hours or not days else "")


def _text(text: str) -> str:
    return text.translate(_UNPRINTED).translate(_ESCAPES)


def _line(line: str) -> bytes:
    """Folded where it is too long, and never within a character."""
    whole = line.encode()
    if len(whole) <= LONGEST_LINE:
        return whole + b"\r\n"
    pieces, start, room = [], 0, LONGEST_LINE
    while start < len(whole):
        end = min(start + room, len(whole))
        while end < len(whole) and whole[end] & 0xC0 == 0x80:  # in the middle of a character
            end -= 1
        pieces.append(whole[start:end])
        start, room = end, LONGEST_LINE - 1
    return b"\r\n ".join(pieces) + b"\r\n"
