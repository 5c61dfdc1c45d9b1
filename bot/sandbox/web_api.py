"""POST /api/<method>: the Web API as the bot sees it, and POST /response/<id>."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from bot.sandbox import assistant, canvases, chat, conversations, files, identity, uploads, views
from bot.sandbox.methods import METHODS, check
from bot.sandbox.responses import respond
from bot.sandbox.slack import Slack
from bot.sandbox.traffic import Call, Exchange
from bot.sandbox.web_faults import cut, faulty
from bot.sandbox.wire import Json, SlackError

_AS_JSON = ("blocks", "view", "metadata", "prompts", "message", "attachments", "loading_messages", "files")
METHOD_MODULES = (assistant, canvases, chat, conversations, files, identity, uploads, views)
"""The modules that put their methods into the table when they are imported."""


async def arguments(request: web.Request) -> Json:
    """Query, form and JSON body in one. Raises SlackError invalid_json, invalid_arguments, invalid_blocks_format."""
    args: Json = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = await request.json()
        except ValueError as error:
            raise SlackError("invalid_json") from error
        if not isinstance(body, dict):
            raise SlackError("json_not_object")
        args |= body
    elif request.can_read_body:
        args |= dict(await request.post())
    for name in _AS_JSON:
        if isinstance(args.get(name), str) and args[name]:
            try:
                args[name] = json.loads(args[name])
            except ValueError as error:
                raise SlackError("invalid_blocks_format" if name == "blocks" else "invalid_arguments") from error
    return args


def _token(request: web.Request, args: Json) -> str:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    given = args.pop("token", "")
    return token.strip() if kind.lower() == "bearer" else str(given)


class WebApi:
    """Answers the bot's calls."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack

    async def call(self, request: web.Request) -> web.Response:
        """One Web API call."""
        name = request.match_info["method"]
        exchange, fault = self._slack.traffic.called(name), self._slack.faults.take(name)
        args: Json = {}
        try:
            args = await arguments(request)
            token = _token(request, args)
            self._slack.traffic.understood(exchange, args)
            instead = await faulty(request, fault)
            if instead is not None:
                return self._broken(exchange, fault, instead)
            if fault and fault["kind"] == "refuse":
                raise SlackError(str(fault["error"]))
            answer, status = self._run(name, token, args, request)
        except SlackError as refusal:
            answer, status = refusal.answer(), 200
        headers = self._headers(name)
        if status == 429:
            headers["Retry-After"] = str(answer.pop("retry_after"))
        refused, wrong = "" if answer["ok"] else str(answer["error"]), str((fault or {}).get("kind", ""))
        self._slack.traffic.calls.append(Call(name, args, status, answer))
        self._slack.traffic.done(exchange, status, answer, refused, fault=wrong)
        lost = wrong == "lost_reply"
        return cut(request) if lost else web.json_response(answer, status=status, headers=headers)

    def _broken(self, exchange: Exchange, fault: Json | None, instead: web.Response) -> web.Response:
        kind = str((fault or {}).get("kind"))
        status = instead.status if kind in ("429", "500") else "cut off"
        self._slack.traffic.done(exchange, status, instead.text or None, fault=kind)
        return instead

    def _headers(self, name: str) -> dict[str, str]:
        headers = {"X-OAuth-Scopes": ",".join(sorted(self._slack.options.manifest.scopes))}
        if name in METHODS and METHODS[name].scopes:
            headers["X-Accepted-OAuth-Scopes"] = ",".join(METHODS[name].scopes)
        return headers

    def _run(self, name: str, token: str, args: Json, request: web.Request) -> tuple[Json, int]:
        if name == "apps.connections.open":
            return self._open_connection(token, request), 200
        if name == "oauth.v2.access":
            return self._slack.oauth.access(request, args), 200
        entry = METHODS.get(name)
        if entry is None:
            raise SlackError("unknown_method", req_method=name)
        if entry.form and request.content_type == "application/json":
            args = {}  # Slack does not look into JSON here, so that everything seems to be missing
        check(self._slack, entry, token, args)
        seconds = self._slack.rates.wait_for(name, entry.tier, args.get("channel"))
        if seconds:
            return {"ok": False, "error": "ratelimited", "retry_after": seconds}, 429
        return {"ok": True, **entry.handler(self._slack, args)}, 200

    def _open_connection(self, token: str, request: web.Request) -> Json:
        options = self._slack.options
        if not token:
            raise SlackError("not_authed")
        if token != options.app_token:
            raise SlackError("not_allowed_token_type" if token == options.bot_token else "invalid_auth")
        # Our own word: this sandbox was told to reach the bot over HTTP, a socket would stay silent for ever.
        if options.bot_url:
            raise SlackError("socket_mode_not_enabled")
        return {"ok": True, "url": f"ws://{request.host}/socket?ticket={self._slack.socket.ticket()}&app_id=A0CAIS"}

    async def response(self, request: web.Request) -> web.Response:
        """One post to a response_url."""
        ticket = request.match_info["id"]
        exchange, fault = self._slack.traffic.called("response_url"), self._slack.faults.take("response_url")
        answer, status, body = {"ok": True}, 200, {}
        try:
            body = await _response_body(request)
            self._slack.traffic.understood(exchange, body, ticket)
            instead = await faulty(request, fault)
            if instead is not None:
                return self._broken(exchange, fault, instead)
            respond(self._slack, self._slack.tickets.take(ticket), body)
        except SlackError as refusal:
            answer = refusal.answer()
            status = 404 if refusal.error in ("expired_url", "used_url") else 400
        refused, wrong = str(answer.get("error", "")), str((fault or {}).get("kind", ""))
        self._slack.traffic.calls.append(Call("response_url", body, status, answer))
        self._slack.traffic.done(exchange, status, answer, refused, fault=wrong)
        if wrong == "lost_reply":
            return cut(request)
        return web.Response(text="ok") if status == 200 else web.json_response(answer, status=status)


async def _response_body(request: web.Request) -> Json:
    body: Any
    if request.content_type == "application/json":
        try:
            body = await request.json()
        except ValueError as error:
            raise SlackError("invalid_payload") from error
    else:
        body = json.loads(str((await request.post()).get("payload") or "{}"))
    if not isinstance(body, dict):
        raise SlackError("invalid_payload")
    return body
