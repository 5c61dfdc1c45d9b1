"""What people do in the pretend Slack: type, use commands and shortcuts, look at the app's tabs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from bot.sandbox import notices, payloads
from bot.sandbox.files import give_files, handed_over
from bot.sandbox.identity import users_info
from bot.sandbox.mentions import mentioned_users, plain_text, typed_text
from bot.sandbox.responses import respond
from bot.sandbox.slack import Slack
from bot.sandbox.tickets import Ticket
from bot.sandbox.wire import Json, SlackError
from bot.sandbox.workspace import APP_ID, BOT_USER


class People:
    """The hands of the people of the workspace. Raises SlackError for what a Slack client would not offer."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack

    def _channel(self, user: str, channel_id: str) -> Json:
        payloads.person(self._slack, user)
        channel = self._slack.workspace.channels.get(channel_id)
        if channel is None or user not in channel["members"]:
            raise SlackError("channel_not_found")
        return channel

    async def say(
        self, user: str, channel_id: str, text: str, thread_ts: str | None = None, files: Sequence[str] = ()
    ) -> Json:
        """Sends what was typed: a slash command when it starts with "/", else a message, with files or without.

        Raises SlackError file_not_found where a file is not this person's.
        """
        channel = self._channel(user, channel_id)
        if text.startswith("/") and not files:
            return await self._command(user, channel, text, thread_ts)
        workspace = self._slack.workspace
        message: Json = {
            "ts": workspace.new_ts(),
            "channel": channel_id,
            "user": user,
            "text": typed_text(text, workspace.users, workspace.channels),
            "blocks": None,
        }
        if thread_ts:
            message["thread_ts"] = thread_ts
        if files:
            message |= {"subtype": "file_share", "upload": False, "files": self._shared(user, channel, files)}
        stored = workspace.put_message(message)
        self._tell_app(channel, payloads.message_for_bot(stored, workspace.team["id"]))
        return {"ok": True, "ts": stored["ts"]}

    def _shared(self, user: str, channel: Json, files: Sequence[str]) -> list[Json]:
        """The files as Slack describes them; where the app is in the conversation, it may fetch them from now on."""
        shared = handed_over(self._slack, user, [{"id": file} for file in files])
        if BOT_USER in channel["members"]:
            give_files(self._slack, files)
        return shared

    def _tell_app(self, channel: Json, event: Json) -> None:
        self._slack.message_event(channel, event)
        mentioned = BOT_USER in mentioned_users(event["text"])
        # In a DM the message itself is the event; Slack sends no app_mention there.
        if mentioned and not channel["is_im"] and BOT_USER in channel["members"]:
            place = {"type": "app_mention", "channel": channel["id"], "event_ts": event["ts"]}
            self._slack.event("app_mention", {**event, **place, **self._author(event["user"], channel)})

    def _author(self, user: str, channel: Json) -> Json:
        """In a channel that another company sees, Slack says of a mention whose the author is."""
        team = self._slack.workspace.team_of(user)
        return {"user_team": team, "source_team": team} if channel.get("is_ext_shared") else {}

    async def _command(self, user: str, channel: Json, typed: str, thread_ts: str | None) -> Json:
        name, _, rest = typed.strip().partition(" ")
        known = self._slack.options.manifest.commands.get(name)
        if known is None or "commands" not in self._slack.options.manifest.scopes:
            return self._notice(user, notices.NOT_A_COMMAND.format(name=name))
        if thread_ts:
            return self._notice(user, notices.NOT_IN_THREADS.format(name=name))
        workspace = self._slack.workspace
        if known.get("should_escape"):
            text = typed_text(rest.strip(), workspace.users, workspace.channels, named=True)
        else:
            text = plain_text(rest.strip(), workspace.users, workspace.channels)
        payload = payloads.command(self._slack, user, channel, name, text)
        ack = await self._slack.delivery.send("slash_commands", f"{name} {text}".strip(), payload)
        error = ack.error or self._answer_command(user, channel, ack.body)
        return self._notice(user, notices.COMMAND_FAILED.format(name=name, error=error)) if error else {"ok": True}

    def _answer_command(self, user: str, channel: Json, body: Any) -> str:
        if not body or (isinstance(body, dict) and not body.get("text") and not body.get("blocks")):
            return ""
        answer = body if isinstance(body, dict) else {"text": str(body)}
        try:
            respond(self._slack, Ticket(user, channel["id"], None, 1, 0.0), answer, "ack of a command")
        except SlackError as refusal:
            says, body = "The message in the ack cannot be shown", refusal.answer()
            self._slack.traffic.note("ack", "ack of a command", says, body, refused=refusal.error)
            return "invalid_command_response"
        return ""

    def _notice(self, user: str, text: str) -> Json:
        self._slack.workspace.notice(user, text)
        return {"ok": False, "notice": text}

    async def shortcut(self, user: str, callback_id: str, message: Json | None = None) -> Json:
        """Uses a global shortcut, or one of a message's menu."""
        known = self._slack.options.manifest.shortcuts.get(callback_id)
        if known is None or (known["type"] == "message") != bool(message):
            raise SlackError("no_such_shortcut")
        more: Json = {"callback_id": callback_id, "trigger_id": self._slack.triggers.give(user)}
        more["action_ts"] = self._slack.workspace.new_ts()
        kind = "shortcut"
        if message:
            kind = "message_action"
            more |= self._chosen_message(user, message)
        payload = payloads.interaction(self._slack, kind, user, **more)
        ack = await self._slack.delivery.send("interactive", f"{kind} {callback_id}", payload)
        if ack.error:
            return self._notice(user, notices.SHORTCUT_FAILED.format(name=known["name"], error=ack.error))
        return {"ok": True}

    def _chosen_message(self, user: str, message: Json) -> Json:
        channel = self._channel(user, message["channel"])
        found = self._slack.workspace.message(channel["id"], message["ts"])
        # Slack offers no message shortcuts on ephemeral messages: it has no copy to hand on.
        if found is None or found.get("ephemeral_to"):
            raise SlackError("message_not_found")
        return {
            "channel": {"id": channel["id"], "name": payloads.channel_name(channel)},
            "message_ts": found["ts"],
            "message": payloads.message_for_bot(found, self._slack.workspace.team["id"]),
            "response_url": payloads.response_url(self._slack, user, channel["id"], found["ts"]),
        }

    async def home(self, user: str, tab: str = "home") -> Json:
        """Opens the app's Home or Messages tab."""
        payloads.person(self._slack, user)
        manifest = self._slack.options.manifest
        if not {"home": manifest.home_tab, "messages": manifest.messages_tab}.get(tab):
            raise SlackError("no_such_tab")
        channel = self._slack.workspace.dm_of(user)
        event: Json = {"type": "app_home_opened", "user": user, "channel": channel and channel["id"], "tab": tab}
        event["event_ts"] = self._slack.workspace.new_ts()
        view = self._slack.workspace.home_of(user)
        if view and tab == "home":
            event["view"] = payloads.view_for_bot(view)
        event_id = self._slack.event("app_home_opened", event)
        return {"ok": True, "event_id": event_id}

    def put(self, user: Json) -> Json:
        """Adds somebody, or changes somebody who is there already: of that Slack tells the app."""
        was_there = str(user.get("id")) in self._slack.workspace.users
        put = self._slack.workspace.add_user(user)
        if was_there:
            shown = users_info(self._slack, {"user": put["id"]})["user"]
            self._slack.event("user_change", {"type": "user_change", "user": shown, "cache_ts": int(time.time())})
        return put

    async def event(self, event: Json, event_id: str | None = None) -> Json:
        """Delivers any event to the app, if Slack would."""
        name = str(event.get("type"))
        if name == "message":
            kind = event.get("channel_type", "channel")
            name = f"message.{kind if kind == 'im' else str(kind) + 's'}"
        sent = self._slack.event(name, event, event_id)
        if sent is None:
            raise SlackError("not_subscribed")
        return {"ok": True, "event_id": sent}

    async def state(self, user: str) -> Json:
        """Everything a page needs to show the workspace to one person."""
        slack, manifest = self._slack, self._slack.options.manifest
        payloads.person(slack, user)
        names = ("command", "description", "usage_hint")
        commands = [{name: entry.get(name, "") for name in names} for entry in manifest.commands.values()]
        names = ("callback_id", "name", "type")
        shortcuts = [{name: entry.get(name, "") for name in names} for entry in manifest.shortcuts.values()]
        app = {
            "id": APP_ID,
            "name": manifest.name,
            "bot_user_id": BOT_USER,
            "commands": commands,
            "shortcuts": shortcuts,
        }
        return {
            "team": slack.workspace.team,
            "app": {**app, "commands": commands, "shortcuts": shortcuts, "suggested_prompts": list(manifest.prompts)},
            "users": list(slack.workspace.users.values()),
            "channels": slack.workspace.channels_of(user),
            "home": slack.workspace.home_of(user),
            "modals": slack.workspace.modals_of(user),
            "practice": slack.practice.state,
            "connected": await slack.delivery.connected(),
            "active": slack.changes.people(),
        }
