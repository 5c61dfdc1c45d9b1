"""What went over the wire, for the inspector of the page and for tests."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.belonging import Belonging
from bot.sandbox.changes import Changes
from bot.sandbox.hiding import Hiding
from bot.sandbox.wire import Json
from bot.sandbox.wording import Wording

KEPT = 1000
KEPT_WHOLE = 3000
KEPT_CHARACTERS = 8_000_000
"""Of whole requests and answers; the oldest go first."""


@dataclass(frozen=True)
class Call:
    """One Web API call or response_url post of the bot with the answer it got; ``at`` is Unix seconds."""

    method: str
    args: Json
    status: int
    answer: Json
    at: float = field(default_factory=time.time)


@dataclass
class Exchange:
    """A request and its answer, while it is under way: ``entry`` is its line in the list."""

    entry: Json
    request: Any
    began: float = field(default_factory=time.monotonic)


class Traffic:
    """The last exchanges for the inspector; the last whole calls, deliveries, refusals and warnings for tests."""

    def __init__(self, changes: Changes, wording: Wording, hiding: Hiding) -> None:
        self._changes, self._wording, self._hiding = changes, wording, hiding
        self._entries: OrderedDict[int, Json] = OrderedDict()
        self._details: OrderedDict[int, tuple[str, str]] = OrderedDict()
        self._characters = 0
        self._belonging = Belonging()
        self._n = 0
        self.calls: deque[Call] = deque(maxlen=KEPT_WHOLE)
        self.sent: deque[Json] = deque(maxlen=KEPT_WHOLE)
        self.refused: deque[Json] = deque(maxlen=KEPT)
        self.warnings: deque[Json] = deque(maxlen=KEPT)

    def told(self, kind: str, name: str, payload: Json, retry: int = 0) -> Exchange:
        """The bot is being told something; the inspector shows that it has not answered yet."""
        exchange = self._begin("to_bot", kind, name, payload, self._wording.told(kind, payload))
        entry = exchange.entry
        entry["who"] = _who(payload)
        self._join(entry, self._belonging.told(entry["n"], payload))
        if retry:
            entry["retry"] = retry
        self._show(entry)
        return exchange

    def called(self, name: str) -> Exchange:
        """The bot calls a method or a response_url."""
        return self._begin(
            "from_bot", "response_url" if name == "response_url" else "web_api", name, {}, f"The bot called {name}"
        )

    def understood(self, exchange: Exchange, args: Json, ticket: str = "") -> None:
        """What a call of the bot's is about, once it has been read."""
        entry = exchange.entry
        exchange.request, entry["says"] = args, self._wording.called(entry["name"], args)
        dm = self._wording.whose_dm(args.get("channel") or args.get("channel_id"))
        self._join(entry, self._belonging.answered(args, ticket, dm))

    def done(self, exchange: Exchange, status: int | str, answer: Any, refused: str = "", *, fault: str = "") -> None:
        """The answer is there, or will not come: ``refused`` is Slack's word for why not, ``fault`` one that was on."""
        entry = exchange.entry
        entry |= {"ms": round((time.monotonic() - exchange.began) * 1000, 1), "status": status}
        if fault:
            entry["fault"] = fault
        if refused:
            entry["refused"] = refused
            self.refused.append({"name": entry["name"], "reason": refused, "body": exchange.request})
        self._keep(entry["n"], self._hiding(exchange.request), self._hiding(answer))
        self._show(entry)

    def note(
        self, kind: str, name: str, says: str, body: Any, *, refused: str = "", direction: str = "from_bot"
    ) -> None:
        """Something that is no exchange of its own: what was wrong with an ack, an event that was not sent."""
        exchange = self._begin(direction, kind, name, body, says)
        self.done(exchange, "", None, refused)

    def warn(self, name: str, warning: str) -> None:
        """Notes something Slack takes but advises against."""
        self.warnings.append({"name": name, "warning": warning})
        self.note("warning", name, warning, {"warning": warning})

    def after(self, n: int) -> list[Json]:
        """The entries with a number above n, oldest first."""
        return sorted((entry for entry in self._entries.values() if entry["n"] > n), key=lambda entry: int(entry["n"]))

    def whole(self, n: int) -> tuple[Json, str, str] | None:
        """An entry with its request and its answer as JSON text; None where they are no longer kept."""
        entry, details = self._entries.get(n), self._details.get(n)
        return (entry, *details) if entry and details else None

    def clear(self) -> None:
        """Forgets what the inspector shows."""
        self._entries.clear()
        self._details.clear()
        self._characters = 0
        self._changes.tell({"type": "traffic_cleared"})

    def _begin(self, direction: str, kind: str, name: str, request: Any, says: str) -> Exchange:
        self._n += 1
        entry: Json = {"n": self._n, "at": time.time(), "direction": direction, "kind": kind, "name": name}
        return Exchange({**entry, "says": says, "status": None}, request)

    def _join(self, entry: Json, part_of: int | None) -> None:
        if part_of:
            entry |= {"part_of": part_of, "who": self._entries.get(part_of, {}).get("who", "")}

    def _show(self, entry: Json) -> None:
        self._entries[entry["n"]] = entry
        while len(self._entries) > KEPT:
            self._entries.popitem(last=False)
        self._changes.tell({"type": "traffic", "entry": dict(entry)})

    def _keep(self, n: int, request: str, answer: str) -> None:
        self._details[n] = request, answer
        self._characters += len(request) + len(answer)
        while self._characters > KEPT_CHARACTERS or len(self._details) > KEPT:
            _, gone = self._details.popitem(last=False)
            self._characters -= len(gone[0]) + len(gone[1])


def _who(payload: Json) -> str:
    event = payload.get("event") or payload
    found = payload.get("user_id") or event.get("user") or payload.get("user") or ""
    return str(found.get("id", "") if isinstance(found, dict) else found)
