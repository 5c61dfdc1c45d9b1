"""Supervision files, one for each agent: the firm stays responsible for what an agent reports in its name."""

from datetime import date

from flows import events as e
from flows import guard
from flows.agent_file import AgentFile
from flows.events import AnyEvent
from flows.firms import Person, Refusal, require
from flows.position import Position
from flows.progress import must_be_past

LONGEST = 300
LONGEST_NOTE = 1500

ONLY_WITH_AGREEMENT = Refusal(
    "Say first that the agreement is on hand; where it is and since when belong to that. Nothing was changed."
)


def keep(
    position: Position,
    who: Person,
    agent: str,
    file: AgentFile,
    *,
    today: date,
    seen: int | None = None,
    ticket: bool = False,
) -> list[AnyEvent]:
    """The agent's file as it is from now on, also of an agent that was taken off, whose file may need correcting.

    Nothing new where it says so already, or where somebody changed it since the form was drawn.
    """
    require(position, who, "member")
    guard.check(texts(file), ticket=ticket)
    if position.agent(agent) is None:
        raise Refusal("This firm has no such agent. Nothing was changed.", kind="stale")
    kept = position.agent_files.get(agent)
    if kept and seen is not None and kept.sequence > seen:
        return []
    _must_be_whole(file, today)
    if file == (kept.file if kept else AgentFile()):
        return []
    return [e.AgentFileKept(agent=agent, file=file)]


def texts(file: AgentFile) -> list[str]:
    """Everything in it that people typed."""
    return [file.place, file.repairs, file.contact, file.mail, file.phone, file.note]


def _must_be_whole(file: AgentFile, today: date) -> None:
    if any(len(text) > LONGEST for text in texts(file)[:-1]) or len(file.note) > LONGEST_NOTE:
        raise Refusal(f"A field of the file may have {LONGEST} characters, its note {LONGEST_NOTE}.")
    if file.agreement != "yes" and (file.place or file.agreed_on):
        raise ONLY_WITH_AGREEMENT
    if file.agreed_on and file.agreed_on > today:
        raise Refusal("The agreement's day is still to come. Enter the day since when it is there.")
    if file.certified != "yes" and file.certified_on:
        raise Refusal("Say first that the agent has certified; the day belongs to that. Nothing was changed.")
    if file.certified_on:
        must_be_past(file.certified_on, today, "Enter the day on which it was certified.")
