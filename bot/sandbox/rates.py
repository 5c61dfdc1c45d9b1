"""Slack's rate limits: tiers per method and minute, and one message per second and channel."""

from __future__ import annotations

import math
import time

TIERS: dict[str, float] = {"1": 1, "2": 20, "3": 50, "4": 100, "special": 600}
"""Calls per minute that each tier allows at least (docs: Web API rate limits)."""

POST_BURST = 5
"""How many messages one channel takes at once before one per second holds ("bursts tolerated")."""


class Rates:
    """Token buckets, filled in real time."""

    def __init__(self, *, enabled: bool) -> None:
        self.enabled = enabled
        self._buckets: dict[str, tuple[float, float]] = {}

    def wait_for(self, method: str, tier: str, channel: str | None) -> int:
        """Takes one call; 0 when it is allowed, else the whole seconds to put into Retry-After."""
        if not self.enabled:
            return 0
        if tier == "post":
            return self._take(f"{method}:{channel}", POST_BURST, 1.0)
        return self._take(method, TIERS[tier], TIERS[tier] / 60)

    def _take(self, key: str, size: float, per_second: float) -> int:
        now = time.monotonic()
        level, since = self._buckets.get(key, (size, now))
        level = min(size, level + (now - since) * per_second)
        if level < 1:
            self._buckets[key] = (level, now)
            return max(1, math.ceil((1 - level) / per_second))
        self._buckets[key] = (level - 1, now)
        return 0
