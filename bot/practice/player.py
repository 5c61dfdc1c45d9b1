"""Plays a story in the pretend Slack as its people would: they look, press what they see, and fill in what opens."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

from bot.practice.sandbox import Json, Sandbox, controls, eventually, label, words
from bot.practice.stories import Act, Filled, Story

PATIENCE = 20.0
"""Seconds until somebody who waits for the next thing on the screen gives up."""
APP = "app"
"""The DM with the app, where an act names a place."""
SEEN = "12"
"""How many of the newest messages somebody looks through."""

_VALUES = {
    "static_select": "selected_option",
    "radio_buttons": "selected_option",
    "checkboxes": "selected_options",
    "users_select": "selected_user",
    "channels_select": "selected_channel",
    "conversations_select": "selected_conversation",
    "datepicker": "selected_date",
}


class Stopped(Exception):
    """The story cannot go on; the text says why, in a sentence."""


class Player:
    """The people of one workspace. Everybody acts where they acted last, at first in the DM with the app."""

    def __init__(self, sandbox: Sandbox, patience: float = PATIENCE) -> None:
        self._sandbox, self._patience = sandbox, patience
        self._people: dict[str, str] = {}
        self._channels: dict[str, str] = {}
        self._places: dict[str, str] = {}

    async def play(
        self, story: Story, *, tell: Callable[[int, Act], None], move: Callable[[str], Awaitable[None]]
    ) -> None:
        """From its first act to its last. Raises Stopped, aiohttp.ClientError."""
        state = await self._sandbox.get("state")
        self._people = {user["real_name"]: user["id"] for user in state["users"]}
        for number, act in enumerate(story.acts, 1):
            tell(number, act)
            if act.waits_until:
                await move(act.waits_until)
            else:
                await self._act(act)

    async def address(self, who: str, place: str) -> str:
        """Where a page has to be to look on: `#/person/channel`."""
        return f"#/{self._person(who)}/{await self._place(who, place)}"

    async def _act(self, act: Act) -> None:
        who, where = self._person(act.who), await self._place(act.who, act.place)
        if act.types:
            self._check(await self._sandbox.post("say", **{"as": who}, channel=where, text=act.types))
        elif act.presses:
            await self._until(lambda: self._press(who, where, act))
        elif act.submits is not None:
            fields = act.submits
            await self._until(lambda: self._submit(who, act, fields))
        else:
            await self._until(lambda: self._sees(who, where, act))

    async def _until(self, done: Callable[[], Awaitable[bool]]) -> None:
        if not await eventually(done, self._patience):
            raise Stopped(f"It was not there to see after {self._patience:g} seconds.")

    async def _press(self, who: str, where: str, act: Act) -> bool:
        for place in await self._looks_at(who, where):
            found = [(block, part) for block, part in controls(place) if label(part) == act.presses]
            if found and act.on in self._reads(place):
                block, part = found[0]
                ids = {"block_id": block["block_id"], "action_id": part["action_id"]}
                answer = await self._sandbox.post("click", **{"as": who}, container=_container(place), **ids)
                return self._check(answer)
        return False

    async def _submit(self, who: str, act: Act, fields: dict[str, Filled]) -> bool:
        modals = (await self._sandbox.get("state", **{"as": who}))["modals"]
        if not modals or act.on not in self._reads(modals[-1]):
            return False
        inputs = {words(b["label"]): b for b in modals[-1]["blocks"] if b["type"] == "input"}
        if missing := set(fields) - set(inputs):
            raise Stopped(f"The form has no field {', '.join(sorted(missing))}.")
        values = {
            inputs[name]["block_id"]: {
                inputs[name]["element"]["action_id"]: self._filled(inputs[name]["element"], value)
            }
            for name, value in fields.items()
        }
        answer = await self._sandbox.post("submit", **{"as": who}, view_id=modals[-1]["id"], values=values)
        if answer.get("errors"):
            raise Stopped(f"The form was not taken: {' '.join(answer['errors'].values())}")
        return self._check(answer)

    async def _sees(self, who: str, where: str, act: Act) -> bool:
        return any(act.sees in self._reads(place) for place in await self._looks_at(who, where))

    async def _looks_at(self, who: str, where: str) -> list[Json]:
        """The window on top, then the messages, newest first."""
        modals = (await self._sandbox.get("state", **{"as": who}))["modals"]
        seen = await self._sandbox.get("messages", **{"as": who, "channel": where, "limit": SEEN})
        return [*modals[-1:], *reversed(seen["messages"])]

    def _reads(self, place: Json) -> str:
        """What stands there as people see it: with names where Slack has ids."""
        named = {f"<@{user}>": name for name, user in self._people.items()}
        return re.sub(r"<@\w+>", lambda found: named.get(found[0], found[0]), words(place))

    def _check(self, answer: Json) -> bool:
        """Whether Slack took it; it may not, where a message changed under somebody's hand. Raises Stopped."""
        if notice := answer.get("notice"):
            raise Stopped(f"Slack said: {notice}")
        return bool(answer.get("ok"))

    def _filled(self, element: Json, value: Filled) -> Json:
        kind = element["type"]
        name = _VALUES.get(kind, "value")
        if name == "selected_options":
            return {"type": kind, name: [_option(element, one) for one in value]}
        assert isinstance(value, str), "only check boxes take several"
        known: dict[str, Callable[[str], Any]] = {
            "selected_option": lambda text: _option(element, text),
            "selected_user": self._person,
            "selected_channel": lambda text: self._channels[text],
            "selected_conversation": lambda text: self._channels[text],
        }
        return {"type": kind, name: known.get(name, str)(value)}

    def _person(self, name: str) -> str:
        if name not in self._people:
            raise Stopped(f"There is nobody called {name}.")
        return self._people[name]

    async def _place(self, name: str, place: str) -> str:
        if place or name not in self._places:
            state = await self._sandbox.get("state", **{"as": self._person(name)})
            self._channels |= {one["name"]: one["id"] for one in state["channels"] if not one["is_im"]}
            bot = state["app"]["bot_user_id"]
            app = next(one["id"] for one in state["channels"] if one["is_im"] and bot in one["members"])
            if place not in ("", APP, *self._channels):
                raise Stopped(f"{name} sees no channel called {place}.")
            self._places[name] = self._channels.get(place, app)
        return self._places[name]


def _container(place: Json) -> Json:
    if "channel" in place:
        return {"type": "message", "channel": place["channel"], "ts": place["ts"]}
    return {"type": "view", "view_id": place["id"]}


def _option(element: Json, text: str) -> Json:
    for option in element.get("options") or ():
        if option["text"]["text"] == text:
            chosen: Json = option
            return chosen
    raise Stopped(f"{text} is not offered.")
