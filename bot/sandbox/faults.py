"""Faults on demand: what should go wrong, where, and how many times."""

from __future__ import annotations

from bot.sandbox.wire import Json

KINDS = ("429", "500", "reset", "lost_reply", "slow", "drop", "refuse")


class Faults:
    """The faults that are switched on; each use counts down unless ``times`` is -1."""

    def __init__(self) -> None:
        self._faults: list[Json] = []

    def replace(self, faults: list[Json]) -> None:
        """Switches these faults on and all others off; one that refuses says with which `error`.

        Raises ValueError on an unknown kind.
        """
        for fault in faults:
            if fault.get("kind") not in KINDS or not fault.get("method"):
                raise ValueError(f"a fault needs a method and one of the kinds {', '.join(KINDS)}")
            if fault["kind"] == "refuse" and not fault.get("error"):
                raise ValueError("a fault that refuses needs the error it refuses with")
        self._faults = [{"times": 1, **fault} for fault in faults]

    def listed(self) -> list[Json]:
        """The faults still on."""
        return [dict(fault) for fault in self._faults]

    def take(self, method: str) -> Json | None:
        """The fault that hits this call, counted; ``*`` means every Web API method."""
        for fault in self._faults:
            anywhere = fault["method"] == "*" and method not in ("response_url", "socket", "upload_url")
            if fault["method"] == method or anywhere:
                fault["times"] -= 1 if fault["times"] > 0 else 0
                if fault["times"] == 0:
                    self._faults.remove(fault)
                return fault
        return None
