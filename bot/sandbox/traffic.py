"""What went over the wire, for the inspector of the page and for tests."""

from __future__ import annotations

import json
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.changes import Changes
from bot.sandbox.wire import Json

KEPT = 1000
KEPT_WHOLE = 3000
SUMMARY = 300


@dataclass(frozen=True)
class Call:
    """One Web API call or response_url post of the bot with the answer it got; ``at`` is Unix seconds."""

    method: str
    args: Json
    status: int
    answer: Json
    at: float = field(default_factory=time.time)


class Traffic:
    """The last entries for the inspector; the last whole calls, deliveries, refusals and warnings for tests."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self._entries: deque[Json] = deque(maxlen=KEPT)
        self._n = 0
        self.calls: deque[Call] = deque(maxlen=KEPT_WHOLE)
        self.sent: deque[Json] = deque(maxlen=KEPT_WHOLE)
        self.refused: deque[Json] = deque(maxlen=KEPT)
        self.warnings: deque[Json] = deque(maxlen=KEPT)

    def add(
        self, direction: str, kind: str, name: str, seconds: float, status: int | str, body: Any, refused: str = ""
    ) -> None:
        """Notes one exchange; ``direction`` is to_bot or from_bot."""
        self._n += 1
        entry: Json = {
            "n": self._n,
            "at": time.time(),
            "direction": direction,
            "kind": kind,
            "name": name,
            "ms": round(seconds * 1000, 1),
            "status": status,
            "body_summary": _summary(body),
        }
        if refused:
            entry["refused"] = refused
            self.refused.append({"name": name, "reason": refused, "body": body})
        self._entries.append(entry)
        self._changes.tell({"type": "traffic", "entry": entry})

    def warn(self, name: str, warning: str) -> None:
        """Notes something Slack takes but advises against."""
        self.warnings.append({"name": name, "warning": warning})
        self.add("from_bot", "warning", name, 0.0, "warning", {"warning": warning})

    def after(self, n: int) -> list[Json]:
        """The entries with a number above n, oldest first."""
        return [entry for entry in self._entries if entry["n"] > n]


def _summary(body: Any) -> str:
    if isinstance(body, dict):
        body = {key: value for key, value in body.items() if key != "token"}
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False, default=str)
    return text if len(text) <= SUMMARY else text[: SUMMARY - 1] + "…"
