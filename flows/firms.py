"""Firms and their members: who may do what."""

import msgspec

from flows.events import RoleName
from flows.position import Position


class Refusal(Exception):
    """A polite no. The sentence is what the person reads; nothing was changed."""

    def __init__(self, sentence: str, *, kind: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.kind = kind
        """Empty, or `foreign`, `rights`, `stale`, `guard`, `hold`, `reason`: what a chat adapter may answer by."""


NO_FIRM = Refusal("That firm is not here any more. Use `/cais firm list` to see yours.", kind="foreign")


class Person(msgspec.Struct, frozen=True):
    """Somebody who acts. `id` is opaque (`slack:E1/T1/U1`, `-` where there is none); `name` as it was then."""

    id: str
    name: str
    admin: bool = False
    """A workspace admin: whom Slack calls an admin or owner."""


RANK: dict[RoleName, int] = {"viewer": 0, "member": 1, "lead": 2}


def role_of(position: Position, who: Person) -> RoleName | None:
    """The person's role in this firm, None where there is none; a workspace admin has a lead's, member or not."""
    member = position.members.get(who.id)
    if member:
        return "lead" if who.admin else member.role
    return "lead" if who.admin else None


def require(position: Position, who: Person, role: RoleName) -> None:
    """Raises Refusal unless this person has at least this role in this firm."""
    held = role_of(position, who)
    if held is None:
        raise Refusal("You are not a member of this firm. Nothing was changed. Its lead can add you.", kind="foreign")
    if RANK[held] < RANK[role]:
        needed = "a lead" if role == "lead" else "a member or a lead"
        raise Refusal(
            f"Only {needed} of {position.name} can do that; you are a {held}. Nothing was changed. "
            "A lead can give you another role.",
            kind="rights",
        )


def must_exist(position: Position) -> None:
    """Raises Refusal where the firm was never set up, or was deleted meanwhile: to an admin any firm is in reach."""
    if not position.version:
        raise NO_FIRM
