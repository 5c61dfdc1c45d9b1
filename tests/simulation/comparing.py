"""What was sent beside what ought to have been."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.delivery.rounds import LEASE
from tests.simulation.script import Message

LATER = timedelta(minutes=10)
"""By so much a message may come later than it is due, where something went wrong on the way."""

A_DEATH = timedelta(seconds=LEASE + 60)
"""By so much more for each process that died meanwhile: what it had in hand waits for its lease to end."""


def differences(
    found: Sequence[Message], wanted: Sequence[Message], late: timedelta = LATER, died_at: Sequence[datetime] = ()
) -> list[str]:
    """What is missing (-) and what ought not to be there (+), a line for each message."""
    left: dict[str, list[Message]] = defaultdict(list)
    for message in sorted(found, key=lambda m: m.at):
        left[message.person].append(message)
    said: list[str] = []
    for message in sorted(wanted, key=lambda m: m.at):
        same = next((f for f in left[message.person] if _same(f, message, late, died_at)), None)
        if same:
            left[message.person].remove(same)
        else:
            said.append(f"- {_line(message)}")
    said += [f"+ {_line(message)}" for messages in left.values() for message in messages]
    return sorted(said, key=lambda line: line[2:])


def _line(message: Message) -> str:
    return f"{message.at:%Y-%m-%d %H:%M:%S} {message.person} {sorted(message.items)}"


def _same(found: Message, wanted: Message, late: timedelta, died_at: Sequence[datetime]) -> bool:
    if found.items != wanted.items or found.at < wanted.at:
        return False
    deaths = sum(wanted.at <= at <= found.at for at in died_at)
    return found.at - wanted.at <= late + deaths * A_DEATH
