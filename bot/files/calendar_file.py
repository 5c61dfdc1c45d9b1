"""A calendar file (iCalendar): one event for each date, which a calendar that has it revises or takes out."""

from datetime import timedelta
from typing import IO

from icalendar import Alarm, Calendar, Event, vRecur

from flows.exports.calendar import CalendarEntry, entries
from flows.exports.record import Export
from flows.position import Recurring


def write(export: Export, into: IO[bytes]) -> None:
    """The calendar."""
    calendar = Calendar()
    calendar.add("prodid", "-//CAIS Roadmap//Firm dates//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "CAIS roadmap")
    for entry in entries(export):
        calendar.add_component(_event(entry, export))
    into.write(calendar.to_ical())


def _event(entry: CalendarEntry, export: Export) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", export.made_at)
    event.add("last-modified", entry.revised_at)
    event.add("dtstart", entry.day)
    event.add("dtend", entry.day + timedelta(days=1))
    event.add("summary", entry.title)
    event.add("description", entry.about)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT")  # a day to be through by keeps nobody busy
    if entry.yearly:
        event.add("rrule", _every_year(entry.yearly))
    for before in entry.alarms:
        event.add_component(_alarm(entry, before))
    return event


def _every_year(recurring: Recurring) -> vRecur:
    """A February 29 is the month's last day in other years."""
    if (recurring.month, recurring.day) == (2, 29):
        return vRecur({"freq": "yearly", "bymonth": 2, "bymonthday": -1})
    return vRecur({"freq": "yearly"})


def _alarm(entry: CalendarEntry, before: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", entry.title)
    alarm.add("trigger", before)
    return alarm
