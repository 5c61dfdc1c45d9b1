"""Who is told: a task's owner who can be reached, else the firm's leads."""

from collections.abc import Mapping
from datetime import date, datetime

from flows.habits import Reach
from flows.position import Owner, Position, works
from flows.reminders.hours import Hours
from flows.trading_days import Calendar
from flows.zones import zone_of


class People:
    """A firm's people, who of them can be reached, and since when each is what they are to the firm."""

    def __init__(self, position: Position, reach: Mapping[str, Reach], calendar: Calendar) -> None:
        self.position = position
        self._reach = reach
        self._hours: dict[str, Hours] = {}
        self.calendar = calendar
        self._firm_zone = zone_of(position.time_zone)
        self.leads = leads_in_reach(position, reach)

    def reach(self, person: str) -> Reach:
        """How to reach somebody; nothing speaks against it where nothing is known."""
        return self._reach.get(person) or Reach(person)

    def hours(self, person: str) -> Hours:
        """When this person can be told something."""
        if person not in self._hours:
            position = self.position
            self._hours[person] = Hours(self.reach(person), position.time_zone, position.reminders, self.calendar)
        return self._hours[person]

    def firm_day(self, instant: datetime) -> date:
        """The day it is where the firm is."""
        return instant.astimezone(self._firm_zone).date()

    def owner(self, key: str) -> Owner | None:
        """The task's owner, where they can do it and be reached."""
        owner = self.position.owners.get(key)
        return owner if owner and not self.lost(owner.person) else None

    def lost(self, person: str) -> str:
        """Why somebody who owns tasks cannot be reached, in a word; empty where they can."""
        if not works(self.position.members.get(person)):
            return "left"
        reach = self.reach(person)
        return "" if reach.reachable else reach.standing or reach.blocked

    def lost_since(self, person: str) -> datetime | None:
        """Since when they cannot be reached; None where that is not known."""
        if not works(self.position.members.get(person)):
            return self.position.changed_at.get(f"member {person}")
        return self.reach(person).since


def leads_in_reach(position: Position, reach: Mapping[str, Reach]) -> tuple[str, ...]:
    """The firm's leads who can be reached; of whom nothing is known, nothing speaks against it."""
    leads = (person for person, member in position.members.items() if member.role == "lead")
    return tuple(person for person in leads if (reach.get(person) or Reach(person)).reachable)
