"""Calls to Slack's Web API and to response_urls over one shared session, sent again only where that is safe."""

import asyncio
import copy
import hashlib
import logging
import re
from collections.abc import AsyncIterator, Callable, Mapping
from typing import IO, Any, Protocol
from urllib.parse import urlsplit

import aiohttp
import msgspec

from bot.slack.no_answer import why
from bot.slack.outgoing import STRAIGHT_ON, Outgoing
from bot.slack.wire import Wire
from storage.errors import StorageError

log = logging.getLogger("cais.web_api")

DEFAULT_URL = "https://slack.com/api/"
FETCH = 120.0
"""Seconds that fetching a file may take, where nobody says otherwise."""

SLOWEST = 100_000
"""Bytes a second of the slowest line on which a file of any size still goes up."""

_SLACKS = re.compile(r"(?:[a-z0-9-]+\.)+slack(?:-gov)?\.com", re.IGNORECASE)

REFUSED_CONNECTIONS = 4
"""Tries where the connection is refused: nothing was sent, so sending again says nothing twice."""


class SlackSaidNo(Exception):
    """Slack refused the call; `error` is its name for the reason, such as `channel_not_found`."""

    def __init__(self, method: str, error: str) -> None:
        super().__init__(f"{method}: {error}")
        self.error = error


class Unsure(Exception):
    """The answer got lost or made no sense: the call may or may not have worked. Never sent again blindly."""


class Unreachable(Unsure):
    """No connection came about, so nothing was sent."""


class TooBusy(Exception):
    """Slack asks to wait (429) for longer than the caller can, `seconds` long; nothing was sent."""

    def __init__(self, said: str, seconds: float = 1.0) -> None:
        super().__init__(said)
        self.seconds = seconds


class NotHandedOver(Exception):
    """A file is not there, not for us, or not at an address of Slack's."""


class TooLarge(Exception):
    """A file is larger than was allowed; no more than that was taken."""


NO_TOKEN = frozenset(
    {
        "invalid_auth",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "not_authed",
        "not_installed",
        "org_login_required",
        "team_access_not_granted",
        "no_permission",
    }
)
"""Slack's words for a token that counts no more, and ours for one that is not there; some of them may also be about a
person."""

TAKEN_OFF = frozenset({"account_inactive", "token_revoked"})
"""Those of them that are said of a token which will never count again. `invalid_auth` is none: Slack says it as well
where this machine's address is not one that it is to be called from, and then the token is as good as before."""

NOT_NOW = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})
"""What Slack says when it could not, or is not sure."""


def word_of(answer: Mapping[str, Any]) -> str:
    """Slack's word for why not. What is none goes into no log: another server may answer in Slack's place."""
    said = answer.get("error")
    return said if isinstance(said, str) and _WORD.fullmatch(said) else "unknown_error"


_WORD = re.compile(r"[\w.:-]{1,80}", re.ASCII)


class Taker(Protocol):
    """What a file is written into, piece by piece."""

    def write(self, piece: bytes, /) -> object:
        """One more piece."""


class Tokens(Protocol):
    """Whose token a call goes out with."""

    async def token(self, tenant: str) -> str:
        """This workspace's bot token. Raises SlackSaidNo with `not_installed` where there is none."""

    def doubt(self, tenant: str, dead: str = "") -> None:
        """Slack did not take it: whoever asks next gets it from where it is kept.

        `dead` is the token, where Slack said that it will never count again.
        """


class OneToken:
    """The same token for every workspace there is."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def token(self, tenant: str) -> str:
        """It."""
        return self._token

    def doubt(self, tenant: str, dead: str = "") -> None:
        """There is no other."""


class WebApi:
    """A workspace's Web API: that `of` a tenant. Durations are in seconds of real time."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        token: str = "",
        tokens: Tokens | None = None,
        base_url: str = DEFAULT_URL,
        outgoing: Outgoing = STRAIGHT_ON,
        called: Callable[[str, str], None] = lambda method, outcome: None,
    ) -> None:
        """Either one token for all workspaces, or the tokens of many. `called` is told how each call ended."""
        self._called = called
        self._doubted: Callable[[str, str], None] = lambda tenant, error: None
        self._session = session
        self._outgoing = outgoing
        self._wire = Wire(session, outgoing)
        self._base_url = base_url.rstrip("/") + "/"
        self._tokens: Tokens = tokens or OneToken(token)
        self._tenant = ""
        self._host = urlsplit(base_url).netloc
        self._scheme = urlsplit(base_url).scheme

    def of(self, tenant: str) -> "WebApi":
        """The same for this workspace."""
        if self._tenant == tenant:
            return self
        bound = copy.copy(self)
        bound._tenant = tenant
        return bound

    def telling(self, doubted: Callable[[str, str], None]) -> "WebApi":
        """The same, that tells of every answer in which a workspace's token may count no more, with Slack's word."""
        told = copy.copy(self)
        told._doubted = doubted
        return told

    async def call(
        self, method: str, arguments: Mapping[str, Any], *, patience: float = 100.0, form: bool = False
    ) -> dict[str, Any]:
        """Calls a method and returns Slack's answer. `form` is for the reading methods, which take no JSON.

        Raises SlackSaidNo, TooBusy or Unsure. Waits out a 429 for at most `patience`. What is only read may be read
        twice, so it is asked for once more where the answer got lost.
        """
        try:
            return await self._counted(method, arguments, patience, form)
        except Unsure:
            if not form:
                raise
        return await self._counted(method, arguments, patience, form)

    async def _counted(self, method: str, arguments: Mapping[str, Any], patience: float, form: bool) -> dict[str, Any]:
        try:
            answer = await self._call(method, arguments, patience, form)
        except SlackSaidNo as no:
            self._called(method, no.error)
            raise
        except (TooBusy, Unsure) as error:
            outcome = "busy" if isinstance(error, TooBusy) else "unsure"
            self._called(method, "unreachable" if isinstance(error, Unreachable) else outcome)
            raise
        self._called(method, "ok")
        return answer

    async def _call(self, method: str, arguments: Mapping[str, Any], patience: float, form: bool) -> dict[str, Any]:
        token = await self._tokens.token(self._tenant)
        while True:
            try:
                return await self._asked(token, method, arguments, patience, form)
            except SlackSaidNo as no:
                if no.error not in NO_TOKEN:
                    raise
                self._tokens.doubt(self._tenant, token if no.error in TAKEN_OFF else "")
                newer = await self._newer(token)
                if not newer:
                    self._doubted(self._tenant, no.error)
                    raise
            # The app was added again by way of another replica, and nothing came of what was refused.
            token = newer

    async def _newer(self, token: str) -> str:
        """The token that is kept now; empty where it is still this one, or there is none."""
        try:
            kept = await self._tokens.token(self._tenant)
        except (SlackSaidNo, StorageError):
            return ""
        return kept if kept != token else ""

    async def _asked(
        self, token: str, method: str, arguments: Mapping[str, Any], patience: float, form: bool
    ) -> dict[str, Any]:
        url, ours = self._base_url + method, _authorization(token)
        try:
            status, headers, content = await self._post(url, arguments, patience=patience, form=form, headers=ours)
        except TooBusy as error:
            raise TooBusy(f"{method}: {error}", error.seconds) from None
        except Unsure as error:
            raise type(error)(f"{method}: {error}") from error.__cause__
        try:
            answer: dict[str, Any] = msgspec.json.decode(content, type=dict)
        except msgspec.DecodeError as error:
            raise Unsure(f"{method}: status {status}") from error
        if not answer.get("ok"):
            if status >= 500:
                raise Unsure(f"{method}: status {status}")
            said = word_of(answer)
            if said == "ratelimited" and "Retry-After" in headers:
                seconds = _seconds(headers["Retry-After"])
                raise TooBusy(f"{method}: asked to wait {seconds} s", seconds)
            raise SlackSaidNo(method, said)
        return answer

    async def respond(self, response_url: str, message: Mapping[str, Any], *, patience: float = 20.0) -> bool:
        """Posts to a response_url; whether Slack took it. A used-up or expired one is the caller's to get round.

        Raises Unsure where the answer got lost.
        """
        if not self._is_slacks(response_url):
            return False
        try:
            status, _, content = await self._post(response_url, message, patience=patience)
        except (TooBusy, Unreachable):
            return False
        return status == 200 and not content.startswith(b'{"ok":false')

    async def fetch(
        self, url: str, into: Taker, *, most: int, exactly: int | None = None, seconds: float = FETCH
    ) -> tuple[int, str]:
        """Writes a private file's content; its size and SHA-256 in hex. Only addresses of Slack's are fetched.

        `exactly` is the size that Slack names, where it may be a web page: one of another size is Slack's login page.
        Raises NotHandedOver, TooLarge, TooBusy or Unsure.
        """
        if not self._may_fetch(url):
            raise NotHandedOver("not an address of Slack's")
        timeout = aiohttp.ClientTimeout(total=seconds, sock_read=20.0)
        token, proxy = _authorization(await self._tokens.token(self._tenant)), self._outgoing.proxy_for(url)
        try:
            # Without the scope Slack sends one to its login page, so that following would end in a file of HTML.
            async with self._session.get(
                url, headers=token, timeout=timeout, allow_redirects=False, proxy=proxy
            ) as answer:
                if answer.status == 429:
                    raise TooBusy("asked to wait")
                if answer.status >= 500:
                    raise Unsure(f"status {answer.status}")
                page = answer.content_type == "text/html"
                if answer.status != 200 or (page and exactly is None):
                    raise NotHandedOver(f"status {answer.status}")
                size, digest = await _written(answer, into, most)
        except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
            raise Unsure(why(error, url, self._outgoing)) from error
        if exactly not in (None, size):
            raise NotHandedOver("a login page") if page else Unsure(f"{size} bytes of {exactly}")
        return size, digest

    async def hand_up(self, url: str, content: IO[bytes], size: int) -> None:
        """Sends a file's content to the address that Slack gave for it; the token stays here.

        Raises NotHandedOver, TooBusy or Unsure. What was sent counts only once `files.completeUploadExternal` says so,
        so that it can be sent again.
        """
        if not self._may_fetch(url):
            raise NotHandedOver("not an address of Slack's")
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(size)}
        timeout, proxy = aiohttp.ClientTimeout(total=FETCH + size / SLOWEST), self._outgoing.proxy_for(url)
        try:
            async with self._session.post(
                url, data=_chunks(content), headers=headers, timeout=timeout, allow_redirects=False, proxy=proxy
            ) as answer:
                await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unsure(why(error, url, self._outgoing)) from error
        if answer.status == 429:
            raise TooBusy("asked to wait")
        if answer.status >= 500:
            raise Unsure(f"status {answer.status}")
        if answer.status != 200:
            raise NotHandedOver(f"status {answer.status}")

    def _may_fetch(self, url: str) -> bool:
        try:
            parts = urlsplit(url)
        except ValueError:
            return False
        if parts.netloc == self._host:
            return parts.scheme == self._scheme
        return parts.scheme == "https" and _SLACKS.fullmatch(parts.netloc) is not None

    def _is_slacks(self, url: str) -> bool:
        host = urlsplit(url).netloc
        return bool(host) and (host == self._host or host.endswith((".slack.com", ".slack-gov.com")))

    async def _post(
        self,
        url: str,
        arguments: Mapping[str, Any],
        *,
        patience: float,
        form: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, Mapping[str, str], bytes]:
        refused, waited = 0, 0.0
        while True:
            try:
                status, answered, content = await self._send(url, arguments, form, headers or {})
            except (aiohttp.ClientConnectorError, aiohttp.ClientHttpProxyError) as error:
                refused += 1
                if refused >= REFUSED_CONNECTIONS or _for_good(error):
                    raise Unreachable(why(error, url, self._outgoing)) from error
                await asyncio.sleep(0.2 * 2**refused)
                continue
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                raise Unsure(why(error, url, self._outgoing)) from error
            if status != 429:
                return status, answered, content
            wait = _seconds(answered.get("Retry-After", "1"))
            waited += wait
            if waited > patience:
                raise TooBusy(f"asked to wait {wait} s", wait)
            await asyncio.sleep(wait)

    async def _send(
        self, url: str, arguments: Mapping[str, Any], form: bool, headers: Mapping[str, str]
    ) -> tuple[int, Mapping[str, str], bytes]:
        if not form:
            typed = {**headers, "Content-Type": "application/json; charset=utf-8"}
            return await self._wire.post(url, msgspec.json.encode(arguments), typed)
        fields = {k: str(v).lower() if isinstance(v, bool) else str(v) for k, v in arguments.items()}
        proxy = self._outgoing.proxy_for(url)
        async with self._session.post(url, data=fields, headers=headers, proxy=proxy) as response:
            return response.status, response.headers, await response.read()


def _authorization(token: str) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _for_good(error: Exception) -> bool:
    """Whether a proxy said no to us. Asking again with the same password may lock the account it belongs to."""
    return isinstance(error, aiohttp.ClientHttpProxyError) and error.status < 500


async def _written(answer: aiohttp.ClientResponse, into: Taker, most: int) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    async for chunk in answer.content.iter_chunked(1 << 16):
        size += len(chunk)
        if size > most:
            raise TooLarge
        digest.update(chunk)
        into.write(chunk)
    return size, digest.hexdigest()


async def _chunks(content: IO[bytes]) -> AsyncIterator[bytes]:
    """In pieces, so that the file stays open: it may have to be sent again."""
    while piece := content.read(1 << 18):
        yield piece


def _seconds(retry_after: str) -> float:
    return max(1.0, float(retry_after)) if retry_after.replace(".", "", 1).isdigit() else 1.0
