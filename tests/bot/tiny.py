"""A few listeners, small enough to read, for tests of the front of the bot."""

import asyncio
from typing import Any

from bot.actions import Carried, action_id, pack
from bot.router import Heard, Router
from bot.surfaces import (
    Answer,
    FieldErrors,
    Home,
    Message,
    Modal,
    Open,
    Options,
    Prompts,
    Publish,
    Quiet,
    Replace,
    Say,
    Swap,
)
from bot.typed import words
from bot.views.blocks import section, table
from flows.firms import Refusal
from flows.services import Services


class Press(Carried, frozen=True):
    verb = "tiny.press"

    what: str = ""


class Pick(Carried, frozen=True):
    verb = "tiny.pick"


class Form(Carried, frozen=True):
    verb = "tiny.form"

    what: str = ""


class More(Carried, frozen=True):
    verb = "tiny.more"


def button(label: str, what: str, nth: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "type": "button",
        "text": {"type": "plain_text", "text": label},
        "action_id": action_id(Press, nth),
        "value": pack(Press(what=what, **more)),
    }


LABELS = {
    "replace": "Replace",
    "say": "Say",
    "open": "Open",
    "refuse": "Refuse",
    "stale": "Stale",
    "break": "Break",
    "slow": "Slow",
    "stuck": "Stick",
}


def card(text: str) -> Message:
    buttons = [button(label, what, n) for n, (what, label) in enumerate(LABELS.items())]
    return Message(
        text,
        [
            {"type": "section", "text": {"type": "mrkdwn", "text": text}},
            {"type": "actions", "elements": buttons},
            {
                "type": "actions",
                "block_id": pack(Pick()),
                "elements": [
                    {
                        "type": "datepicker",
                        "action_id": Pick.verb,
                        "placeholder": {"type": "plain_text", "text": "Day"},
                    }
                ],
            },
        ],
    )


def field(block_id: str = "name") -> dict[str, Any]:
    return {
        "type": "input",
        "block_id": block_id,
        "label": {"type": "plain_text", "text": "Name"},
        "element": {"type": "plain_text_input", "action_id": "typed"},
    }


def modal(what: str, *blocks: dict[str, Any]) -> Modal:
    shown = blocks or (field(), {"type": "actions", "elements": [button("Push", "open"), button("Turn", "swap", 1)]})
    return Modal("A form", shown, Form(what=what), submit="Send")


async def show_card(heard: Heard, services: Services) -> Answer:
    return Say(card(f"{heard.who.name} said {heard.words!r}, direct {heard.direct}, cause {bool(heard.cause)}"))


async def pressed(heard: Heard, carried: Press, services: Services) -> Answer:
    match carried.what:
        case "replace":
            return Replace(card("The card was replaced"))
        case "open":
            return Open(modal("plain"))
        case "swap":
            return Swap(modal("swapped", field("name")))
        case "refuse":
            raise Refusal("That cannot be done now.")
        case "stale":
            raise Refusal("This card is out of date.", kind="stale")
        case "break":
            raise RuntimeError("secret detail")
        case "table":
            return Replace(Message("One cell", [table([["One"]], wrapped=())]))
        case "slow":
            await asyncio.sleep(0.5)
            return Replace(Message("Slow but sure"))
        case "stuck":
            await asyncio.sleep(3600)
    return Say(Message(f"Pressed {carried.what}"))


async def picked(heard: Heard, carried: Pick, services: Services) -> Answer:
    return Replace(Message(f"Picked {heard.chosen}"))


async def sent(heard: Heard, carried: Form, services: Services) -> Answer:
    match heard.value("name"):
        case "wrong":
            return FieldErrors({"name": "Not *that* one."})
        case "refuse":
            raise Refusal("No such name: `2 * 3 * 4` is none.")
        case "break":
            raise RuntimeError("secret detail")
        case "swap":
            return Swap(modal("swapped"))
        case "push":
            return Open(modal("pushed"))
        case "say":
            return Say(Message("Said after sending"))
        case "quiet":
            return Quiet()
        case "stuck":
            await asyncio.sleep(3600)
    return Replace(Message(f"Sent {heard.value('name')}, carried {carried.what}"))


async def home(heard: Heard, services: Services) -> Answer:
    ways = [button("Press", "home"), button("Turn", "replace", 1), button("Tabulate", "table", 2)]
    ways.append(button("Stick", "stuck", 3))
    note = [section(heard.value("note"))] if heard.value("note") else []
    return Publish(Home([*note, {"type": "actions", "elements": ways}]))


async def messages_tab(heard: Heard, services: Services) -> Answer:
    return Prompts([("What next?", "next")])


async def choices(heard: Heard, services: Services) -> Answer:
    return Options([(heard.words, "1")])


async def unknown(heard: Heard, services: Services) -> Answer:
    return Say(Message(f"Unknown {heard.words!r}, near {words.near(heard.words, ['card', 'broken', 'slow'])}"))


async def broken(heard: Heard, services: Services) -> Answer:
    raise RuntimeError("secret detail")


async def slow(heard: Heard, services: Services) -> Answer:
    await asyncio.sleep(0.5)
    return Say(Message("Slow but sure"))


async def stuck(heard: Heard, services: Services) -> Answer:
    """As while the database is away."""
    await asyncio.sleep(3600)
    return Say(Message("An hour later"))


async def a_form(heard: Heard, services: Services) -> Answer:
    return Open(modal("from words"))


async def needs_firm(heard: Heard, services: Services) -> Answer:
    return Say(Message(f"{heard.firm.name}: {heard.words}"))


async def firm_pressed(heard: Heard, carried: More, services: Services) -> Answer:
    return Replace(Message(f"{heard.firm.name} it is"))


def tiny_router() -> Router:
    router = Router()
    router.command("", "card", firm=False)(show_card)
    router.command("broken", firm=False)(broken)
    router.command("slow", firm=False)(slow)
    router.command("stuck", firm=False)(stuck)
    router.command("form", firm=False)(a_form)
    router.command("firmly")(needs_firm)
    router.action(Press, firm=False)(pressed)
    router.action(Pick, firm=False)(picked)
    router.action(More)(firm_pressed)
    router.submit(Form, firm=False)(sent)
    router.shortcut("save_evidence", firm=False)(a_form)
    router.event("app_home_opened")(home)
    router.event("messages_tab_opened")(messages_tab)
    router.choices(Pick, firm=False)(choices)
    router.fallback("unknown")(unknown)
    return router
