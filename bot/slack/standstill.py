"""Which workspaces nothing may be sent to: the app was taken off there, or its token counts no more."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from typing import Any

from bot.background import Background, ended_within
from bot.slack.installed import Installed
from bot.slack.looking_again import LookingAgain
from bot.slack.web_api import NO_TOKEN, NOT_NOW, TAKEN_OFF, SlackSaidNo, TooBusy, Unsure, WebApi
from flows.ports import Outbox
from storage.installations import whole_org

log = logging.getLogger("cais.standstill")

INVALID = "invalid_auth"

SERVED_BY_ANOTHER = "served_by_another"
"""Why a workspace stands still that the one token is not of. It goes on where the bot starts with its own."""

NOT_GRANTED = "team_access_not_granted"
"""The org's token is good, but not there: an admin took the workspace out, or the person is in another one."""

TAKEN_OUT = frozenset({NOT_GRANTED, "team_access_revoked"})
"""Reasons of a workspace that its org's installation covers no more."""

LASTING = TAKEN_OFF | TAKEN_OUT | {SERVED_BY_ANOTHER, "app_uninstalled", "not_installed"}
"""Reasons that only somebody who does something about them ends."""

A_MOMENT = 2.0
"""Seconds that a start, or whoever adds the app, waits for a workspace to go on. One with many firms takes longer."""

PAGE = 1000
"""Workspaces in one answer of auth.teams.list; Slack gives no more."""


def may_pass(reason: str) -> bool:
    """Whether a workspace that stands still for this may be written to again without anybody's doing anything."""
    return reason not in LASTING


class Standstill:
    """Stops a workspace at once, and lets it go on when it is heard of again. `now` is real time in UNIX seconds.

    What it asks Slack itself goes through a `slack` that tells nobody of a doubt.
    """

    def __init__(
        self,
        slack: WebApi,
        outbox: Outbox,
        now: Callable[[], float],
        *,
        installed: Installed,
        background: Background,
    ) -> None:
        self._slack = slack
        self._outbox = outbox
        self._now = now
        self._installed = installed
        self._background = background
        self._looks: dict[tuple[str, str], asyncio.Task[bool | None]] = {}
        """Doubts that are being looked into: many calls may be refused at once, and one look is enough for all."""
        self._stopped: set[str] = set()
        self._again = LookingAgain()
        self.plan: Callable[[str], Awaitable[None]] = _needs_none
        """Plans a workspace's firms anew before it goes on, as far as their plans are out of date."""
        self.gone_on: Callable[[], None] = lambda: None
        """Called when a workspace goes on: something may be due there."""

    async def begin(self) -> None:
        """Where we have a token, whatever was stopped goes on; one that is still refused stops again."""
        for tenant in await self._outbox.stopped():
            await self._go_on(tenant)

    async def leave_alone(self, tenants: Iterable[str]) -> None:
        """Of these, what is owed where our one token is not of is nothing for us to take up: Slack would refuse it.

        Such a database was used with another workspace's token before, or by the sandbox.
        """
        stopped = await self._outbox.stopped()
        for tenant in sorted(set(tenants) - set(stopped)):
            if not await self._installed.is_here(tenant):
                await self.stop(tenant, SERVED_BY_ANOTHER)

    async def taken_off(self, tenant: str, reason: str, *, at: float) -> None:
        """Slack tells of it; `at` is when it happened, in UNIX seconds, or 0. The token goes, nothing else does."""
        if await self._installed.gone(tenant, at or self._now()):
            await self.stop(tenant, reason)

    async def moved(self, tenant: str, teams: Sequence[str], *, are_in: bool) -> None:
        """Workspaces of an org were added to what its installation covers, or taken out; the org's token stays.

        Told late or twice it harms nobody: a workspace goes on where somebody uses the app, and stops where Slack
        refuses.
        """
        stopped = await self._outbox.stopped()
        for team in teams:
            there = f"{tenant.partition('/')[0]}/{team}"
            if not are_in:
                await self.stop(there, "team_access_revoked")
            elif there in stopped:
                await self._go_on(there)

    async def stop(self, tenant: str, reason: str) -> None:
        """Nothing of this workspace is sent from now on. What may pass is no reason any more where another lasts."""
        self._stopped.add(tenant)
        before = (await self._outbox.stopped()).get(tenant, "")
        gives_way = before if before and may_pass(before) and not may_pass(reason) else ""
        await self._outbox.stop(tenant, reason, now=self._now(), instead_of=gives_way)
        about = {"action": "workspace_stopped", "workspace": tenant, "reason": reason}
        log.warning("a workspace was stopped", extra=about)

    def doubted(self, tenant: str, error: str) -> None:
        """Slack refused a call, whichever it was. Looked into beside it, so that nobody waits for that."""
        key = (tenant, error)
        if error in NO_TOKEN and tenant and key not in self._looks:
            look = self._looks[key] = self._background.start(self._look_into(tenant, error))
            look.add_done_callback(lambda _: self._looks.pop(key))

    async def is_over(self, tenant: str, error: str) -> bool | None:
        """Whether this refusal of Slack's means that our token counts no more; then the workspace is stopped.

        None where that is not known: what was refused may have been for the token, or not.
        """
        look = self._looks.get((tenant, error))
        return await (asyncio.shield(look) if look else self._look_into(tenant, error))

    async def _look_into(self, tenant: str, error: str) -> bool | None:
        if error not in NO_TOKEN:
            return False
        try:
            if error == NOT_GRANTED and not await self._is_in_org(tenant):
                await self.stop(tenant, error)
                return True
            await self._slack.of(tenant).call("auth.test", {}, form=True, patience=5.0)
        except SlackSaidNo as no:
            if no.error in NOT_NOW:
                return None
            if no.error in TAKEN_OFF:
                await self.taken_off(tenant, no.error, at=self._now())
            else:
                await self.stop(tenant, no.error)
            return True
        except (TooBusy, Unsure):
            return None
        return False

    async def _is_in_org(self, tenant: str) -> bool:
        """Whether the org's installation covers this workspace. Raises what calls to Slack raise."""
        team = tenant.partition("/")[2]
        asked: Mapping[str, str | int] = {"limit": PAGE}
        while True:
            answer = await self._slack.of(tenant).call("auth.teams.list", asked, form=True, patience=5.0)
            if any(one.get("id") == team for one in answer.get("teams") or ()):
                return True
            asked = {"limit": PAGE, "cursor": (answer.get("response_metadata") or {}).get("next_cursor") or ""}
            if not asked["cursor"]:
                return False

    async def look(self) -> None:
        """Another replica may have stopped one; and Slack is asked again where it may take the token by now."""
        stopped = await self._outbox.stopped()
        self._stopped |= set(stopped)
        now = self._now()
        for tenant, waited in self._again.due([t for t, reason in stopped.items() if may_pass(reason)], now):
            if await self._outbox.look_again(tenant, now=now, before=now - waited + 1.0):
                self._background.start(self._ask_again(tenant))

    async def _ask_again(self, tenant: str) -> None:
        """People who wait for reminders type nothing: the workspace goes on by itself."""
        if await self._installed.is_here(tenant) and await self._look_into(tenant, INVALID) is False:
            await self._go_on(tenant)

    def heard(self, tenant: str) -> Coroutine[Any, Any, None] | None:
        """Somebody uses the app there. What there is to do about it, if it was stopped; mostly nothing."""
        return self._go_on(tenant) if tenant in self._stopped else None

    async def installed_again(self, tenant: str) -> None:
        """The app has a token there again; `tenant` may be a whole org."""
        for stopped in await self._outbox.stopped():
            if tenant in (stopped, whole_org(stopped)):
                await self._go_on(stopped)

    async def _go_on(self, tenant: str) -> None:
        """It goes on, be it after a while: whoever waits here does so for a moment only."""
        work = self._background.start(self._resume(tenant))
        if await ended_within(work, A_MOMENT):
            await work

    async def _resume(self, tenant: str) -> None:
        """Planned while it is stopped: what was planned before it was may be taken up by any replica once it goes on.

        A crash in between leaves it stopped, until it is heard of or the bot starts.
        """
        if not await self._installed.is_here(tenant):
            return
        self._stopped.discard(tenant)
        await self.plan(tenant)
        if not await self._installed.is_here(tenant):  # taken off again meanwhile
            return
        await self._outbox.resume(tenant)
        log.info("a workspace goes on", extra={"action": "workspace_resumed", "workspace": tenant})
        self.gone_on()


async def _needs_none(tenant: str) -> None:
    """Where nothing is planned."""
