"""The table of Web API methods: what each demands before it does anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.slack import Slack
from bot.sandbox.wire import Json, SlackError

Handler = Callable[[Slack, Json], Json]


@dataclass(frozen=True)
class Method:
    """One Web API method: any one of ``scopes`` is enough; ``caller`` is bot, app or anyone."""

    name: str
    handler: Handler
    scopes: tuple[str, ...]
    tier: str
    required: tuple[str, ...]
    caller: str
    form: bool = False
    """Takes its arguments from a form only."""


METHODS: dict[str, Method] = {}


def method(
    name: str,
    *,
    scopes: tuple[str, ...] = (),
    tier: str = "4",
    required: tuple[str, ...] = (),
    caller: str = "bot",
    form: bool = False,
) -> Callable[[Handler], Handler]:
    """Puts a function into the table."""

    def add(handler: Handler) -> Handler:
        METHODS[name] = Method(name, handler, scopes, tier, required, caller, form)
        return handler

    return add


def check(slack: Slack, entry: Method, token: str, args: Json) -> None:
    """Token, scope and arguments, in the order in which Slack looks at them. Raises SlackError."""
    options = slack.options
    if entry.caller != "anyone":
        if not token:
            raise SlackError("not_authed")
        if token in slack.oauth.dead or (token == options.bot_token and not slack.oauth.installed):
            raise SlackError("account_inactive")
        if token not in (options.bot_token, options.app_token):
            raise SlackError("invalid_auth")
        if token != (options.bot_token if entry.caller == "bot" else options.app_token):
            raise SlackError("not_allowed_token_type")
    if entry.scopes and not options.manifest.scopes.intersection(entry.scopes):
        provided = ",".join(sorted(options.manifest.scopes))
        raise SlackError("missing_scope", needed=",".join(entry.scopes), provided=provided)
    missing = [name for name in entry.required if args.get(name) in (None, "")]
    if missing:
        messages = [f"[ERROR] missing required field: {name}" for name in missing]
        raise SlackError("invalid_arguments", messages=messages)
