"""Where the app is installed, and with which token it works there: one for all, or one for each workspace by OAuth."""

import logging
from collections.abc import Callable
from typing import Any, Protocol

from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize

from bot.clock import real_time
from bot.slack.web_api import OneToken, SlackSaidNo, Tokens, WebApi
from storage.installations import Installation, Installations, whole_org
from storage.sealing import KeyMissing

log = logging.getLogger("cais.installed")

FRESH = 300.0
"""Seconds for which a token that was read is not looked up again; one that Slack refuses is, at once."""

NOT_HERE = (
    "This app is not installed in this workspace, so nothing was done. Whatever was recorded before is kept. Ask "
    "whoever looks after your Slack apps to add it."
)
"""What somebody reads who uses the app where there is no token for it."""


UNKNOWN = AuthorizeResult(enterprise_id=None, team_id=None)
"""What Bolt gets where the database has to be asked first: that takes its part of the time a request has, and only our
middleware looks at the clock."""


class Installed(Tokens, Protocol):
    """What the front, the event inbox and whoever sends ask about a workspace."""

    @property
    def authorize(self) -> AsyncAuthorize:
        """What Bolt asks for every request. Waits for nothing, and answers `UNKNOWN` rather than ask the database."""

    async def bot_user(self, tenant: str) -> str | None:
        """The app's own user id there, empty where it is not known; None where it is not installed."""

    async def begin(self, slack: WebApi) -> None:
        """At the start. Raises what Slack says to a token that is no good."""

    async def is_here(self, tenant: str) -> bool:
        """Whether there is a token for it, as things are now."""

    @property
    def key_missing(self) -> str:
        """Which key this process lacks to open a token, in a sentence; empty where it lacks none."""

    async def look_for_key(self) -> str:
        """`key_missing` as things are now: the token may be gone by now, or under another key. Raises StorageError."""

    async def gone(self, tenant: str, at: float) -> bool:
        """It was taken off there at this real time: its token goes, and none but its own.

        False where it never was, is installed again, or goes on with the token of its whole org.
        """


class OneWorkspace(OneToken):
    """Works with the one token there is; who we are was asked once, at the start."""

    def __init__(self, token: str, now: Callable[[], float] = real_time) -> None:
        super().__init__(token)
        self._now = now
        self._ours = _WithOneToken(token)
        self._good_at = 0.0
        """When Slack last said at a start that it takes this token."""

    @property
    def authorize(self) -> AsyncAuthorize:
        return self._ours

    async def bot_user(self, tenant: str) -> str | None:
        return self._ours.bot_user if await self.is_here(tenant) else None

    async def begin(self, slack: WebApi) -> None:
        asked_at = self._now()
        who = await slack.call("auth.test", {}, form=True)
        self._good_at = asked_at
        self._ours.know(
            bot_user=str(who.get("user_id", "")),
            bot_id=str(who.get("bot_id", "")),
            team=str(who.get("team_id") or ""),
            enterprise=str(who.get("enterprise_id") or ""),
        )

    async def is_here(self, tenant: str) -> bool:
        enterprise, _, team = tenant.partition("/")
        return self._ours.is_ours(*(part if part not in ("-", "") else None for part in (enterprise, team)))

    @property
    def key_missing(self) -> str:
        return ""

    async def look_for_key(self) -> str:
        return ""

    async def gone(self, tenant: str, at: float) -> bool:
        if int(self._good_at) > at:  # Slack counts whole seconds
            return False  # told late: it was installed again since, and this is its new token
        return await self.is_here(tenant)


class _WithOneToken(AsyncAuthorize):
    def __init__(self, token: str) -> None:
        self._token = token
        self.bot_user = ""
        self._bot_id = self._team = self._enterprise = ""
        self._last: AuthorizeResult | None = None

    def know(self, *, bot_user: str, bot_id: str, team: str, enterprise: str) -> None:
        """Keep what auth.test said."""
        self.bot_user, self._bot_id, self._last = bot_user, bot_id, None
        self._team, self._enterprise = team, enterprise

    def is_ours(self, enterprise_id: str | None, team_id: str | None) -> bool:
        """Somebody of another company presses a button in a shared channel: their workspace is not the one we serve."""
        same_org = bool(self._enterprise) and enterprise_id == self._enterprise
        unsaid = team_id is None and enterprise_id is None
        return not self._team or same_org or unsaid or team_id == self._team

    async def __call__(self, *, enterprise_id: str | None, team_id: str | None, **_: Any) -> AuthorizeResult | None:
        """Bolt asks this for every request."""
        if not self.is_ours(enterprise_id, team_id):
            return None
        known = self._last
        if known is None or known.enterprise_id != enterprise_id or known.team_id != team_id:
            known = self._last = AuthorizeResult(
                enterprise_id=enterprise_id,
                team_id=team_id,
                bot_user_id=self.bot_user,
                bot_id=self._bot_id,
                bot_token=self._token,
            )
        return known


class ManyWorkspaces:
    """Reads each workspace's token from the database, and again once it is old or in doubt. `now` is real time.

    Who we are in a workspace was asked once, when the app was installed there, so no request waits for Slack.
    """

    def __init__(self, installations: Installations, now: Callable[[], float]) -> None:
        self.installations = installations
        self._now = now
        self._kept: dict[str, tuple[float, Installation]] = {}
        self._dead: dict[str, str] = {}
        """By the tenant it was used for, the token that Slack last said will never count again."""
        self._theirs = _WithTheirTokens(self)
        self._key_missing: dict[str, str] = {}
        """By the tenant whose token it cannot open, which key this process lacks."""

    @property
    def authorize(self) -> AsyncAuthorize:
        return self._theirs

    async def of(self, tenant: str) -> Installation | None:
        """The installation there. Where there is none it is asked for again each time: another replica may make it."""
        if known := self.known(tenant):
            return known
        try:
            found = await self.installations.of(tenant)
        except KeyMissing as error:
            self._key_missing[tenant] = str(error)
            raise
        self._key_missing.pop(tenant, None)
        if found is None:
            self._kept.pop(tenant, None)
        else:
            self._kept[tenant] = (self._now(), found)
        return found

    @property
    def key_missing(self) -> str:
        return next(iter(self._key_missing.values()), "")

    async def look_for_key(self) -> str:
        for tenant in tuple(self._key_missing):
            try:
                await self.of(tenant)
            except KeyMissing as error:
                return str(error)
        return ""

    def known(self, tenant: str) -> Installation | None:
        """The same where it was read a moment ago, and nobody has doubted it since."""
        kept = self._kept.get(tenant)
        return kept[1] if kept and self._now() - kept[0] < FRESH else None

    async def token(self, tenant: str) -> str:
        found = await self.of(tenant)
        if found is None:
            raise SlackSaidNo("token", "not_installed")
        return found.token

    def doubt(self, tenant: str, dead: str = "") -> None:
        self._kept.pop(tenant, None)
        if dead:
            self._dead[tenant] = dead

    async def bot_user(self, tenant: str) -> str | None:
        found = await self.of(tenant)
        return found.bot_user if found else None

    async def begin(self, slack: WebApi) -> None:
        await self.installations.check_keys()

    async def is_here(self, tenant: str) -> bool:
        self.doubt(tenant)
        return await self.of(tenant) is not None

    async def gone(self, tenant: str, at: float) -> bool:
        self.doubt(tenant)
        found = await self.installations.of(tenant)
        if found is None:
            return False  # a team we do not know, or another replica has done it all
        if int(found.installed_at) > at:  # Slack counts whole seconds
            return False  # Slack may tell of an uninstalling late, and again
        if found.tenant != tenant and found.token != self._dead.get(tenant):
            return False  # what went was the workspace's own; its org's token is not to go with that
        await self.installations.delete(found.tenant)
        self._dead.pop(tenant, None)
        self._forget(found.tenant)
        log.info("a token was deleted", extra={"action": "token_deleted", "workspace": found.tenant})
        return await self.of(tenant) is None

    async def arrived(self, new: Installation) -> None:
        """It was installed, or installed again."""
        await self.installations.save(new)
        self._forget(new.tenant)

    def _forget(self, tenant: str) -> None:
        for known in [t for t in self._kept if tenant in (t, whole_org(t))]:
            del self._kept[known]


class _WithTheirTokens(AsyncAuthorize):
    """Bolt gets no token: what we send goes through `WebApi.of`, which asks for it by its workspace."""

    def __init__(self, workspaces: ManyWorkspaces) -> None:
        self._workspaces = workspaces

    async def __call__(self, *, enterprise_id: str | None, team_id: str | None, **_: Any) -> AuthorizeResult | None:
        """Bolt asks this for every request."""
        found = self._workspaces.known(f"{enterprise_id or '-'}/{team_id or '-'}")
        if found is None:
            return UNKNOWN
        return AuthorizeResult(
            enterprise_id=enterprise_id, team_id=team_id, bot_user_id=found.bot_user, bot_id=found.bot_id
        )
