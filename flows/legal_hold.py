"""Deciding about a legal hold: while one stands, nothing that a firm keeps can be removed."""

from flows import events as e
from flows import guard
from flows.events import AnyEvent
from flows.firms import Person, Refusal, require
from flows.position import Hold, Position
from flows.time_words import day
from flows.zones import zone_of

LONGEST_REASON = 500

WHY = "Say why, like the matter it is for. It stands in the history and in whatever the hold refuses."


def set_hold(position: Position, who: Person, reason: str, *, ticket: bool = False) -> list[AnyEvent]:
    """From now on nothing can be removed. Raises Refusal where one stands already, since its reason would be lost."""
    require(position, who, "lead")
    clean = _reason(reason, ticket=ticket)
    if position.hold:
        raise Refusal(
            f"{said(position)} Nothing was changed. To add another matter, keep it with `/cais note`, so that whoever "
            "lifts the hold reads it."
        )
    return [e.HoldSet(reason=clean)]


def lift_hold(position: Position, who: Person, reason: str, *, ticket: bool = False) -> list[AnyEvent]:
    """Things can be removed again. Nothing where no hold stands."""
    require(position, who, "lead")
    if position.hold is None:
        return []
    return [e.HoldLifted(reason=_reason(reason, ticket=ticket))]


def may_remove(position: Position) -> None:
    """Raises Refusal of kind `hold` while a legal hold stands: who set it, when and why."""
    if position.hold:
        raise Refusal(
            f"{said(position)} Nothing that the firm keeps can be removed until a lead lifts it (`/cais hold`). "
            "Nothing was changed.",
            kind="hold",
        )


def said(position: Position) -> str:
    """The hold that stands, as a sentence; empty where none does."""
    if position.hold is None:
        return ""
    return f"{position.name} is under a legal hold, {in_words(position.hold, position.time_zone)}."


def in_words(hold: Hold, time_zone: str) -> str:
    """`set by Lea Haddad on Nov 23, 2026: “SEC inquiry”`."""
    on = day(hold.at.astimezone(zone_of(time_zone)).date())
    return f"set by {hold.by_name or 'somebody'} on {on}: “{hold.reason}”"


def _reason(reason: str, *, ticket: bool) -> str:
    clean = " ".join(reason.split())
    if not clean:
        raise Refusal(WHY, kind="reason")
    if len(clean) > LONGEST_REASON:
        raise Refusal(f"A reason may have {LONGEST_REASON} characters at most.", kind="reason")
    guard.check([clean], ticket=ticket)
    return clean
