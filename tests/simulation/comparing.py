"""What was sent beside what ought to have been."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from tests.simulation.script import Message

LATER = timedelta(minutes=15)
"""By so much a message may come later than it is due, where something went wrong on the way."""


def differences(found: Sequence[Message], wanted: Sequence[Message], late: timedelta = LATER) -> list[str]:
    """What is missing (-) and what ought not to be there (+), a line for each message."""
    left: dict[str, list[Message]] = defaultdict(list)
    for message in sorted(found, key=lambda m: m.at):
        left[message.person].append(message)
    said: list[str] = []
    for message in sorted(wanted, key=lambda m: m.at):
        same = next((f for f in left[message.person] if _same(f, message, late)), None)
        if same:
            left[message.person].remove(same)
        else:
            said.append(f"- {_line(message)}")
    said += [f"+ {_line(message)}" for messages in left.values() for message in messages]
    return sorted(said, key=lambda line: line[2:])


def _line(message: Message) -> str:
    return f"{message.at:%Y-%m-%d %H:%M:%S} {message.person} {sorted(message.items)}"


def _same(found: Message, wanted: Message, late: timedelta) -> bool:
    return found.items == wanted.items and timedelta(0) <= found.at - wanted.at <= late
