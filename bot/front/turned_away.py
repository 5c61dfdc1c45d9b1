"""Requests that are turned away at the door: counted by reason, and said in the log so that somebody can mend it."""

import logging
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize

from bot.metrics import Counts

log = logging.getLogger("cais.door")

EVERY = 60.0
"""Seconds between two lines about one reason: a wrong secret turns away every request, and so does a scanner."""

REASONS = {
    "no_signature": "without Slack's signature: whoever sends these is not Slack, or a proxy takes headers away",
    "wrong_signature": "with a wrong signature: SLACK_SIGNING_SECRET may be another app's, or a proxy changes the body",
    "clock": "signed more than five minutes away from this machine's clock, which may be wrong",
    "unreadable": "that were no request of Slack's",
    "too_slow": "that took too long to arrive",
    "too_large": "larger than any request of Slack's",
    "no_such_page": "for an address that is none of ours: Slack's requests belong to /slack/events",
    "socket_mode": "for /slack/events: SLACK_APP_TOKEN is set, so Socket Mode is used and nothing is heard there",
    "not_installed": "of a workspace that the app is not installed in: nothing was done there",
}
"""What they were, as the end of a line in the log. A request that is sent once more is counted as heard, `replayed`."""


class TurnedAway:
    """Counts each, and logs a reason once a minute at most. `now` is real time in seconds, from anywhere."""

    def __init__(self, counts: Counts, now: Callable[[], float] = time.monotonic) -> None:
        self._counts = counts
        self._now = now
        self._unsaid: Counter[str] = Counter()
        self._said: dict[str, float] = {}

    def add(self, reason: str, *, quietly: bool = False) -> None:
        """One more; `quietly` counts it only."""
        self._counts.turned_away(reason)
        if quietly:
            return
        self._unsaid[reason] += 1
        last, now = self._said.get(reason), self._now()
        if last is not None and now - last < EVERY:
            return
        self._said[reason] = now
        count = self._unsaid.pop(reason)
        many = "1 request" if count == 1 else f"{count} requests"
        about = {"action": "turned_away", "reason": reason, "count": count}
        log.warning("Turned away %s %s.", many, REASONS[reason], extra=about)


class Known(AsyncAuthorize):
    """Asks `authorize`, and counts the requests of workspaces that it does not know."""

    def __init__(self, authorize: AsyncAuthorize, turned_away: TurnedAway) -> None:
        self._authorize = authorize
        self._turned_away = turned_away

    async def __call__(self, **asked: Any) -> AuthorizeResult | None:
        """Bolt asks this for every request."""
        found: AuthorizeResult | None = await self._authorize(**asked)
        if found is None:
            self._turned_away.add("not_installed")
        return found
