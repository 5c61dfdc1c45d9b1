"""Adding the app to Slack by OAuth: the page that begins it, and the way back from Slack with a code for a token."""

import asyncio
import hashlib
import logging
import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

import aiohttp
import msgspec
from aiohttp import web

from bot import oauth_pages as pages
from bot.slack.outgoing import STRAIGHT_ON, Outgoing
from bot.slack.web_api import DEFAULT_URL, SlackSaidNo, TooBusy, Unsure, WebApi
from storage.errors import StorageError
from storage.installations import Installation, Installations

log = logging.getLogger("cais.oauth")

INSTALL, REDIRECT = "/slack/install", "/slack/oauth_redirect"

GOOD_FOR = 600
"""Seconds between the page and the way back from Slack; a code of Slack's is good for as long."""

PATIENCE = 10.0
COOKIE = "cais_install_"
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",  # the address of the way back holds the code
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
}
_CODE_IS_OVER = frozenset({"invalid_code", "code_already_used", "code_expired"})


class Refused(Exception):
    """Slack did not give a token for the code; `error` is its word for why."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class OAuth:
    """The two pages. `now` is real time; `arrived` keeps a new installation before its page is shown.

    It says whether all that follows from it was done, too.
    """

    def __init__(
        self,
        *,
        client_id: str,
        client_secret: str,
        scopes: Iterable[str],
        installations: Installations,
        session: aiohttp.ClientSession,
        now: Callable[[], float],
        arrived: Callable[[Installation], Awaitable[bool]],
        api_url: str = DEFAULT_URL,
        outgoing: Outgoing = STRAIGHT_ON,
    ) -> None:
        self._client_id = client_id
        self._client_secret = client_secret
        self._scopes = tuple(sorted(scopes))
        self._installations = installations
        self._session = session
        self._now = now
        self._arrived = arrived
        self._api_url = api_url
        self._outgoing = outgoing
        slack = urlsplit(api_url)
        self._slack = f"{slack.scheme}://{slack.netloc}"

    def pages(self) -> Mapping[str, Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]]:
        """For the server."""
        return {INSTALL: self.install, REDIRECT: self.redirect}

    async def install(self, request: web.BaseRequest) -> web.StreamResponse:
        """GET /slack/install: begins an installation in this browser."""
        if request.method not in ("GET", "HEAD"):
            return _not_allowed()
        state, browser, now = secrets.token_urlsafe(32), secrets.token_urlsafe(32), self._now()
        try:
            await self._installations.begin(_hash(state), _hash(browser), now=now, expires_at=now + GOOD_FOR)
        except StorageError as error:
            return _page(503, _no_database(error))
        asked = {"client_id": self._client_id, "scope": ",".join(self._scopes), "user_scope": "", "state": state}
        answer = _page(200, pages.install_page(f"{self._slack}/oauth/v2/authorize?{urlencode(asked)}"))
        _set_cookie(answer, state, browser, GOOD_FOR, secure=not _is_local(request))
        return answer

    async def redirect(self, request: web.BaseRequest) -> web.StreamResponse:
        """GET /slack/oauth_redirect: back from Slack, with a code or with the word for why not."""
        if request.method != "GET":
            return _not_allowed()
        state = request.query.get("state", "")
        try:
            status, page = await self._come_back(request, state)
        except StorageError as error:
            status, page = 503, _no_database(error)
        answer = _page(status, page)
        if state:
            _set_cookie(answer, state, "", 0, secure=not _is_local(request))
        return answer

    async def _come_back(self, request: web.BaseRequest, state: str) -> tuple[int, str]:
        browser = request.cookies.get(_cookie(state), "")
        began = await self._installations.end(_hash(state), _hash(browser), now=self._now())
        word = request.query.get("error", "")
        # On some of Slack's pages *Cancel* loses the state. Nothing follows from a no, so it needs no proof; a word
        # that anybody may have put into the address is shown only where it is one of Slack's.
        if word and (began == "here" or word == NO or (not state and word in _OPERATORS)):
            log.info("not allowed in Slack", extra={"action": "oauth_denied", "error": word[:40]})
            return 400, DENIED if word == NO else _slack_says(word)
        if began != "here":
            log.info("not begun here", extra={"action": "oauth_state", "began": began})
            if not state and request.query.get("code"):
                return 400, BEGUN_IN_SLACK
            return 400, RUN_OUT if began == "nowhere" else ELSEWHERE
        try:
            new = await self._exchange(request.query.get("code", ""))
        except Refused as no:
            log.warning("Slack gave no token", extra={"action": "oauth_refused", "error": no.error})
            return 400, RUN_OUT if no.error in _CODE_IS_OVER else _slack_says(no.error)
        except (TooBusy, Unsure, aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("Slack did not answer", extra={"action": "oauth_unreachable", "error": type(error).__name__})
            return 502, UNREACHABLE
        all_done = await self._arrived(new)
        log.info("installed", extra={"action": "installed", "workspace": new.tenant, "org": new.for_org})
        return 200, self._done(new, all_done=all_done)

    def _done(self, new: Installation, *, all_done: bool) -> str:
        where = {"app": new.app, **({} if new.for_org else {"team": new.tenant.rpartition("/")[2]})}
        missing = sorted({*self._scopes} - {*new.scopes})
        address = f"{self._slack}/app_redirect?{urlencode(where)}"
        return pages.installed_page(new.name, address, whole_org=new.for_org, missing=missing, all_done=all_done)

    async def _exchange(self, code: str) -> Installation:
        """A token for the code. Raises Refused, TooBusy, Unsure or what aiohttp raises."""
        if not code:
            raise Refused("invalid_code")
        who = {"Authorization": aiohttp.encode_basic_auth(self._client_id, self._client_secret)}
        url = f"{self._api_url}oauth.v2.access"
        proxy = self._outgoing.proxy_for(url)
        async with (
            asyncio.timeout(PATIENCE),
            self._session.post(url, data={"code": code}, headers=who, proxy=proxy) as answer,
        ):
            content = await answer.read()
        if answer.status == 429 or answer.status >= 500:
            raise Unsure(f"status {answer.status}")
        try:
            return await self._read(msgspec.json.decode(content, type=dict))
        except (msgspec.DecodeError, AttributeError, TypeError) as error:
            raise Unsure("an answer that made no sense") from error

    async def _read(self, given: Mapping[str, Any]) -> Installation:
        if not given.get("ok"):
            raise Refused(str(given.get("error") or "unknown_error")[:80])
        token, org = str(given.get("access_token") or ""), bool(given.get("is_enterprise_install"))
        if given.get("expires_in") or given.get("refresh_token") or token.startswith("xoxe"):
            raise Refused(ROTATES)
        enterprise, team = given.get("enterprise") or {}, given.get("team") or {}
        if given.get("token_type") != "bot" or not token or not (enterprise if org else team).get("id"):
            raise Unsure("no bot token in the answer")
        tenant = f"{enterprise.get('id') or '-'}/{'-' if org else team['id']}"
        slack = WebApi(self._session, token=token, base_url=self._api_url, outgoing=self._outgoing)
        try:
            ours = await slack.call("auth.test", {}, form=True)
        except SlackSaidNo as no:
            raise Refused(no.error) from no
        return Installation(
            tenant=tenant,
            name=str((enterprise if org else team).get("name") or "your workspace"),
            token=token,
            bot_user=str(ours.get("user_id") or given.get("bot_user_id") or ""),
            bot_id=str(ours.get("bot_id") or ""),
            app=str(given.get("app_id") or ""),
            scopes=tuple(sorted(filter(None, str(given.get("scope") or "").split(",")))),
            installer=str((given.get("authed_user") or {}).get("id") or ""),
            installed_at=self._now(),
        )


NO = "access_denied"
"""Slack's word where somebody pressed *Cancel*."""

ROTATES = "token_rotation_enabled"
"""Our own word, among Slack's."""

DENIED = pages.not_installed_page(
    "Nothing was installed",
    "You did not allow it in Slack, so nothing was changed. If that was a slip, start again.",
    "In some workspaces only an admin may add apps. If Slack did not let you, send one the address of the first page.",
)
RUN_OUT = pages.not_installed_page(
    "This took too long, or was done already",
    "Each installation works once, and for ten minutes. Nothing was changed by opening this page.",
    "If the app is in Slack already, you are done: type /cais there. Otherwise start again.",
)
BEGUN_IN_SLACK = pages.not_installed_page(
    "This was begun in Slack",
    "To be sure that it was you, an installation has to begin here. Nothing was changed by opening this page. If the "
    "app answered you before, it still does. If it is new, it does not answer yet, even if Slack shows it.",
    "Begin on the first page: adding the app once more does no harm.",
    begin="To the first page",
)
"""Slack's own pages, such as an organization's for its apps, lead here with a code and without a state."""

ELSEWHERE = pages.not_installed_page(
    "This was begun in another browser",
    "To be sure that it was you, an installation has to end in the browser it was begun in, with cookies allowed. "
    "Nothing was changed.",
)
UNREACHABLE = pages.not_installed_page(
    "Slack did not answer",
    "The app could not get its token from Slack just now, so it does not work in your workspace yet. Start again in a "
    "minute: what Slack has done already does no harm.",
)
_OPERATORS = {
    "bad_client_secret": "SLACK_CLIENT_SECRET is not the app's",
    "invalid_client_id": "SLACK_CLIENT_ID is not the app's",
    "bad_redirect_uri": "the Redirect URL in the app's settings is another one than this page's",
    "invalid_scope": "the app's settings do not allow every scope it asks for: they need the current manifest.yml",
    "invalid_team_for_non_distributed_app": "the app is not distributed: only its own workspace can add it",
    ROTATES: "token rotation is turned on for the app, which this version does not do and Slack never turns off again: "
    "it needs another app, made from manifest.yml",
}


def _slack_says(word: str) -> str:
    known = _OPERATORS.get(word)
    about = f"{known[0].upper()}{known[1:]} ({word})." if known else f"Slack's word for it is {word[:40]}."
    return pages.not_installed_page(
        "Slack did not let this happen",
        "Nothing was installed. This is for whoever runs the app to mend, not for you:",
        about,
    )


def _no_database(error: StorageError) -> str:
    log.error("the database could not be used", extra={"action": "oauth_storage", "error": type(error).__name__})
    return pages.not_installed_page(
        "Not just now", "The app's own database could not be reached. Nothing was changed; start again in a minute."
    )


def _page(status: int, page: str) -> web.Response:
    return web.Response(status=status, text=page, content_type="text/html", charset="utf-8", headers=_HEADERS)


def _not_allowed() -> web.Response:
    return web.Response(status=405, headers={"Allow": "GET"})


def _hash(secret: str) -> str:
    """What is kept: whoever reads the database cannot go on with somebody's installation."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _cookie(state: str) -> str:
    """Each installation has a cookie of its own, so that two tabs do not get in each other's way."""
    return COOKIE + _hash(state)[:16]


def _set_cookie(answer: web.Response, state: str, value: str, age: int, *, secure: bool) -> None:
    answer.set_cookie(_cookie(state), value, max_age=age, path=REDIRECT, httponly=True, secure=secure, samesite="Lax")


def _is_local(request: web.BaseRequest) -> bool:
    """Over plain http a Secure cookie would be lost; that is for this machine only, and Slack wants https otherwise."""
    if request.headers.get("X-Forwarded-Proto", "").split(",")[0].strip() == "https":
        return False
    try:
        return (request.url.host or "") in ("localhost", "127.0.0.1", "::1")
    except ValueError:
        return False  # the Host is none
