"""What a firm keeps of the supervision of one agent, as plain fields, and each of them in words."""

from collections.abc import Iterator
from datetime import date
from typing import Literal

import msgspec

Said = Literal["", "yes", "no"]
"""Empty: nobody has said so far."""


class AgentFile(msgspec.Struct, frozen=True, omit_defaults=True):
    """A supervision file. Contact data is what the firm typed, nothing more."""

    agreement: Said = ""
    """Whether the written agreement is on hand."""
    place: str = ""
    """Where it is kept."""
    agreed_on: date | None = None
    repairs: str = ""
    """Who repairs errors."""
    contact: str = ""
    mail: str = ""
    phone: str = ""
    certified: Said = ""
    """Whether the agent has certified for CAIS production, the only environment the roadmap has a certification for."""
    certified_on: date | None = None
    note: str = ""


def in_words(file: AgentFile) -> tuple[str, ...]:
    """What a file says, each a few words that can stand in a list."""
    return tuple(_said(file))


def _said(file: AgentFile) -> Iterator[str]:
    if file.agreement:
        more = ", ".join(x for x in (file.place, _since(file.agreed_on)) if x)
        yield ("agreement on hand" if file.agreement == "yes" else "agreement not on hand") + (
            f" ({more})" if more else ""
        )
    if file.repairs:
        yield f"who repairs errors: {file.repairs}"
    if reached := ", ".join(x for x in (file.contact, file.mail, file.phone) if x):
        yield f"contact {reached}"
    if file.certified == "yes":
        yield " ".join(x for x in ("certified for CAIS production", _since(file.certified_on)) if x)
    elif file.certified:
        yield "not yet certified for CAIS production"
    if file.note:
        yield f"note: {file.note}"


def _since(day: date | None) -> str:
    return f"since {day:%b} {day.day}, {day.year}" if day else ""
