"""Trigger ids: each opens one view, once, within three seconds."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

from bot.sandbox.wire import SlackError

REMEMBERED = 10_000


@dataclass
class Trigger:
    """Who did something, from which view, and until when the bot may answer with a modal."""

    user: str
    view_id: str | None
    ends: float
    used: bool = False


class Triggers:
    """The trigger ids handed out."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._given: dict[str, Trigger] = {}

    def give(self, user: str, view_id: str | None = None) -> str:
        """A new trigger id for something this user just did."""
        trigger_id = f"{time.time_ns() // 1000}.{secrets.randbelow(10**10):010d}.{secrets.token_hex(16)}"
        while len(self._given) >= REMEMBERED:
            del self._given[next(iter(self._given))]
        self._given[trigger_id] = Trigger(user, view_id, time.monotonic() + self._seconds)
        return trigger_id

    def take(self, trigger_id: str) -> Trigger:
        """Uses a trigger up. Raises SlackError: invalid_, exchanged_ or expired_trigger_id."""
        trigger = self._given.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if time.monotonic() > trigger.ends:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger
