"""Says in words what a request is about: who pressed what, what the bot posted where."""

from __future__ import annotations

from collections.abc import Callable

from bot.sandbox.wire import Json
from bot.sandbox.workspace import BOT_USER, Workspace


class Wording:
    """Names people and places as the workspace knows them."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def told(self, kind: str, payload: Json) -> str:
        """What the bot is told."""
        if kind == "slash_commands":
            return f"{self.person(payload['user_id'])} typed {payload['command']} {payload['text']}".strip()
        if kind == "events_api":
            return self._event(payload.get("event") or payload)
        who = self.person(payload["user"]["id"])
        does = _DOES.get(payload["type"])
        return f"{who} {does(self, payload)}" if does else f"{who}: {payload['type']}"

    def called(self, name: str, args: Json) -> str:
        """What the bot does by a Web API method or a response_url."""
        does = _CALLS.get(name)
        return does(self, args) if does else f"The bot called {name}"

    def person(self, user: object) -> str:
        """Somebody's name."""
        known = self._workspace.users.get(str(user))
        return str(known["real_name"]) if known else "Somebody"

    def place(self, channel: object) -> str:
        """A channel, or whose DM with the app it is; a user's id means the DM with him."""
        found = self._workspace.channels.get(str(channel))
        if found is None:
            return f"{self.person(channel)}'s DM" if str(channel) in self._workspace.users else "another place"
        if not found["is_im"]:
            return f"#{found['name']}"
        return f"{self.person(found['user'])}'s DM" if found.get("user") else "a DM between people"

    def whose_dm(self, channel: object) -> str:
        """The id of the person whose DM with the app this is; empty where it is none."""
        found = self._workspace.channels.get(str(channel), {})
        return str(found.get("user") or "") if found.get("is_im") else ""

    def _event(self, event: Json) -> str:
        name = str(event.get("type"))
        who, where = self.person(event.get("user")), self.place(event.get("channel"))
        if name == "app_home_opened":
            return f"{who} opened the {str(event.get('tab')).title()} tab"
        if name == "app_mention":
            return f"{who} mentioned the app in {where}"
        if name == "message":
            kinds = {"message_changed": "was changed", "message_deleted": "was deleted"}
            if event.get("subtype") in kinds:
                return f"Slack says that a message in {where} {kinds[event['subtype']]}"
            if event.get("user") == BOT_USER:
                return f"Slack tells the bot of its own message in {where}"
            return f"{who} wrote to the app" if self.whose_dm(event.get("channel")) else f"{who} wrote in {where}"
        return f"Slack tells of {name}"


def _used(words: Wording, payload: Json) -> str:
    action = payload["actions"][0]
    kind = action["type"]
    if kind in ("button", "icon_button"):
        return f"pressed {_text(action.get('text')) or 'a button'}"
    options = action.get("selected_options") or [action.get("selected_option")]
    picked = ", ".join(_text(option.get("text")) for option in options if option)
    picked = picked or str(action.get("selected_date") or action.get("selected_time") or "")
    return f"chose {picked}" if picked else f"used a {kind.replace('_', ' ')}"


def _view(args: Json) -> str:
    view = args.get("view")
    return _text(view.get("title")) if isinstance(view, dict) else ""


def _text(value: object) -> str:
    return str(value.get("text", "")) if isinstance(value, dict) else str(value or "")


def _responded(words: Wording, args: Json) -> str:
    if args.get("delete_original"):
        return "The bot took the message away"
    if args.get("replace_original"):
        return "The bot put another message in its place"
    public = args.get("response_type") == "in_channel"
    return "The bot answered for everybody" if public else "The bot answered for this person only"


_DOES: dict[str, Callable[[Wording, Json], str]] = {
    "block_actions": _used,
    "view_submission": lambda words, payload: f"sent the form {_view(payload)}",
    "view_closed": lambda words, payload: f"closed the form {_view(payload)}",
    "block_suggestion": lambda words, payload: f"looks in a menu for “{payload.get('value', '')}”",
    "shortcut": lambda words, payload: f"used the shortcut {payload['callback_id']}",
    "message_action": lambda words, payload: f"used {payload['callback_id']} on a message",
}

_CALLS: dict[str, Callable[[Wording, Json], str]] = {
    "response_url": _responded,
    "chat.postMessage": lambda words, args: f"The bot posted in {words.place(args.get('channel'))}",
    "chat.postEphemeral": lambda words, args: f"The bot posted for {words.person(args.get('user'))} only",
    "chat.update": lambda words, args: f"The bot changed a message in {words.place(args.get('channel'))}",
    "chat.delete": lambda words, args: f"The bot deleted a message in {words.place(args.get('channel'))}",
    "chat.getPermalink": lambda words, args: "The bot asked for a message's address",
    "views.open": lambda words, args: f"The bot opened the form {_view(args)}",
    "views.push": lambda words, args: f"The bot put the form {_view(args)} on top",
    "views.update": lambda words, args: f"The bot changed the form {_view(args)}",
    "views.publish": lambda words, args: f"The bot drew the Home tab of {words.person(args.get('user_id'))}",
    "users.info": lambda words, args: f"The bot asked who {words.person(args.get('user'))} is",
    "auth.test": lambda words, args: "The bot asked whose token it has",
    "apps.connections.open": lambda words, args: "The bot asked for a Socket Mode address",
    "conversations.history": lambda words, args: f"The bot read {words.place(args.get('channel'))}",
    "conversations.replies": lambda words, args: f"The bot read a thread in {words.place(args.get('channel'))}",
    "assistant.threads.setSuggestedPrompts": lambda words, args: "The bot set its suggested prompts",
    "assistant.threads.setStatus": lambda words, args: "The bot said what it is doing",
}
