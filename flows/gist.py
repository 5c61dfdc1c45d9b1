"""What is kept of a firm beside its snapshot: a few numbers, so that thousands of firms are compared without reading
one. They hold on every day, and what they come to today is worked out when somebody looks."""

from collections.abc import Sequence

import msgspec

from flows.own_dates import due_of
from flows.position import Owner, Position
from flows.roadmap import Pack
from flows.walk import LEFT, Item, walk

FORM = 1
"""Raise it whenever what a gist holds changes: those of another form are made anew."""

AFTER_DATES = 10_000_000
"""Above every day's ordinal: what waits without a date comes after what has one, and everything else after that."""


class Own(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What one person has to do here: how many tasks, and the urgency of the first."""

    person: str
    tasks: int
    first: int


class Gist(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One firm in a few numbers. Days are ordinals of `date`, 0 where there is none."""

    made_by: str
    """The form and the edition it was made with."""
    version: int
    """The firm's version it was made from."""
    zone: str
    ended: bool
    done: int
    total: int
    days: tuple[int, ...]
    """The firm's own dates of tasks that are left, one for each task, the earliest first."""
    target: int
    waits: int
    since: int
    """The first day of the longest wait."""
    unowned: int
    owners: tuple[Own, ...]


def maker(pack: Pack) -> str:
    """What a gist of today's form and edition says of how it was made."""
    return f"{FORM} {pack.edition}"


def gist(pack: Pack, position: Position) -> Gist:
    """The firm in a few numbers."""
    found = walk(pack, position)
    left = [i for i in found.items if i.state in LEFT]
    days = [due.on.toordinal() for i in left if (due := due_of(position, i.task, i.key))]
    waits = [i for i in left if i.state == "waiting"]
    since = [i.record.since.toordinal() for i in waits if i.record and i.record.since]
    return Gist(
        made_by=maker(pack),
        version=position.version,
        zone=position.time_zone,
        ended=found.ended,
        done=found.done,
        total=found.total,
        days=tuple(sorted(days)),
        target=position.target.toordinal() if position.target and not found.ended else 0,
        waits=len(waits),
        since=min(since, default=0),
        unowned=sum(1 for i in left if i.state != "locked" and not owner_of(position, i)),
        owners=tuple(_owners(position, left)),
    )


def owner_of(position: Position, item: Item) -> Owner | None:
    """Who the task belongs to: somebody who is still a member and may act; None where nobody is."""
    owner = position.owners.get(item.key)
    member = position.members.get(owner.person) if owner else None
    return owner if member and member.role != "viewer" else None


def mine(position: Position, items: Sequence[Item], person: str) -> list[Item]:
    """The tasks of this person that can be worked on or followed up, the most urgent first."""
    there = [i for i in items if i.state in ("open", "waiting")]
    own = [i for i in there if (owner := owner_of(position, i)) and owner.person == person]
    return sorted(own, key=lambda i: urgency(position, i))


def urgency(position: Position, item: Item) -> int:
    """What is dated comes first, the earliest first; then what waits, by the day to look again; then the rest."""
    due = due_of(position, item.task, item.key)
    if due:
        return due.on.toordinal()
    if item.state != "waiting" or item.record is None:
        return 2 * AFTER_DATES
    look = item.record.follow_up_on or item.record.since
    return AFTER_DATES + (look.toordinal() if look else 0)


def _owners(position: Position, left: Sequence[Item]) -> list[Own]:
    people = dict.fromkeys(owner.person for i in left if (owner := owner_of(position, i)))
    found = ((person, mine(position, left, person)) for person in people)
    return [Own(person, len(own), urgency(position, own[0])) for person, own in found if own]
