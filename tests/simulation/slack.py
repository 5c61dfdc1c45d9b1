"""A Slack that keeps what it is sent, and whose answers may come late, wrong or not at all."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.sandbox.limits import problems_in_message
from bot.slack.web_api import SlackSaidNo, TooBusy, Unreachable, Unsure
from tests.simulation.faults import Died, Faults
from tests.simulation.virtual_time import Time

Json = dict[str, Any]


@dataclass
class Sent:
    """A message as it stands in a conversation."""

    user: str
    at: datetime
    ts: str
    body: Json
    updates: list[Json] = field(default_factory=list)

    @property
    def place(self) -> str:
        """As the outbox knows it."""
        return f"D{self.user}/{self.ts}"


@dataclass
class User:
    """What users.info says."""

    zone: str = ""
    gone: bool = False
    guest: bool = False
    blocks: str = ""
    """Slack's word for refusing a DM to them, empty where it takes one."""


class Slack:
    """One workspace's Web API, as far as reminders go. Its own clock is `shift` ahead of business time."""

    def __init__(self, time: Time, shift: float) -> None:
        self._time = time
        self._shift = shift
        self.users: dict[str, User] = {}
        self.sent: list[Sent] = []
        self.by_user: dict[str, list[Sent]] = {}
        self.token_error = ""
        self.calls: dict[str, int] = {}
        self.too_soon = 0
        """Messages within a second of another one in the same conversation."""
        self._last: dict[str, float] = {}

    def perform(self, method: str, arguments: Mapping[str, Any]) -> Json:
        """What the call does when it arrives."""
        self.calls[method] = self.calls.get(method, 0) + 1
        if self.token_error:
            raise SlackSaidNo(method, self.token_error)
        match method:
            case "chat.postMessage":
                return self._post(dict(arguments))
            case "chat.update":
                return self._update(dict(arguments))
            case "conversations.open":
                self._must_take(str(arguments["users"]), method)
                return {"ok": True, "channel": {"id": f"D{arguments['users']}"}}
            case "conversations.history":
                return self._history(arguments)
            case "users.info":
                return {"ok": True, "user": self._user(str(arguments["user"]))}
            case "auth.test":
                return {"ok": True}
        raise AssertionError(f"no such method here: {method}")

    def _must_take(self, user: str, method: str) -> None:
        if self.users[user].gone:
            raise SlackSaidNo(method, "user_disabled")
        if self.users[user].blocks:
            raise SlackSaidNo(method, self.users[user].blocks)

    def _post(self, arguments: Json) -> Json:
        user = str(arguments["channel"]).removeprefix("D")
        self._must_take(user, "chat.postMessage")
        assert not problems_in_message(arguments), problems_in_message(arguments)
        now = self._time.now
        self.too_soon += now - self._last.get(user, 0.0) < 1.0
        self._last[user] = now
        message = Sent(
            user, datetime.fromtimestamp(now, UTC), f"{now + self._shift:.3f}{len(self.sent) % 1000:03}", arguments
        )
        self.sent.append(message)
        self.by_user.setdefault(user, []).append(message)
        return {"ok": True, "channel": f"D{user}", "ts": message.ts}

    def _update(self, arguments: Json) -> Json:
        for message in reversed(self.by_user[str(arguments["channel"]).removeprefix("D")]):
            if message.ts == arguments["ts"]:
                message.updates.append(arguments)
                return {"ok": True, "channel": arguments["channel"], "ts": message.ts}
        raise SlackSaidNo("chat.update", "message_not_found")

    def _history(self, arguments: Mapping[str, Any]) -> Json:
        oldest, found = float(arguments.get("oldest", 0)), []
        for message in reversed(self.by_user.get(str(arguments["channel"]).removeprefix("D"), [])):
            if float(message.ts) < oldest or len(found) == arguments["limit"]:
                break
            found.append({"ts": message.ts, "metadata": message.body.get("metadata")})
        return {"ok": True, "messages": found}

    def _user(self, user: str) -> Json:
        known = self.users[user]
        return {"id": user, "name": user, "tz": known.zone, "deleted": known.gone, "is_restricted": known.guest}


class Line:
    """One replica's way to Slack: bot.slack.web_api.WebApi's door, with what can go wrong on the way."""

    def __init__(self, slack: Slack, faults: Faults, alive: "Alive") -> None:
        self._slack = slack
        self._faults = faults
        self._alive = alive

    def of(self, tenant: str) -> "Line":
        """There is one workspace."""
        return self

    async def call(
        self, method: str, arguments: Mapping[str, Any], *, patience: float = 100.0, form: bool = False
    ) -> Json:
        self._alive.boundary(f"before {method}")
        fault = self._faults.of_slack(method)
        answer = await self._answered(method, arguments, fault)
        self._alive.boundary(f"after {method}")
        return answer

    async def _answered(self, method: str, arguments: Mapping[str, Any], fault: str) -> Json:
        await asyncio.sleep(12.0 if fault == "slow" else 0.02)
        self._alive.boundary(f"on the way to {method}")
        match fault:
            case "http_500" | "reset":
                raise Unsure(f"{method}: {fault}")
            case "refused":
                raise Unreachable(f"{method}: connection refused")
            case "ratelimited":
                raise TooBusy(f"{method}: asked to wait", 7.0)
            case "internal_error":
                raise SlackSaidNo(method, "internal_error")
        answer = self._slack.perform(method, arguments)
        if fault in ("lost_reply", "lost_500"):
            raise Unsure(f"{method}: {fault}")
        return answer


class Alive:
    """Whether a process still runs; it may die at any boundary to something outside, and then does nothing more."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self.dead = False

    def boundary(self, where: str) -> None:
        if self.dead or self._faults.dies(where):
            self.dead = True
            raise Died(where)
