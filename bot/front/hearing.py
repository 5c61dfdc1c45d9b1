"""Reads what Slack sent into one record, before anybody is looked up: who, where, what was pressed or typed."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from bot.actions import verb_of
from bot.router import Kind
from bot.typed import words

Payload = Mapping[str, Any]


class Origin(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where an answer belongs, in Slack's own ids: the message that was pressed, or where words were said.

    Kept in a modal's private_metadata, so that its answer finds the message the modal was opened from.
    """

    channel: str = ""
    ts: str = ""
    """Of our message that was pressed; empty where no message of ours is at the start."""
    thread: str = ""
    response_url: str = ""
    ephemeral: bool = False
    home: bool = False
    place: str = ""
    """What of the Home was shown, so that it is drawn anew there."""


class Kept(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a modal's private_metadata holds: the packed record and the origin."""

    c: str = ""
    o: Origin = Origin()


NOWHERE = Origin()


class Call(msgspec.Struct, frozen=True):
    """One request of Slack's. `name` is a verb, callback id or event name; for words it is found later."""

    kind: Kind
    name: str
    tenant: str
    user: str
    cause: str
    user_name: str = ""
    words: str = ""
    mentions: Mapping[str, str] = {}
    """Who was mentioned: the name as it reads in the words, lower case, and Slack's id."""
    packed: str = ""
    chosen: tuple[str, ...] = ()
    values: Mapping[str, tuple[str, ...]] = {}
    trigger: str = ""
    origin: Origin = NOWHERE
    view: Payload = {}
    """The modal that was pressed in or submitted, or the Home."""
    event_id: str = ""
    stranger: bool = False
    """We know no workspace of theirs with the app in it: answered in general, and nothing is kept. Of what is pressed
    or sent it is not known yet whether a lead made them a member."""
    link: bool = False
    """A button that only opens an address: Slack tells us all the same and wants an ack."""
    payload: Payload = {}

    @property
    def in_modal(self) -> bool:
        """Whether it happened in an open modal."""
        return self.view.get("type") == "modal"

    @property
    def inputs(self) -> list[str]:
        """The block_ids of the modal's inputs, where Slack lets errors stand."""
        blocks = self.view.get("blocks") or ()
        return [block["block_id"] for block in blocks if block.get("type") == "input" and block.get("block_id")]

    @property
    def typed_ts(self) -> str:
        """Slack's id of the message these words are; empty where they are none."""
        return str(self.payload.get("ts") or "") if self.kind in ("message", "mention") else ""

    @property
    def in_direct_channel(self) -> bool:
        """In some DM: with the app, or (for commands) between people."""
        return self.origin.channel.startswith("D")


def hear(body: Payload, tenant: str, bot_user: str = "") -> Call | None:
    """The record, or None for what is not for us (our own messages, edits, closed modals, shapes unknown to us).

    Raises KeyError, TypeError, ValueError or AttributeError where a known kind has an impossible shape.
    """
    if "command" in body:
        return _command(body, tenant)
    reader = _READERS.get(str(body.get("type", "")))
    return reader(body, tenant, bot_user) if reader else None


def _command(body: Payload, tenant: str) -> Call:
    return Call(
        kind="command",
        name="",
        tenant=tenant,
        user=body["user_id"],
        user_name=body.get("user_name", ""),
        words=words.plain(body.get("text") or ""),
        mentions=words.mentions(body.get("text") or ""),
        cause=f"command:{body.get('trigger_id', '')}" if body.get("trigger_id") else "",
        trigger=body.get("trigger_id", ""),
        origin=Origin(channel=body.get("channel_id", ""), response_url=body.get("response_url", "")),
        payload=body,
    )


def _block_actions(body: Payload, tenant: str, _: str) -> Call:
    action = body["actions"][0]
    verb = verb_of(action["action_id"])
    chosen = picked(action)
    packed = action.get("block_id", "")
    if action.get("type") in ("button", "feedback_buttons"):
        packed, chosen = action.get("value") or "", ()
    elif action.get("type") == "overflow":
        packed, chosen = (chosen[0] if chosen else ""), ()
    view = body.get("view") or {}
    return Call(
        kind="action",
        name=verb,
        tenant=tenant,
        cause=_cause("action", body, action.get("action_ts", "")),
        packed=packed,
        chosen=chosen,
        values=read_values(view or body),
        origin=_kept(view).o if view.get("type") == "modal" else _pressed(body),
        view=view,
        link=bool(action.get("url")) or _has_address(body, action["action_id"]),
        **_by(body),
    )


def _pressed(body: Payload) -> Origin:
    container: Payload = body.get("container") or {}
    message: Payload = body.get("message") or {}
    if container.get("type") == "view" or body.get("view"):
        return Origin(home=True, place=str((body.get("view") or {}).get("private_metadata") or ""))
    return Origin(
        channel=container.get("channel_id") or (body.get("channel") or {}).get("id", ""),
        ts=container.get("message_ts") or message.get("ts", ""),
        thread=container.get("thread_ts") or message.get("thread_ts") or "",
        response_url=body.get("response_url") or "",
        ephemeral=bool(container.get("is_ephemeral")),
    )


def _has_address(body: Payload, action_id: str) -> bool:
    surface = body.get("message") or body.get("view") or {}
    for block in surface.get("blocks") or ():
        for element in (*(block.get("elements") or ()), block.get("accessory") or {}):
            if element.get("action_id") == action_id and element.get("url"):
                return True
    return False


def _view_submission(body: Payload, tenant: str, _: str) -> Call:
    view = body["view"]
    kept = _kept(view)
    values = read_values(view)
    return Call(
        kind="submit",
        name=verb_of(view.get("callback_id", "")),
        tenant=tenant,
        # The same modal sent twice (a double press) has the same id and hash, while its trigger differs. Where Slack
        # missed the ack, the person may alter the text and send it again: that is something else, and not dropped.
        cause=f"submit:{view['id']}:{view.get('hash', '')}:{_digest(values)}",
        packed=kept.c,
        values=values,
        origin=kept.o,
        view={"type": "modal", **view},
        **_by(body),
    )


def _digest(values: Mapping[str, tuple[str, ...]]) -> str:
    return hashlib.sha256(msgspec.json.encode(values, order="deterministic")).hexdigest()[:16]


def _shortcut(body: Payload, tenant: str, _: str) -> Call:
    return Call(
        kind="shortcut",
        name=body.get("callback_id", ""),
        tenant=tenant,
        cause=_cause("shortcut", body, body.get("action_ts", "")),
        origin=Origin(
            channel=(body.get("channel") or {}).get("id", ""),
            thread=(body.get("message") or {}).get("thread_ts") or "",
            response_url=body.get("response_url") or "",
        ),
        **_by(body),
    )


def _block_suggestion(body: Payload, tenant: str, _: str) -> Call:
    view = body.get("view") or {}
    return Call(
        kind="options",
        name=verb_of(body["action_id"]),
        tenant=tenant,
        cause="",
        words=body.get("value") or "",
        packed=body.get("block_id", ""),
        values=read_values(view),
        view=view,
        **_by(body),
    )


GONE = {"app_uninstalled": "app_uninstalled", "tokens_revoked": "token_revoked"}
"""Slack events that nobody did with us: the app was taken off a workspace. What is kept as the reason of each."""


def gone_from(body: Payload) -> str:
    """Why nothing may be sent to this workspace any more, where that is what Slack says; else empty."""
    event: Payload = body.get("event") or {}
    kind = str(event.get("type"))
    if body.get("type") != "event_callback" or kind not in GONE:
        return ""
    if kind == "tokens_revoked" and not (event.get("tokens") or {}).get("bot"):
        return ""  # somebody's own token, and we have none of those
    return GONE[kind]


ACCESS = {"team_access_granted": True, "team_access_revoked": False}
"""Slack events about an installation for a whole org: workspaces that are in it from now on, or no longer."""


def moved_in_org(body: Payload) -> tuple[tuple[str, ...], bool]:
    """The workspaces such an event names, and whether they are in now; none where it is another one."""
    event: Payload = body.get("event") or {}
    kind = str(event.get("type"))
    if body.get("type") != "event_callback" or kind not in ACCESS:
        return (), False
    teams = event.get("team_ids")
    named = teams if isinstance(teams, list) else []
    return tuple(team for team in named if isinstance(team, str)), ACCESS[kind]


CHANGED = "user_change"
"""Slack's event about somebody's profile: a time zone, a closed account, a role; a status, too, which is not ours."""


def changed_person(body: Payload) -> Payload:
    """The person as such an event shows them; empty where it is another one, or shows nobody."""
    event: Payload = body.get("event") or {}
    if body.get("type") != "event_callback" or event.get("type") != CHANGED:
        return {}
    user = event.get("user")
    return user if isinstance(user, dict) and isinstance(user.get("id"), str) else {}


_SAID = (None, "thread_broadcast")
"""Subtypes of what somebody typed. The second is a reply in a thread with *Also send to* ticked; for its place outside
of the thread Slack may tell of it once more, as `hidden`."""


def _event_callback(body: Payload, tenant: str, bot_user: str) -> Call | None:
    event: Payload = body["event"]
    kind = event.get("type")
    if not event.get("user") or event.get("bot_id") or event.get("hidden") or event["user"] == bot_user:
        return None
    bot_user = _addressed(body, bot_user)
    if kind == "app_home_opened":
        name = "messages_tab_opened" if event.get("tab") == "messages" else "app_home_opened"
        return _event("event", name, body, tenant, "")
    said = words.plain(event.get("text") or "", bot_user)
    direct = event.get("channel_type") == "im" or str(event.get("channel", "")).startswith("D")
    subtype = event.get("subtype")
    if kind == "message" and direct and subtype in (*_SAID, "file_share") and event.get("files"):
        return _event("event", "files_sent", body, tenant, words.without_slash(words.without_mention(said, bot_user)))
    if subtype not in _SAID or event.get("edited") or not said:
        return None
    if kind == "app_mention" and not direct:
        return _event("mention", "", body, tenant, words.without_slash(words.without_mention(said, bot_user)))
    if kind == "message" and direct:
        return _event("message", "", body, tenant, words.without_slash(words.without_mention(said, bot_user)))
    return None


_MENTION = re.compile(r"<@([A-Z0-9]+)")


def _addressed(body: Payload, bot_user: str) -> str:
    """Which of our bot users a mention is of: where another company has the app too, it may be theirs."""
    event: Payload = body["event"]
    if event.get("type") != "app_mention" or not body.get("is_ext_shared_channel"):
        return bot_user
    mentioned = _MENTION.findall(event.get("text") or "")
    listed = [one.get("user_id") for one in body.get("authorizations") or ()]
    return next((user for user in (bot_user, *listed, *mentioned) if user in mentioned), bot_user)


def _event(kind: Kind, name: str, body: Payload, tenant: str, said: str) -> Call:
    event: Payload = body["event"]
    return Call(
        kind=kind,
        name=name,
        tenant=tenant,
        user=event["user"],
        cause=body["event_id"],
        words=said,
        mentions=words.mentions(event.get("text") or ""),
        origin=Origin(
            channel=event.get("channel", ""), thread=event.get("thread_ts") or "", home=name == "app_home_opened"
        ),
        view=event.get("view") or {},
        event_id=body["event_id"],
        payload=event,
    )


_READERS = {
    "block_actions": _block_actions,
    "view_submission": _view_submission,
    "message_action": _shortcut,
    "shortcut": _shortcut,
    "block_suggestion": _block_suggestion,
    "event_callback": _event_callback,
}


def _by(body: Payload) -> dict[str, Any]:
    user = body["user"]
    name = user.get("name") or user.get("username") or ""
    return {"user": user["id"], "user_name": name, "trigger": body.get("trigger_id") or "", "payload": body}


def _cause(kind: str, body: Payload, at: str) -> str:
    view = body.get("view") or {}
    return f"{kind}:{body.get('trigger_id') or view.get('id', '') + view.get('hash', '') + at}"


def _kept(view: Payload) -> Kept:
    """What our modal carried; an empty record where the metadata is none of ours."""
    try:
        return msgspec.json.decode(view.get("private_metadata") or "{}", type=Kept)
    except msgspec.DecodeError:
        return Kept()


def read_values(surface: Payload) -> dict[str, tuple[str, ...]]:
    """A modal's (or message's) fields by block_id; empty fields are empty tuples."""
    state = (surface.get("state") or {}).get("values") or {}
    return {
        block_id: tuple(value for element in elements.values() for value in picked(element))
        for block_id, elements in state.items()
    }


_ONE = ("selected_user", "selected_channel", "selected_conversation", "selected_date", "selected_time", "value")
_MANY = ("selected_users", "selected_channels", "selected_conversations")


def picked(element: Payload) -> tuple[str, ...]:
    """What stands in any element of a form: option values, ids, dates (YYYY-MM-DD), times (HH:MM), typed text."""
    if option := element.get("selected_option"):
        return (option["value"],)
    if options := element.get("selected_options"):
        return tuple(option["value"] for option in options)
    for key in _MANY:
        if element.get(key):
            return tuple(element[key])
    for key in _ONE:
        if element.get(key):
            return (words.writable(str(element[key])),)
    if element.get("selected_date_time"):
        return (str(element["selected_date_time"]),)
    if rich := element.get("rich_text_value"):
        return (msgspec.json.encode(rich).decode(),)
    return tuple(file["id"] for file in element.get("files") or ())
