"""A second pair of eyes: which finished tasks somebody else looks at, who may, and what they say.

It does not hold the walk up: what is done counts as done, and is to be reviewed beside it. Questions are not reviewed:
an answer is the firm's, and the one that ends the roadmap has a second person who attests to it.
"""

from collections.abc import Iterable, Mapping

import msgspec

from flows import events as e
from flows import guard
from flows.events import AnyEvent
from flows.firms import RANK, Person, Refusal, require, role_of
from flows.position import Approval, Position, ReviewRule, TaskRecord
from flows.progress import find
from flows.roadmap import Pack, Task
from flows.walk import Item, walk

EVERYTHING = "all"
MOST_RULES = 12


class Review(msgspec.Struct, frozen=True):
    """A finished task that somebody else looks at, or has looked at; `rule` None where none asks for it any more."""

    item: Item
    record: TaskRecord
    rule: ReviewRule | None
    approval: Approval | None

    @property
    def pending(self) -> bool:
        """Whether somebody has yet to look at it."""
        return self.rule is not None and self.approval is None


# --- what is to be reviewed, and by whom -------------------------------------------------------------------------


def of_item(position: Position, item: Item) -> Review | None:
    """The review of a task as it was finished last; None where it needs none and had none.

    An undo that takes it back and another that brings it back make it new: an approval from before does not count.
    """
    if not position.review_rules and not position.approvals:
        return None
    record = item.record
    if record is None or item.state not in ("done", "set_aside") or record.state != item.state:
        return None
    rule = _rule_for(position, item.task, record)
    approval = position.approvals.get(item.key)
    if approval and not approval_stands(position, item.key, approval):
        approval = None
    return Review(item, record, rule, approval) if rule or approval else None


def approval_stands(position: Position, key: str, approval: Approval) -> bool:
    """Whether it is of the task as it was finished last, and the task was not taken back and brought back since."""
    record, undone_at = position.tasks.get(key), position.changed_at.get(f"task {key}")
    return record is not None and approval.of == record.sequence and not (undone_at and undone_at > approval.at)


def _rule_for(position: Position, task: Task, record: TaskRecord) -> ReviewRule | None:
    """The narrowest rule that was there when the task was finished: what was done before is left in peace."""
    if task.kind == "question":
        return None
    scopes = (f"task {task.id}", f"step {task.part}", f"step {task.step}", EVERYTHING)
    rules = (position.review_rules.get(scope) for scope in scopes)
    return next((rule for rule in rules if rule and rule.since < record.sequence), None)


def pending(position: Position, items: Iterable[Item]) -> tuple[Review, ...]:
    """What somebody has yet to look at, in the order of the walk."""
    found = (of_item(position, item) for item in items)
    return tuple(review for review in found if review and review.pending)


def reviewers(position: Position, review: Review) -> tuple[str, ...]:
    """Who is asked: the one who is named, else the other leads, else the other members; never who finished it."""
    others = [m for m in position.members.values() if m.role != "viewer" and m.person != review.record.by]
    if review.rule and any(m.person == review.rule.reviewer for m in others):
        return (review.rule.reviewer,)
    return tuple(m.person for m in [m for m in others if m.role == "lead"] or others)


def may_review(position: Position, review: Review, who: Person) -> bool:
    """Whether this person may say something about it."""
    role = role_of(position, who)
    if role is None or RANK[role] < RANK["member"] or who.id == review.record.by:
        return False
    asked = reviewers(position, review)
    named = review.rule.reviewer if review.rule else ""
    return who.id in asked or asked != (named,)


def asked(pack: Pack, position: Position) -> Mapping[tuple[str, int], tuple[str, ...]]:
    """By the task's key and the event that finished it: who is asked to look at it."""
    if not position.review_rules:
        return {}
    found = pending(position, walk(pack, position).items)
    return {(r.item.key, r.record.sequence): reviewers(position, r) for r in found}


# --- deciding ----------------------------------------------------------------------------------------------------


def approve(pack: Pack, position: Position, who: Person, key: str, *, of: int) -> list[AnyEvent]:
    """It is as it should be. `of` is the event that finished the task; nothing new where that is not the last one."""
    require(position, who, "member")
    review = _to_review(pack, position, who, key, of)
    return [e.TaskApproved(task=key, of=of, doer=review.record.by)] if review else []


def send_back(
    pack: Pack, position: Position, who: Person, key: str, *, of: int, reason: str, ticket: bool = False
) -> list[AnyEvent]:
    """It is open again, with the reason; what was recorded of it stays in the history."""
    require(position, who, "member")
    guard.check([reason], ticket=ticket)
    review = _to_review(pack, position, who, key, of)
    if review and not reason.strip():
        raise Refusal("Say what is missing, so that it can be mended.")
    return [e.TaskSentBack(task=key, of=of, doer=review.record.by, reason=reason.strip())] if review else []


def _to_review(pack: Pack, position: Position, who: Person, key: str, of: int) -> Review | None:
    review = of_item(position, find(pack, position, key))
    if review is None or not review.pending or review.record.sequence != of:
        return None
    if who.id == review.record.by:
        raise Refusal("You recorded this yourself, so that somebody else looks at it. Nothing was changed.")
    if not may_review(position, review, who):
        named = position.members[reviewers(position, review)[0]].name
        raise Refusal(f"{named} is named to look at this. Nothing was changed. A lead can change that: `/cais review`.")
    return review


def ask_for(
    pack: Pack, position: Position, who: Person, scope: str, reviewer: Person | None, *, seen: int | None = None
) -> list[AnyEvent]:
    """What is finished in this scope from now on needs a second pair of eyes: this person's, or any other member's."""
    require(position, who, "lead")
    must_be_a_scope(pack, scope)
    kept = position.review_rules.get(scope)
    if kept and seen is not None and kept.sequence > seen:
        return []
    name = _must_be_able_to_review(position, reviewer) if reviewer else ""
    if sum(1 for m in position.members.values() if m.role != "viewer") < 2:
        raise Refusal(
            "There is nobody else in the firm who could look at it. Add a member first: `/cais firm members`."
        )
    if kept is None and len(position.review_rules) >= MOST_RULES:
        raise Refusal(f"{MOST_RULES} rules are the most. Take one off, or ask for every task.")
    event = e.ReviewSet(scope=scope, reviewer=reviewer.id if reviewer else "", name=name)
    return [] if kept and (kept.reviewer, kept.name) == (event.reviewer, event.name) else [event]


def ask_no_more(position: Position, who: Person, scope: str) -> list[AnyEvent]:
    """Nothing in this scope needs a second pair of eyes any more; what was said of it stays."""
    require(position, who, "lead")
    return [e.ReviewCleared(scope=scope)] if scope in position.review_rules else []


def must_be_a_scope(pack: Pack, scope: str) -> None:
    """Raises Refusal unless it is everything, a step or part with tasks in it, or a task that is no question."""
    kind, _, name = scope.partition(" ")
    tasks = [t for t in pack.tasks.values() if t.kind != "question"]
    within = {"step": {x for t in tasks for x in (t.step, t.part)}, "task": {t.id for t in tasks}}
    if scope != EVERYTHING and name not in within.get(kind, ()):
        raise Refusal("There is no task in that which could be reviewed. An answer has a second attester instead.")


def _must_be_able_to_review(position: Position, reviewer: Person) -> str:
    member = position.members.get(reviewer.id)
    if member is None or member.role == "viewer":
        named = reviewer.name or (member.name if member else "") or "That person"
        raise Refusal(
            f"{named} is no member or lead of {position.name}, and only those may review. Nothing was changed."
        )
    return reviewer.name or member.name
