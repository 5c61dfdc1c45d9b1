"""Installing the app by OAuth: Slack's page on which it is allowed or not, codes, tokens, and taking it off again."""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping
from html import escape
from secrets import token_hex
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from aiohttp import web

from bot.sandbox.org import ORG
from bot.sandbox.wire import Json, SlackError
from bot.sandbox.workspace import APP_ID, BOT_USER

if TYPE_CHECKING:
    from bot.sandbox.slack import Slack

CODE_SECONDS = 600.0


class OAuth:
    """Who has installed the app. Without a redirect URL it is installed from the start, as by its settings page."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack
        self._codes: dict[str, tuple[str, str, float]] = {}
        """The person who allowed it, the scopes, and until when, by code; the person is empty once it was used."""
        self.installed = not slack.options.redirect_url
        self.dead: set[str] = set()
        """Tokens of installations that were taken off."""

    async def page(self, request: web.Request) -> web.StreamResponse:
        """GET /oauth/v2/authorize: asks the person whether the app may be installed."""
        try:
            self._check(request.query)
        except SlackError as refusal:
            return web.Response(status=400, text=f"Slack could not go on: {refusal.error}\n")
        scopes = "".join(f"<li>{escape(one)}</li>" for one in sorted(request.query["scope"].split(",")))
        kept = "".join(
            f'<input type="hidden" name="{escape(k)}" value="{escape(v)}">' for k, v in request.query.items()
        )
        body = (
            f"<!doctype html><meta charset=utf-8><title>{escape(self._slack.options.manifest.name)}</title>"
            f"<h1>{escape(self._slack.options.manifest.name)} asks to be installed</h1><ul>{scopes}</ul>"
            f'<form method="post">{kept}<button name="answer" value="allow">Allow</button> '
            '<button name="answer" value="cancel">Cancel</button></form>'
        )
        return web.Response(text=body, content_type="text/html")

    async def answered(self, request: web.Request) -> web.StreamResponse:
        """POST /oauth/v2/authorize: what the person pressed."""
        given = {name: str(value) for name, value in (await request.post()).items()}
        try:
            where = self.decide("U0ANA", given, allow=given.get("answer") == "allow")
        except SlackError as refusal:
            return web.Response(status=400, text=f"Slack could not go on: {refusal.error}\n")
        return web.Response(status=302, headers={"Location": where})

    def decide(self, user: str, query: Mapping[str, str], *, allow: bool) -> str:
        """Where Slack sends the browser once somebody has allowed it, or not. Raises SlackError."""
        self._check(query)
        back: dict[str, str] = {"error": "access_denied"}
        if allow:
            code = f"1.2.{token_hex(16)}"
            self._codes[code] = (user, query["scope"], time.monotonic() + CODE_SECONDS)
            back = {"code": code}
        return f"{self._slack.options.redirect_url}?{urlencode({**back, 'state': query.get('state', '')})}"

    def _check(self, query: Mapping[str, str]) -> None:
        options = self._slack.options
        if query.get("client_id") != options.client_id:
            raise SlackError("invalid_client_id")
        if not options.redirect_url or query.get("redirect_uri", options.redirect_url) != options.redirect_url:
            raise SlackError("bad_redirect_uri")
        scopes = {scope for scope in query.get("scope", "").split(",") if scope}
        if not scopes or scopes - options.manifest.scopes or query.get("user_scope"):
            raise SlackError("invalid_scope")

    def access(self, request: web.Request, args: Json) -> Json:
        """oauth.v2.access. Raises SlackError in Slack's words."""
        options = self._slack.options
        client, secret = _credentials(request, args)
        if client != options.client_id:
            raise SlackError("invalid_client_id")
        if secret != options.client_secret:
            raise SlackError("bad_client_secret")
        code = str(args.get("code") or "")
        user, scopes, until = self._codes.get(code, ("", "", 0.0))
        if not scopes or time.monotonic() > until:
            raise SlackError("invalid_code")
        if not user:
            raise SlackError("code_already_used")
        if args.get("redirect_uri", options.redirect_url) != options.redirect_url:
            raise SlackError("bad_redirect_uri")
        self._codes[code] = ("", scopes, until)
        self.installed = True
        team = self._slack.workspace.team
        rotating = {"refresh_token": f"xoxe-1-{token_hex(16)}", "expires_in": 43200}
        return {
            **(rotating if options.manifest.rotates else {}),
            "ok": True,
            "access_token": options.bot_token,
            "token_type": "bot",
            "scope": scopes,
            "bot_user_id": BOT_USER,
            "app_id": APP_ID,
            "team": None if options.whole_org else {"id": team["id"], "name": team["name"]},
            "enterprise": ORG if options.whole_org else None,
            "is_enterprise_install": options.whole_org,
            "authed_user": {"id": user},
        }

    def take_off(self) -> None:
        """Somebody removes the app from the workspace: its token is dead at once, and Slack tells the app."""
        self._kill_token()
        self._slack.event("app_uninstalled", {"type": "app_uninstalled"})

    def revoke(self) -> None:
        """Somebody revokes the token: dead at once, and Slack tells the app."""
        self._kill_token()
        self._slack.event("tokens_revoked", {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [BOT_USER]}})

    def _kill_token(self) -> None:
        """Whoever installs the app again gets another one."""
        self.installed = False
        self.dead.add(self._slack.options.bot_token)
        self._slack.options.bot_token = f"xoxb-sandbox-{token_hex(8)}"


def _credentials(request: web.Request, args: Json) -> tuple[str, str]:
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "basic":
        client, _, secret = base64.b64decode(given).decode().partition(":")
        return client, secret
    return str(args.get("client_id") or ""), str(args.get("client_secret") or "")
