"""When a workspace that stands still for a reason that may pass is looked at again."""

from collections.abc import Collection

FIRST = 300.0
"""Seconds from when it was stopped to the first look."""

LONGEST = 3600.0
"""Seconds between looks, at most; from one to the next it is twice as long."""

AT_ONCE = 20
"""Looks begun at one time: this machine may be what Slack refuses, for hundreds of workspaces."""


class LookingAgain:
    """In seconds of real time. What this process does not know is when another one looked: the database does."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, float]] = {}
        """By workspace: how long it is waited, and until when."""

    def due(self, stopped: Collection[str], now: float) -> list[tuple[str, float]]:
        """Those of the ones that stand still whose time has come, each with how long it was waited."""
        self._known = {tenant: known for tenant, known in self._known.items() if tenant in stopped}
        found: list[tuple[str, float]] = []
        for tenant in stopped:
            waited, until = self._known.setdefault(tenant, (FIRST, now + FIRST))
            if now >= until and len(found) < AT_ONCE:
                found.append((tenant, waited))
                longer = min(waited * 2, LONGEST)
                self._known[tenant] = longer, now + longer
        return found
