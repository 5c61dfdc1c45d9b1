"""What each response_url may still do: five posts within thirty minutes."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

from bot.sandbox.wire import SlackError

REMEMBERED = 10_000


@dataclass
class Ticket:
    """Where a response_url leads: the person, the channel, and the message it came from, if any."""

    user: str
    channel: str
    message_ts: str | None
    left: int
    ends: float


class Tickets:
    """The response_urls handed out."""

    def __init__(self, uses: int, seconds: float) -> None:
        self._uses, self._seconds = uses, seconds
        self._given: dict[str, Ticket] = {}

    def give(self, user: str, channel: str, message_ts: str | None = None) -> str:
        """The last part of a new response_url."""
        ticket_id = secrets.token_urlsafe(18)
        while len(self._given) >= REMEMBERED:
            del self._given[next(iter(self._given))]
        self._given[ticket_id] = Ticket(user, channel, message_ts, self._uses, time.monotonic() + self._seconds)
        return ticket_id

    def take(self, ticket_id: str) -> Ticket:
        """Uses a response_url once. Raises SlackError expired_url or used_url."""
        ticket = self._given.get(ticket_id)
        if ticket is None or time.monotonic() > ticket.ends:
            raise SlackError("expired_url")
        if ticket.left < 1:
            raise SlackError("used_url")
        ticket.left -= 1
        return ticket
