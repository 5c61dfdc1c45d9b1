"""How people in a test walk: a firm to begin with, the first steps, and on to the end by the buttons they see."""

from typing import Any

from flows.events import FirmKey, Record
from flows.firms import Person
from flows.position import Position
from flows.services import Act, Services
from tests.bot.conversing import BEN, Json, Slack, Someone, elements, labels, words_of

TENANT = "-/T0SANDBOX"
BEN_COLE = Person(f"slack:{TENANT}/{BEN}", "Ben Cole")
FIRM = "Apex Securities"


async def firm_of_ben(services: Services, name: str = FIRM, **said: Any) -> FirmKey:
    """A firm that Ben leads, set up without a conversation."""
    given = {"name": name, "situation": "new", "precheck": "yes", **said}
    result = await services.set_up(TENANT, Act(BEN_COLE, "modal", f"set-up-{name}"), **given)
    return result.position.key


async def add_lea(services: Services, key: FirmKey, user: str) -> None:
    """One more member."""
    member = Person(f"slack:{TENANT}/{user}", "Lea Haddad")
    await services.set_member(key, Act(BEN_COLE, "modal", f"member-{user}"), member, "member")


async def position(services: Services, key: FirmKey) -> Position:
    """Where the firm is."""
    return await services.position(key, BEN_COLE)


async def history(services: Services, key: FirmKey) -> list[Record]:
    """Everything recorded."""
    return list(await services.history(key, BEN_COLE))


async def choose(someone: Someone, *methods: str, agents: str = "") -> None:
    """Answers step 4 in its modal."""
    await someone.presses("Choose…")
    answer = await someone.submits({"choice": list(methods), "agents": agents})
    assert answer["ok"], answer


async def to_step_four(slack: Slack) -> Someone:
    """Steps 1 to 3, by the buttons: the duty, already registered, the SAA alone in the test portal."""
    ben = slack.ben
    await ben.types("/cais next")
    for label in ("Yes", "Already registered", "Done", "SAA only"):
        await ben.presses(label, on=ben.last)
    return ben


FINISHING = (
    "Done",
    "SAA only",
    "No new request needed",
    "Relationship ended",
    "FDIDs stay the same",
    "Nothing to amend",
)


async def walk_on(someone: Someone, stop: str = "", most: int = 60) -> list[str]:
    """Presses whatever finishes the task on the card until `stop` is in the card or no card is left.

    Returns the cards' sentences, in order.
    """
    seen: list[str] = []
    for _ in range(most):
        card = someone.last
        offered = set(labels(card))
        finish = next((label for label in FINISHING if label in offered), None)
        if finish is None or (stop and stop in words_of(card)):
            return seen
        seen.append(str(card["text"]))
        await someone.presses(finish, on=card)
    raise AssertionError(f"no end after {most} cards: {seen}")


def header_of(message: Json) -> str:
    """The message's headline."""
    return next(str(b["text"]["text"]) for b in message["blocks"] if b["type"] == "header")


def button(message: Json, label: str) -> Json:
    """The first element with this label."""
    return next(e for _, e in elements(message) if e.get("text", {}).get("text") == label)
