"""views.*: modals and the Home tab, their stack and their hashes."""

from __future__ import annotations

import secrets
import time
from typing import Any

from bot.sandbox.chat import invalid_blocks
from bot.sandbox.elements import first_values, with_ids
from bot.sandbox.limits import limits, problems_in_view
from bot.sandbox.methods import method
from bot.sandbox.org import installed_in
from bot.sandbox.payloads import view_for_bot
from bot.sandbox.slack import Slack
from bot.sandbox.triggers import Trigger
from bot.sandbox.wire import Json, SlackError
from bot.sandbox.workspace import APP_ID, BOT_ID

_DEFAULTS: Json = {
    "callback_id": "",
    "private_metadata": "",
    "external_id": "",
    "clear_on_close": False,
    "notify_on_close": False,
    "title": None,
    "submit": None,
    "close": None,
    "previous_view_id": None,
}


def checked_view(view: Any, kind: str) -> Json:
    """A view of this kind as the bot gave it. Raises SlackError: invalid_arguments, view_too_large."""
    if not isinstance(view, dict) or view.get("type") != kind:
        raise SlackError("invalid_arguments", messages=[f"[ERROR] must be a {kind} [json-pointer:/view/type]"])
    problems = problems_in_view(view)
    if any(problem.code == "view_too_large" for problem in problems):
        raise SlackError("view_too_large")
    if problems:
        refusal = invalid_blocks(problems)
        refusal.error = "invalid_arguments"
        raise refusal
    return view


def _stored(slack: Slack, user: str, view: Json, before: Json | None = None) -> Json:
    if slack.workspace.external_id_taken(view.get("external_id"), before["id"] if before else None):
        raise SlackError("duplicate_external_id")
    blocks = with_ids(view["blocks"])
    view_id = before["id"] if before else f"V{secrets.token_hex(5).upper()}"
    kept = before["state"]["values"] if before else None
    team = slack.workspace.team["id"]
    return {
        **_DEFAULTS,
        **view,
        "id": view_id,
        "team_id": team,
        "user": user,
        "blocks": blocks,
        "state": {"values": first_values(blocks, kept)},
        "hash": f"{int(time.time())}.{secrets.token_hex(4)}",
        "root_view_id": before["root_view_id"] if before else view_id,
        "previous_view_id": before["previous_view_id"] if before else None,
        "app_id": APP_ID,
        "bot_id": BOT_ID,
        "app_installed_team_id": installed_in(slack.options, team),
    }


def open_view(slack: Slack, user: str, view: Json, *, push: bool) -> Json:
    """Puts a checked modal on a person's screen, on top of the others when ``push``.

    Raises SlackError: push_limit_reached, not_found when there is nothing to push onto, duplicate_external_id.
    """
    stack = slack.workspace.stacks.get(user, []) if push else []
    if push and not stack:
        raise SlackError("not_found")
    if len(stack) >= limits()["view"]["stack"]:
        raise SlackError("push_limit_reached")
    above: Json = {"root_view_id": stack[0], "previous_view_id": stack[-1]} if stack else {}
    whole = {**_stored(slack, user, view), **above}
    slack.workspace.put_view(whole, "view_opened")
    slack.workspace.set_stack(user, [*stack, whole["id"]])
    return whole


def replace_view(slack: Slack, before: Json, view: Json) -> Json:
    """Replaces a modal by another; what was typed stays where block_id, action_id and type are the same."""
    whole = _stored(slack, before["user"], view, before)
    return slack.workspace.put_view(whole, "view_updated")


def _triggered(slack: Slack, args: Json, *, push: bool) -> Json:
    view = checked_view(args["view"], "modal")
    trigger: Trigger = slack.triggers.take(str(args["trigger_id"]))
    return {"view": view_for_bot(open_view(slack, trigger.user, view, push=push))}


@method("views.open", required=("trigger_id", "view"))
def views_open(slack: Slack, args: Json) -> Json:
    """Opens a modal for the person whose trigger this is."""
    return _triggered(slack, args, push=False)


@method("views.push", required=("trigger_id", "view"))
def views_push(slack: Slack, args: Json) -> Json:
    """Puts a modal on top of the one the trigger came from."""
    return _triggered(slack, args, push=True)


def _check_hash(args: Json, before: Json | None) -> None:
    if args.get("hash") and args["hash"] != (before or {}).get("hash"):
        raise SlackError("hash_conflict")


@method("views.update", required=("view",))
def views_update(slack: Slack, args: Json) -> Json:
    """Replaces an open modal, found by view_id or external_id."""
    if not args.get("view_id") and not args.get("external_id"):
        raise SlackError("invalid_arguments", messages=["[ERROR] missing required field: view_id or external_id"])
    found = slack.workspace.views.values()
    keys = ("view_id", "id") if args.get("view_id") else ("external_id", "external_id")
    before = next((view for view in found if view[keys[1]] == args[keys[0]]), None)
    if before is None or before["type"] != "modal":
        raise SlackError("not_found")
    view = checked_view(args["view"], "modal")
    _check_hash(args, before)
    return {"view": view_for_bot(replace_view(slack, before, view))}


@method("views.publish", required=("user_id", "view"))
def views_publish(slack: Slack, args: Json) -> Json:
    """Publishes a person's Home tab."""
    user = slack.workspace.users.get(str(args["user_id"]))
    if user is None or user["is_bot"]:
        raise SlackError("user_not_found")
    if not slack.options.manifest.home_tab:
        raise SlackError("not_enabled")
    view = checked_view(args["view"], "home")
    before = slack.workspace.home_of(user["id"])
    _check_hash(args, before)
    whole = _stored(slack, user["id"], view, before)
    return {"view": view_for_bot(slack.workspace.put_view(whole, "home"))}
