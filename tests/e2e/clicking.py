"""People who go on clicking whatever happens to the bot, and remember what Slack got an acknowledgement for."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable

from bot.front.hearing import hear
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.wire import SlackError
from tests.bot.conversing import Json, as_state, elements, labels, words_of
from tests.e2e.walking import ANSWERS, title

IN_TIME = 2.0
"""Seconds. An ack that comes later may be the one that only says "this takes longer than usual"."""


class Clicker:
    """Somebody at one card. `causes` are what his acts are called in the history: True where Slack got the ack."""

    def __init__(self, sandbox: Sandbox, user: str, channel: str, chance: random.Random) -> None:
        self.user = user
        self.causes: dict[str, bool] = {}
        self.typed: list[str] = []
        self.last_click: Json | None = None
        self.chance = chance
        self._sandbox, self._channel = sandbox, channel
        self._looked = False

    async def go_on(self, act: Callable[["Clicker"], Awaitable[None]], up: asyncio.Event, over: asyncio.Event) -> None:
        """Acts again and again while the bot is up; looks at the card anew after anything went wrong."""
        while not over.is_set():
            await up.wait()
            try:
                if not self._looked:
                    self._looked = await self._look()
                if self._looked:
                    await act(self)
            except (LookupError, SlackError, TimeoutError):
                self._looked = False
            if not self._looked:
                await asyncio.sleep(0.01)
            if not up.is_set():
                self._looked = False

    async def _look(self) -> bool:
        for view in self._sandbox.modals(self.user):
            await self._sandbox.close_view(self.user, view, everything=True)
        return await self.command("/cais next", records=False)

    @property
    def card(self) -> Json:
        """The newest message."""
        return self._sandbox.messages(self.user, self._channel)[-1]

    async def command(self, text: str, *, records: bool = True) -> bool:
        """Types a command; whether it was acknowledged."""
        return await self._keep(self._sandbox.say(self.user, self._channel, text), records)

    async def press(self, label: str, *, records: bool = True) -> None:
        """Presses a button of the card and waits for what it brings.

        Raises TimeoutError where that never comes, LookupError where the card has no such button.
        """
        card, windows = self.card, len(self._sandbox.modals(self.user))
        pressed = next((e for _, e in elements(card) if e.get("text", {}).get("text") == label), None)
        if pressed is None:
            raise LookupError(label)
        if not await self._keep(
            self._sandbox.click(self.user, card, pressed["action_id"], _block(card, pressed)), records
        ):
            raise TimeoutError
        self.last_click = self._last_sent() if records else self.last_click
        await self._sandbox.until(lambda: self.card != card or len(self._sandbox.modals(self.user)) > windows, 1)

    async def set_up(self, firm: str) -> None:
        """From the invitation on the card to a firm."""
        await self.press("Set up your firm", records=False)
        await self._fill_in(self._sandbox.modals(self.user)[-1], {"name": firm, "precheck": "yes"})

    async def write_note(self, text: str) -> None:
        """Adds a note to the card's task by its window."""
        await self.press("Add note", records=False)
        view = self._sandbox.modals(self.user)[-1]
        self.typed.append(text)
        await self._fill_in(view, {"text": text})

    async def _fill_in(self, view: Json, fields: Json) -> None:
        inputs = {block["block_id"]: block["element"] for block in view["blocks"] if "element" in block}
        values = {name: {inputs[name]["action_id"]: as_state(inputs[name], value)} for name, value in fields.items()}
        if not await self._keep(self._sandbox.submit(self.user, view, values), True):
            raise TimeoutError

    async def _keep(self, act: Awaitable[Json], records: bool) -> bool:
        began = time.monotonic()
        told = await act
        in_time = bool(told["ok"]) and time.monotonic() - began < IN_TIME
        if records:
            self.causes[cause_of(self._last_sent())] = in_time
        return in_time

    def _last_sent(self) -> Json:
        mine = (s for s in reversed(self._sandbox.slack.traffic.sent) if s["kind"] != "events_api")
        return next(s["payload"] for s in mine if _by(s["payload"]) == self.user)


class Typist:
    """Somebody who types notes in the DM and waits for no answer longer than the bot lives."""

    def __init__(self, sandbox: Sandbox, user: str) -> None:
        self.user, self.typed = user, list[str]()
        self._sandbox, self._dm = sandbox, sandbox.dm(user)

    async def go_on(self, up: asyncio.Event, over: asyncio.Event) -> None:
        """Types one after the other while the bot is up."""
        while not over.is_set():
            await up.wait()
            await self.type_one()

    async def type_one(self, patience: float = 0.5) -> None:
        """One more note, and at most so many seconds for its answer."""
        text = f"typed in the DM by {self.user}, {len(self.typed):04}"
        self.typed.append(text)
        before = len(self.answers)
        await self._sandbox.say(self.user, self._dm, f"note {text}")
        await self._sandbox.slack.changes.until(self._more_than(before), patience)

    def _more_than(self, answers: int) -> Callable[[], bool]:
        return lambda: len(self.answers) > answers

    @property
    def answers(self) -> list[str]:
        """What each reply in the DM answers: the id of the event."""
        said = self._sandbox.messages(self.user, self._dm)
        return [_payload(message)["cause"] for message in said if "cause" in _payload(message)]

    async def repeat_last(self) -> None:
        """Slack sends the last event once more, with the same id."""
        told = [s["payload"] for s in self._sandbox.slack.traffic.sent if s["kind"] == "events_api"]
        last = next(envelope for envelope in reversed(told) if envelope["event"].get("user") == self.user)
        await self._sandbox.send_event(last["event"], last["event_id"])


def _payload(message: Json) -> Json:
    return (message.get("metadata") or {}).get("event_payload") or {}


def _by(payload: Json) -> str:
    return str(payload["user_id"] if "command" in payload else payload["user"]["id"])


def cause_of(payload: Json) -> str:
    """What a command, click or form is called in the history."""
    if "command" in payload:
        return f"command:{payload['trigger_id']}"
    if payload["type"] == "view_submission":
        heard = hear(payload, "")
        assert heard is not None
        return heard.cause
    return f"action:{payload['trigger_id']}"


def _block(card: Json, wanted: Json) -> str:
    return str(next(block["block_id"] for block, element in elements(card) if element is wanted))


async def walk_on(person: Clicker) -> None:
    """The next click along the roadmap, or now and then an undo; from the end it begins again."""
    card = person.card
    if not title(card):
        await person.command("/cais reopen s2 checked once more")
        raise LookupError("the end has no buttons for this")
    if "*Recorded:*" in words_of(card) and "Undo" in labels(card) and person.chance.random() < 0.3:
        await person.press("Undo")
    else:
        await person.press(ANSWERS.get(title(card), "Done"))


async def write_on(person: Clicker) -> None:
    """One more note, by the window of the card."""
    await person.write_note(f"written by {person.user}, {len(person.typed):04}")
