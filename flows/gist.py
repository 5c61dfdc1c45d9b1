"""What is kept of a firm beside its snapshot: a few numbers, so that thousands of firms are compared without reading
one. They hold on every day, and what they come to today is worked out when somebody looks."""

from collections.abc import Sequence
from datetime import date

import msgspec

from flows.own_dates import due_of, next_time, open_since, set_on
from flows.position import Owner, Position
from flows.reviews import Review, pending, reviewers
from flows.roadmap import Pack
from flows.walk import LEFT, Item, walk

FORM = 4
"""Raise it whenever what a gist holds changes: those of another form are made anew."""

AFTER_DATES = 10_000_000
"""Above every day's ordinal: what waits without a date comes after what has one, and everything else after that."""


class Own(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What one person has to do or to review here: how many tasks, and the urgency of the first."""

    person: str
    tasks: int
    first: int


class Yearly(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A date of every year: the day of `date`'s ordinals it was set on, and those that are marked done."""

    month: int
    day: int
    first: int
    done: tuple[int, ...]

    def days(self, today: date) -> tuple[int, ...]:
        """The one that has passed and is not marked done, if there is one, and the next."""
        done = [date.fromordinal(day) for day in self.done]
        passed = open_since(self, date.fromordinal(self.first), done, today)
        coming = next_time(self, today, done).toordinal()
        return (passed.toordinal(), coming) if passed else (coming,)


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
    yearly: tuple[Yearly, ...] = ()


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
        owners=tuple(_owners(position, found.items, left)),
        yearly=tuple(
            Yearly(
                month=kept.month,
                day=kept.day,
                first=set_on(position, kept).toordinal(),
                done=tuple(sorted(day.toordinal() for day in position.recurring_done.get(kept.id, ()))),
            )
            for kept in position.recurring
        ),
    )


def owner_of(position: Position, item: Item) -> Owner | None:
    """Who the task belongs to: somebody who is still a member and may act; None where nobody is."""
    owner = position.owners.get(item.key)
    member = position.members.get(owner.person) if owner else None
    return owner if member and member.role != "viewer" else None


def mine(position: Position, items: Sequence[Item], person: str) -> list[Item]:
    """The tasks of this person, the most urgent first: what can be worked on or followed up, and what has a date.

    What only comes after other tasks is reminded of by its date all the same.
    """
    left = [i for i in items if i.state in LEFT and (i.state != "locked" or due_of(position, i.task, i.key))]
    own = [i for i in left if (owner := owner_of(position, i)) and owner.person == person]
    return sorted(own, key=lambda i: urgency(position, i))


def to_review(position: Position, items: Sequence[Item], person: str) -> list[Review]:
    """What this person is asked to look at, what was finished first comes first."""
    if not position.review_rules:
        return []
    asked = [r for r in pending(position, items) if person in reviewers(position, r)]
    return sorted(asked, key=since_finished)


def since_finished(review: Review) -> int:
    """The urgency of a review: somebody waits for it, as for any other outsider."""
    return AFTER_DATES + review.record.at.toordinal()


def urgency(position: Position, item: Item) -> int:
    """What is dated comes first, the earliest first; then what waits, by the day to look again; then the rest."""
    due = due_of(position, item.task, item.key)
    if due:
        return due.on.toordinal()
    if item.state != "waiting" or item.record is None:
        return 2 * AFTER_DATES
    look = item.record.follow_up_on or item.record.since
    return AFTER_DATES + (look.toordinal() if look else 0)


def _owners(position: Position, items: Sequence[Item], left: Sequence[Item]) -> list[Own]:
    people = dict.fromkeys(owner.person for i in left if (owner := owner_of(position, i)))
    asked = pending(position, items) if position.review_rules else ()
    people |= dict.fromkeys(person for review in asked for person in reviewers(position, review))
    found = (_own(position, items, left, person) for person in people)
    return [own for own in found if own.tasks]


def _own(position: Position, items: Sequence[Item], left: Sequence[Item], person: str) -> Own:
    own, reviews = mine(position, left, person), to_review(position, items, person)
    first = [urgency(position, i) for i in own[:1]] + [since_finished(r) for r in reviews[:1]]
    return Own(person, len(own) + len(reviews), min(first, default=0))
