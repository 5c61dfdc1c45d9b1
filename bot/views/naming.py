"""Which firm is meant, where the end of what was typed may name several, or be part of it: what each click would do."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.actions import fits
from bot.buttons import RunCommand
from bot.surfaces import Message
from bot.views.blocks import Element, actions, button, clip, context, literal, section, short_day
from flows.ports import FirmSummary
from flows.position import Position
from flows.zones import zone_of

FEW = 5
"""Firms with a button each."""

SHOWN = 140
"""Characters of what was typed that are shown again."""


LABEL = 75
"""Characters of a button's label (Slack's limit)."""


def led_by(position: Position) -> str:
    """What tells a firm from another of its name: `Eve Evans leads it, since Nov 3, 2026`. Plain text."""
    leads = [member.name for member in position.members.values() if member.role == "lead" and member.name]
    who = f"{clip(leads[0], 30)} leads it" if leads else ""
    zone = zone_of(position.time_zone)
    since = f"since {short_day(position.set_up_at.astimezone(zone).date())}" if position.set_up_at else ""
    return ", ".join(filter(None, (who, since)))


def known_as(firm: FirmSummary, longest: int = LABEL) -> str:
    """A firm's name where one is chosen, with what tells it apart. Plain text, not longer than this."""
    return f"{clip(firm.name, longest - len(firm.apart) - 3)} ({firm.apart})" if firm.apart else firm.name


@dataclass(frozen=True, slots=True)
class Way:
    """One way to read it: the firm's name and id, the command as it reads then, and as its button carries it."""

    name: str
    reads: str
    firm: str
    carried: str
    shared: bool = False
    """Another firm has the same name."""

    @property
    def button(self) -> RunCommand:
        """What its button carries."""
        return RunCommand(firm=self.firm, words=self.carried, as_typed=True)


def which(said: str, firms: Sequence[Way], as_typed: Way | None = None) -> Message:
    """`said` is what may name one of these firms. `as_typed`: the whole as a part of what was typed, without a name."""
    asked = f"{_asked(said, firms, as_typed)} Nothing was done yet."
    shown = firms[:FEW]
    lines = [f"• *{literal(way.name)}*: {_typed(way.reads)}" for way in shown]
    ways: list[Element] = [
        button(way.name, way.button, says=f"{way.name}: {way.reads}") for way in shown if fits(way.button)
    ]
    if as_typed:
        whose = f"*{literal(as_typed.name)}*, as typed" if as_typed.name else "As typed"
        lines.append(f"• {whose}: {_typed(as_typed.reads)}")
        if fits(as_typed.button):
            ways.append(button("As typed", as_typed.button, says=f"As typed: {as_typed.reads}"))
    blocks = [section("\n".join([asked, *lines]))]
    if ways:
        blocks.append(actions(*ways))
    if hint := _hint(len(firms) - len(shown), fit=len(ways) == len(lines)):
        blocks.append(context(hint))
    return Message(f"{asked} {', '.join(literal(way.name) for way in shown)}".strip(), blocks)


def _asked(said: str, firms: Sequence[Way], as_typed: Way | None) -> str:
    quoted = f"“{literal(clip(said, 60))}”"
    if len(firms) == 1:
        return f"Does {quoted} name the firm *{literal(firms[0].name)}*, or is it part of what you wrote?"
    if as_typed:
        return f"Does {quoted} name one of {len(firms)} firms whose names begin so, or is it part of what you wrote?"
    if all(way.shared for way in firms):
        return f"Which firm do you mean by {quoted}? {len(firms)} firms bear that name."
    return f"Which firm do you mean by {quoted}? The names of {len(firms)} begin so."


def _typed(reads: str) -> str:
    return f"`{literal(clip(' '.join(reads.split()), SHOWN))}`"


def _hint(more: int, *, fit: bool) -> str:
    said = [f"{more} more begin so: type more of the name." if more > 0 else ""]
    if not fit:
        said.append("What you typed is too long for a button: type it again, with the firm's whole name at the end.")
    return " ".join(filter(None, said))
