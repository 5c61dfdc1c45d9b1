"""The pretend workspace: team, people, channels, messages, and what each person has on the screen."""

from __future__ import annotations

import json
import secrets
import time
from pathlib import Path
from typing import Any

from bot.sandbox.changes import Changes
from bot.sandbox.mentions import notifies
from bot.sandbox.persistence import Store
from bot.sandbox.wire import Json

APP_ID, BOT_ID, BOT_USER = "A0CAIS", "B0CAIS", "U0CAIS"


class Workspace:
    """All state of the sandbox. Every change is stored first and then told to those who may see it."""

    def __init__(self, store: Store, changes: Changes) -> None:
        self._store, self._changes = store, changes
        self._last_ts = 0.0
        self._forget()
        for kind, key, value in store.load():
            self._remember(kind, key, value)
        if not self.users:
            self._seed()

    def _forget(self) -> None:
        self.team: Json = {}
        self.users: dict[str, Json] = {}
        self.channels: dict[str, Json] = {}
        self.messages: dict[str, dict[str, Json]] = {}
        self.views: dict[str, Json] = {}
        self.stacks: dict[str, list[str]] = {}
        self.homes: dict[str, str] = {}
        self.files: dict[str, Json] = {}

    def _remember(self, kind: str, key: str, value: Json) -> None:
        if kind == "team":
            self.team = value
        elif kind == "message":
            self.messages.setdefault(value["channel"], {})[value["ts"]] = value
            self._last_ts = max(self._last_ts, float(value["ts"]))
        elif kind == "stack":
            self.stacks[key] = value["views"]
        elif kind == "home":
            self.homes[key] = value["view"]
        else:
            kept = {"user": self.users, "channel": self.channels, "view": self.views, "file": self.files}
            kept[kind][key] = value

    def _keep(self, kind: str, key: str, value: Json) -> None:
        self._remember(kind, key, value)
        self._store.put(kind, key, value)

    def _seed(self) -> None:
        seed = json.loads((Path(__file__).parent / "seed.json").read_text(encoding="utf-8"))
        self._keep("team", seed["team"]["id"], seed["team"])
        for user in seed["users"]:
            self.add_user(user)
        for channel in seed["channels"]:
            self.add_channel(channel)

    def reset(self) -> None:
        """Starts over with the seed workspace."""
        self._store.clear()
        self._forget()
        self._seed()
        self._changes.tell({"type": "reset"})

    def close(self) -> None:
        """Lets go of the data file."""
        self._store.close()

    def new_ts(self) -> str:
        """A message timestamp that no earlier message has; Unix seconds with six digits."""
        self._last_ts = max(time.time(), self._last_ts + 0.000001)
        return f"{self._last_ts:.6f}"

    def team_of(self, user: str) -> str:
        """The workspace somebody is of: another than this one for people of another company."""
        return str(self.users[user].get("team_id") or self.team["id"])

    def add_user(self, user: Json) -> Json:
        """Adds or changes a person; everybody but the app has a DM with the app."""
        known: Json = {"is_admin": False, "is_bot": False, "deleted": False, "is_restricted": False, "title": ""}
        known |= {"tz": "America/New_York", "real_name": user.get("name", "")}
        user_id = user.get("id") or f"U{secrets.token_hex(4).upper()}"
        user = {**known, **self.users.get(user_id, {}), **user, "id": user_id}
        self._keep("user", user_id, user)
        if not user["is_bot"] and self.dm_of(user_id) is None:
            channel_id = f"D{user_id[1:]}"
            self.add_channel(
                {"id": channel_id, "name": "", "is_im": True, "user": user_id, "members": [user_id, BOT_USER]}
            )
        self._changes.tell({"type": "people", "user": user})
        return user

    def add_channel(self, channel: Json) -> Json:
        """Adds or changes a channel."""
        known = {"is_private": False, "is_im": False, "is_archived": False, "members": []}
        prefix = "G" if channel.get("is_private") else "C"
        channel_id = channel.get("id") or f"{prefix}{secrets.token_hex(4).upper()}"
        channel = {
            "created": int(time.time()),
            **known,
            **self.channels.get(channel_id, {}),
            **channel,
            "id": channel_id,
        }
        self._keep("channel", channel_id, channel)
        self._changes.tell({"type": "channel", "channel": channel}, set(channel["members"]))
        return channel

    def dm_of(self, user: str) -> Json | None:
        """The conversation of a person with the app."""
        return next((c for c in self.channels.values() if c["is_im"] and c.get("user") == user), None)

    def channels_of(self, user: str) -> list[Json]:
        """The channels a person is in, his DM with the app included, each with ``last_ts``."""
        return [
            {**channel, "last_ts": next(reversed(self.messages.get(channel["id"], {})), None)}
            for channel in self.channels.values()
            if user in channel["members"]
        ]

    def message(self, channel: str, ts: str) -> Json | None:
        """One message, ephemeral ones too."""
        return self.messages.get(channel, {}).get(ts)

    def seen_by(self, user: str, channel: str) -> list[Json]:
        """The messages of a channel this person can see, oldest first."""
        if user not in self.channels.get(channel, {}).get("members", []):
            return []
        found = self.messages.get(channel, {}).values()
        return [message for message in found if message.get("ephemeral_to") in (None, user)]

    def put_message(self, message: Json, *, changed: bool = False) -> Json:
        """Stores a new or changed message, works out whom it notifies, and shows it."""
        message = {**message, "notifies": notifies(message)}
        self._keep("message", f"{message['channel']}:{message['ts']}", message)
        self._changes.tell(
            {"type": "message_changed" if changed else "message", "channel": message["channel"], "message": message},
            self._audience(message),
        )
        return message

    def keep_quietly(self, place: Json) -> None:
        """Stores what somebody picked in a message or view; nobody's screen changes."""
        if "channel" in place:
            self._keep("message", f"{place['channel']}:{place['ts']}", place)
        else:
            self._keep("view", place["id"], place)

    def drop_message(self, message: Json) -> None:
        """Deletes a message."""
        self.messages[message["channel"]].pop(message["ts"], None)
        self._store.drop("message", f"{message['channel']}:{message['ts']}")
        change = {"type": "message_deleted", "channel": message["channel"], "ts": message["ts"]}
        self._changes.tell(change, self._audience(message))

    def _audience(self, message: Json) -> set[str]:
        only = message.get("ephemeral_to")
        return {only} if only else set(self.channels[message["channel"]]["members"])

    def put_view(self, view: Json, change: str) -> Json:
        """Stores a modal or a Home tab and shows it; ``change`` is view_opened, view_updated or home."""
        self._keep("view", view["id"], view)
        if view["type"] == "home":
            self._keep("home", view["user"], {"view": view["id"]})
        self._changes.tell({"type": change, "view": view}, {view["user"]})
        return view

    def put_file(self, file: Json) -> Json:
        """Stores a file with its content; nobody's screen changes."""
        self._keep("file", file["id"], file)
        return file

    def drop_file(self, file_id: str) -> None:
        """Forgets a file and its content."""
        del self.files[file_id]
        self._store.drop("file", file_id)

    def set_stack(self, user: str, views: list[str]) -> None:
        """Sets which modals a person has open, the top one last; those that fell out are closed."""
        closed = [view_id for view_id in self.stacks.get(user, []) if view_id not in views]
        self._keep("stack", user, {"views": views})
        for view_id in closed:
            view = self.views.pop(view_id)
            self._store.drop("view", view_id)
            self._changes.tell({"type": "view_closed", "view": view}, {user})

    def modals_of(self, user: str) -> list[Json]:
        """The open modals of a person, the top one last."""
        return [self.views[view_id] for view_id in self.stacks.get(user, [])]

    def home_of(self, user: str) -> Json | None:
        """The published Home tab of a person."""
        return self.views.get(self.homes.get(user, ""))

    def notice(self, user: str, text: str) -> None:
        """Shows a person what Slack itself says, in grey."""
        self._changes.tell({"type": "notice", "text": text}, {user})

    def tell(self, change: Json, people: set[str] | None = None) -> None:
        """Shows something that is not kept, such as a thread status."""
        self._changes.tell(change, people)

    def external_id_taken(self, external_id: Any, but: str | None = None) -> bool:
        """Whether another view of the team already has this external id."""
        return bool(external_id) and any(
            view.get("external_id") == external_id and view["id"] != but for view in self.views.values()
        )
