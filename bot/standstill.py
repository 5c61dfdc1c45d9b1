"""Which workspaces nothing may be sent to: the app was taken off there, or its token counts no more."""

import logging
from collections.abc import Callable, Coroutine
from typing import Any

from bot.web_api import SlackSaidNo, TooBusy, Unsure, WebApi
from flows.ports import Outbox

log = logging.getLogger("cais.standstill")

NO_TOKEN = frozenset(
    {
        "invalid_auth",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "not_authed",
        "org_login_required",
        "team_access_not_granted",
        "no_permission",
    }
)
"""Slack's words for a token that counts no more; some of them may also be about a person."""


class Standstill:
    """Stops a workspace at once, and lets it go on when it is heard of again. `now` is real time in UNIX seconds."""

    def __init__(self, slack: WebApi, outbox: Outbox, now: Callable[[], float]) -> None:
        self._slack = slack
        self._outbox = outbox
        self._now = now
        self._stopped: set[str] = set()
        self.gone_on: Callable[[], None] = lambda: None
        """Called when a workspace goes on: something may be due there."""

    async def begin(self) -> None:
        """Our token works: whatever was stopped for it goes on."""
        for tenant in await self._outbox.stopped():
            await self._go_on(tenant)

    async def stop(self, tenant: str, reason: str) -> None:
        """Nothing of this workspace is sent from now on."""
        self._stopped.add(tenant)
        await self._outbox.stop(tenant, reason, now=self._now())
        log.warning("a workspace was stopped", extra={"action": "workspace_stopped", "reason": reason})

    async def is_over(self, tenant: str, error: str) -> bool:
        """Whether this refusal of Slack's means that our token counts no more; then the workspace is stopped."""
        if error not in NO_TOKEN:
            return False
        try:
            await self._slack.call("auth.test", {}, form=True, patience=5.0)
        except SlackSaidNo as no:
            await self.stop(tenant, no.error)
            return True
        except (TooBusy, Unsure):
            return False
        return False

    async def look(self) -> None:
        """Another replica may have stopped one."""
        self._stopped |= set(await self._outbox.stopped())

    def heard(self, tenant: str) -> Coroutine[Any, Any, None] | None:
        """Somebody uses the app there. What there is to do about it, if it was stopped; mostly nothing."""
        return self._go_on(tenant) if tenant in self._stopped else None

    async def _go_on(self, tenant: str) -> None:
        self._stopped.discard(tenant)
        await self._outbox.resume(tenant)
        log.info("a workspace goes on", extra={"action": "workspace_resumed"})
        self.gone_on()
