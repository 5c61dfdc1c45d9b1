"""A firm is taken along the roadmap as a person would: by the labels on the card that stands last."""

import re
from typing import Any

from tests.bot.conversing import Json, Someone, labels, words_of

FIRM = "Apex Securities"
ANSWERS = {
    "Does your firm report events with an FDID?": "Yes",
    "Register for CAIS": "Form submitted",
    "Let your people into the test portal": "Users have access",
    "Let your people into the production portal": "SAA only",
    "Does the new agent need a new certification request?": "No new request needed",
}
"""What is pressed on a card; *Done* on every other."""

CARD = re.compile(r", step (\d) of 6: (.+?)(?:(?<=\?)|\.) ")


async def set_up(someone: Someone, name: str = FIRM, **fields: Any) -> None:
    """From the invitation to the welcome."""
    await someone.types("/cais")
    await someone.presses("Set up your firm")
    answer = await someone.submits({"name": name, "precheck": "yes", **fields})
    assert answer == {"ok": True}


def title(message: Json) -> str:
    """The task whose card this is; empty where it is no card."""
    found = CARD.search(message["text"])
    return found[2] if found else ""


async def choose_methods(someone: Someone, choice: list[str], agents: tuple[str, ...] = ()) -> None:
    """Step 4: how the firm submits, and through whom."""
    await someone.presses("Choose…")
    fields = {"choice": choice, **({"agents": "\n".join(agents)} if agents else {})}
    assert await someone.submits(fields) == {"ok": True}


async def walk_to_the_end(
    someone: Someone, choice: list[str], agents: tuple[str, ...] = (), stop: str = ""
) -> list[str]:
    """Presses what finishes each card until none is left, or that of `stop` comes; the titles in their order."""
    visited = []
    while (task := title(someone.last)) and task != stop:
        visited.append(task)
        assert len(visited) < 60, visited
        if task == "Choose how your data is submitted":
            await choose_methods(someone, choice, agents)
        else:
            await someone.presses(ANSWERS.get(task, "Done"))
        assert "Recorded" in words_of(someone.last), (task, someone.last["text"])
        assert "Undo" in labels(someone.last)
    return visited


async def add_member(lead: Someone, user: str, role: str = "member") -> None:
    """The lead adds somebody to the firm."""
    await lead.types("/cais firm members")
    await lead.presses("Add or change a member")
    assert await lead.submits({"person": user, "role": role}) == {"ok": True}
