"""People who use the bot in a test: they type, press buttons by their labels, fill in modals and read what they see."""

from collections.abc import Iterable
from typing import Any

from bot.app import Bot
from bot.sandbox.sandbox import Sandbox

Json = dict[str, Any]

ANA, BEN, LEA, CONRAD = "U0ANA", "U0BEN", "U0LEA", "U0CON"
"""Ana runs the workspace (a Slack admin); the others are people in it."""

GENERAL, COMPLIANCE, CLIENTS = "C0GENERAL", "C0COMPL", "C0CLIENT"
"""Channels all four are in; the bot itself is only in COMPLIANCE."""

_PICKED = {
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "overflow": "selected_option",
    "checkboxes": "selected_options",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "channels_select": "selected_channel",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "datepicker": "selected_date",
    "file_input": "files",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}


class Slack:
    """The workspace with the bot in it. `person` gives somebody to act as."""

    def __init__(self, sandbox: Sandbox, bot: Bot) -> None:
        self.sandbox = sandbox
        self.bot = bot

    def person(self, user: str) -> "Someone":
        """Somebody of the workspace, in the DM with the app until `at` a channel."""
        return Someone(self, user, self.sandbox.dm(user))

    @property
    def ana(self) -> "Someone":
        """Ana Ruiz, a Slack admin."""
        return self.person(ANA)

    @property
    def ben(self) -> "Someone":
        """Ben Cole, no admin."""
        return self.person(BEN)

    @property
    def lea(self) -> "Someone":
        """Lea Haddad, no admin."""
        return self.person(LEA)

    async def settled(self) -> None:
        """Waits until Slack has every ack and the bot has nothing under way."""
        await self.sandbox.settled()
        await self.bot.background.idle()
        await self.sandbox.settled()

    def refused(self) -> list[str]:
        """What Slack refused the bot, or got too late: nothing, in a good conversation."""
        return [f"{refusal.get('name')}: {refusal.get('reason')}" for refusal in self.sandbox.refused]


class Someone:
    """One person, looking at one conversation. Every act waits until the bot has answered."""

    def __init__(self, slack: Slack, user: str, channel: str) -> None:
        self._slack = slack
        self.user = user
        self.channel = channel

    def at(self, channel: str) -> "Someone":
        """The same person in another channel."""
        return Someone(self._slack, self.user, channel)

    async def types(self, text: str, *, thread: str | None = None) -> Json:
        """Types a message, or a command where it starts with a slash; returns the last message seen after it."""
        answer = await self._slack.sandbox.say(self.user, self.channel, text, thread)
        await self._slack.settled()
        assert answer["ok"], answer
        return self.sees[-1] if self.sees else {}

    async def sends(self, files: dict[str, bytes], text: str = "") -> Json:
        """Sends files by name, with words beside them or without; returns the last message seen after it."""
        sandbox = self._slack.sandbox
        ids = [sandbox.hand_over(self.user, name, content)["id"] for name, content in files.items()]
        answer = await sandbox.say(self.user, self.channel, text, files=ids)
        await self._slack.settled()
        assert answer["ok"], answer
        return self.sees[-1]

    @property
    def sees(self) -> list[Json]:
        """The messages of this conversation, oldest first, ephemeral ones for this person included."""
        return self._slack.sandbox.messages(self.user, self.channel)

    @property
    def last(self) -> Json:
        """The newest message here."""
        return self.sees[-1]

    @property
    def modal(self) -> Json | None:
        """The modal on top, if one is open."""
        found = self._slack.sandbox.modals(self.user)
        return found[-1] if found else None

    @property
    def home(self) -> Json | None:
        """The Home the app has drawn for this person."""
        return self._slack.sandbox.home(self.user)

    async def opens_home(self, tab: str = "home") -> Json | None:
        """Opens the app's Home (or Messages) tab."""
        await self._slack.sandbox.open_home(self.user, tab)
        await self._slack.settled()
        return self.home

    async def presses(self, label: str, *, on: Json | None = None, **given: Any) -> Json:
        """Presses the button with this label on the newest thing that has it: modal, message, or `on`.

        Returns what Slack said: `ok`, and a `notice` where the bot did not answer well.
        """
        place, _, element = self._find(label, on)
        answer = await self._slack.sandbox.click(self.user, place, element["action_id"], place["_block"], **given)
        await self._slack.settled()
        return answer

    async def votes(self, helpful: bool, *, on: Json | None = None) -> Json:
        """Presses a thumb on the newest answer, or on `on`."""
        places = [on] if on else reversed(self.sees)
        for place in places:
            for block, element in elements(place):
                if element["type"] == "feedback_buttons":
                    side = "positive_button" if helpful else "negative_button"
                    place = {**place, "_block": block["block_id"]}
                    where = (self.user, place, element["action_id"], place["_block"])
                    answer = await self._slack.sandbox.click(*where, value=element[side]["value"])
                    await self._slack.settled()
                    return answer
        raise LookupError("there is nothing to vote on")

    async def picks(self, label: str, value: Any, *, on: Json | None = None) -> Json:
        """Chooses in the select, datepicker or overflow with this placeholder, label or action_id.

        `value` is an option's text or value, a date, or an id.
        """
        place, _, element = self._find(label, on)
        given = as_state(element, value)
        given.pop("type")
        answer = await self._slack.sandbox.click(self.user, place, element["action_id"], place["_block"], **given)
        await self._slack.settled()
        return answer

    async def submits(self, fields: Json | None = None) -> Json:
        """Fills in the modal on top by block_id and sends it; `errors` by block_id where it was not taken."""
        view = self.modal
        assert view is not None, "no modal is open"
        values: Json = {}
        for block_id, value in (fields or {}).items():
            element = next(b["element"] for b in view["blocks"] if b.get("block_id") == block_id)
            values[block_id] = {element["action_id"]: as_state(element, value)}
        answer = await self._slack.sandbox.submit(self.user, view, values)
        await self._slack.settled()
        return answer

    async def uses_shortcut(self, callback_id: str, message: Json | None = None) -> Json:
        """Uses a shortcut, on a message where one is given."""
        answer = await self._slack.sandbox.shortcut(self.user, callback_id, message)
        await self._slack.settled()
        return answer

    def _find(self, label: str, on: Json | None) -> tuple[Json, Json, Json]:
        places: Iterable[Json] = [on] if on else [*([self.modal] if self.modal else []), *reversed(self.sees)]
        for place in places:
            for block, element in elements(place):
                if label in (_label(element), element.get("action_id")):
                    return {**place, "_block": block["block_id"]}, block, element
        offered = [_label(element) for place in places for _, element in elements(place)]
        raise LookupError(f"nothing is labelled {label!r}; there are {offered}")


def elements(place: Json) -> list[tuple[Json, Json]]:
    """Everything one can press or fill in in a message or view, with its block."""
    found: list[tuple[Json, Json]] = []
    for block in place.get("blocks") or ():
        parts = [*(block.get("elements") or ()), block.get("accessory"), block.get("element")]
        found += [(block, part) for part in parts if part and part.get("action_id")]
    return found


def labels(place: Json) -> list[str]:
    """The labels of a message's or view's buttons and menus, in order."""
    return [_label(element) for _, element in elements(place)]


def words_of(place: Json) -> str:
    """All text of a message or view in one string, as far as a person can read it."""
    found: list[str] = [str(place["text"])] if place.get("text") else []

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if isinstance(node.get("text"), str):
                found.append(node["text"])
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(place.get("blocks") or [])
    return "\n".join(found)


def _label(element: Json) -> str:
    text = element.get("text") or element.get("placeholder") or {}
    return str(text.get("text", ""))


def as_state(element: Json, value: Any) -> Json:
    """A value as Slack's client reports it for this element; options are found by text or value."""
    kind = element["type"]
    name = _PICKED.get(kind, "value")
    if name == "selected_option":
        return {"type": kind, name: _option(element, value)}
    if name == "selected_options":
        return {"type": kind, name: [_option(element, one) for one in value]}
    return {"type": kind, name: value}


def _option(element: Json, wanted: Any) -> Json:
    groups = element.get("option_groups") or [{"options": element.get("options") or []}]
    options: list[Json] = [option for group in groups for option in group["options"]]
    for option in options:
        if wanted in (option["value"], option["text"]["text"]):
            return option
    if element["type"].endswith("external_select"):
        return {"text": {"type": "plain_text", "text": str(wanted)}, "value": str(wanted)}
    raise LookupError(f"{wanted!r} is not offered; there are {[option['text']['text'] for option in options]}")
