"""Finds what belongs together: a click, and the calls by which the bot answers it."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field

from bot.sandbox.wire import Json
from bot.sandbox.workspace import BOT_USER

REMEMBERED = 300
SOON = 10.0
"""Seconds within which a call about the same message, person or channel is taken for an answer."""


@dataclass(frozen=True)
class Cause:
    """Something the bot was told of: who did it, where, and the words that lead back to it."""

    n: int
    user: str
    channel: str
    message: str
    marks: frozenset[str]
    at: float = field(default_factory=time.monotonic)


class Belonging:
    """The last causes."""

    def __init__(self) -> None:
        self._causes: deque[Cause] = deque(maxlen=REMEMBERED)

    def told(self, n: int, payload: Json) -> int | None:
        """The bot is told of something. The number of what it belongs to, if it is no beginning of its own."""
        event = payload.get("event") or {}
        marks = {str(payload.get("event_id") or "") or _last_part(payload.get("response_url"))}
        first = self._marked(marks)
        if first is not None:
            return first.n  # the same once more
        own = event.get("user") == BOT_USER or event.get("hidden")
        if own and (cause := self._near("", str(event.get("channel", "")), "")):
            return cause.n
        marks |= {str(payload.get("trigger_id") or "")}
        user, channel, message = _where(payload, event)
        self._causes.append(Cause(n, user, channel, message, frozenset(marks - {""})))
        return None

    def answered(self, args: Json, ticket: str = "", user: str = "") -> int | None:
        """The number of what a call of the bot's belongs to: for certain by trigger or response_url, else likely.

        ``user`` is the person in whose DM it happens, if it is one.
        """
        cause = self._marked({ticket, str(args.get("trigger_id") or "")})
        if cause is None:
            user = str(args.get("user") or args.get("user_id") or user)
            channel = str(args.get("channel") or args.get("channel_id") or "")
            cause = self._near(user, channel, str(args.get("ts") or args.get("message_ts") or ""))
        return cause.n if cause else None

    def _marked(self, marks: set[str]) -> Cause | None:
        return next((cause for cause in reversed(self._causes) if cause.marks & (marks - {""})), None)

    def _near(self, user: str, channel: str, message: str) -> Cause | None:
        soon = [cause for cause in reversed(self._causes) if time.monotonic() - cause.at < SOON]
        at_it = [cause for cause in soon if message and (cause.channel, cause.message) == (channel, message)]
        his = [cause for cause in soon if user and cause.user == user]
        there = [cause for cause in soon if channel and channel in (cause.channel, cause.user)]
        return next(iter([*at_it, *his, *there]), None)


def _where(payload: Json, event: Json) -> tuple[str, str, str]:
    """Who, in which channel, at which message."""
    user = payload.get("user_id") or (payload.get("user") or {}).get("id") or event.get("user") or ""
    channel = payload.get("channel_id") or (payload.get("channel") or {}).get("id") or event.get("channel") or ""
    message = (payload.get("container") or {}).get("message_ts") or payload.get("message_ts") or ""
    return str(user), str(channel), str(message)


def _last_part(url: object) -> str:
    return str(url or "").rpartition("/")[2]
