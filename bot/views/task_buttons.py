"""The buttons on a task's card, and those of them that stand elsewhere too."""

from collections.abc import Callable
from typing import Any, NamedTuple

from bot.actions import Carried
from bot.buttons import (
    ApproveTask,
    CompleteTask,
    EndWait,
    GiveAnswer,
    OpenAnswer,
    OpenAsk,
    OpenAssign,
    OpenDate,
    OpenEarlier,
    OpenEvidence,
    OpenNote,
    OpenReopen,
    OpenSendBack,
    OpenSetAside,
    OpenWaiting,
    ShowAgents,
    ShowNext,
    ShowTask,
    UndoChange,
)
from bot.views.blocks import BlankRow, Element, button
from flows.own_dates import OPEN
from flows.roadmap import Option, Pack, Task
from flows.walk import Item, State

Carry = Callable[..., Carried]
"""Makes what a button carries: `scene.carry`, or `blank` for a row that is filled in later."""


def blank(kind: type[Carried], **fields: Any) -> Carried:
    """What a button carries but for the firm and its version."""
    return kind(**fields)


class Shown(NamedTuple):
    """All that the buttons of a card depend on, but for the firm and its version, which every button carries."""

    task: str
    key: str
    title: str
    state: State
    looking_back: bool
    """Whether it may well have been done before the firm came here."""
    receipt: bool
    """Whether the card stands below a receipt, which has an *Undo* of its own: two would be taken for one."""
    recorded: int
    """The event an *Undo* is for."""
    before: str
    """Key of the task that *Back* leads to, empty where there is none."""
    before_title: str
    is_next: bool
    to_review: bool = False
    """Whether whoever looks at the card may say something about what is done."""


def card_rows(pack: Pack, shown: Shown) -> tuple[BlankRow | None, BlankRow]:
    """The rows of a card: what finishes the task, None where nothing does; and everything else."""
    task = pack.tasks[shown.task]
    finishing = _answering(pack, task, shown) if task.kind == "question" else _finishing(task, shown)
    return BlankRow(finishing) if finishing else None, BlankRow(_other(task, shown))


def _finishing(task: Task, shown: Shown) -> list[Element]:
    """The buttons that finish the task, the fitting one marked."""
    key, title, state = shown.key, shown.title, shown.state
    if state in ("done", "set_aside"):
        undo = button("Undo", blank(UndoChange, of=shown.recorded), says=f"Undo what is recorded: {title}")
        reopen = button("Reopen…", blank(OpenReopen, task=key), says=f"Reopen {title}")
        if shown.to_review:
            return [*review_buttons(blank, key, shown.recorded, title), undo]
        return [reopen] if shown.receipt else [undo, reopen]
    if state not in ("open", "waiting"):
        return []
    earlier = button(
        "Already done earlier",
        blank(OpenEarlier, task=key),
        style="primary" if shown.looking_back else None,
        says=f"Already done earlier: {title}",
    )
    done = done_buttons(blank, task, key, title, primary=not shown.looking_back)
    row = [earlier, *done] if shown.looking_back else [*done, earlier]
    return [*row, *_waiting(shown)]


def _waiting(shown: Shown) -> list[Element]:
    wait = button("Waiting on someone", blank(OpenWaiting, task=shown.key), says=f"Waiting on someone: {shown.title}")
    return [wait, end_wait_button(blank, shown.key, shown.title)] if shown.state == "waiting" else [wait]


def _answering(pack: Pack, task: Task, shown: Shown) -> list[Element]:
    """A question's answers: one click where that says it all, else a modal."""
    fact = task.sets
    if shown.state == "done":
        row = [button("Change the answer…", blank(OpenAnswer, fact=fact))]
        return [*row, *([button("Agents", blank(ShowAgents))] if fact == "methods" else [])]
    if shown.state not in ("open", "waiting"):
        return []
    question = pack.questions[fact]
    if question.kind == "set":
        return [button("Choose…", blank(OpenAnswer, fact=fact), style="primary", says=question.ask)]
    offered = [o for o in question.options if not task.options or o.id in task.options]
    row = [answer_button(blank, task, o) for o in offered]
    return [*row, *_waiting(shown)] if task.wait_for else row


def _other(task: Task, shown: Shown) -> list[Element]:
    key, title, state = shown.key, shown.title, shown.state
    row: list[Element] = []
    if state not in ("not_applicable", "later"):
        row.append(button("Add evidence", blank(OpenEvidence, task=key), says=f"Add evidence: {title}"))
        row.append(button("Add note", blank(OpenNote, task=key), says=f"Add note: {title}"))
    if state in OPEN and not (task.for_each and key == task.id):  # each repeat has an owner and a date of its own
        row.append(button("Assign", blank(OpenAssign, task=key), says=f"Assign: {title}"))
        row.append(button("Set date", blank(OpenDate, task=key), says=f"Set date: {title}"))
    row.append(button("Ask…", blank(OpenAsk, task=key), says=f"Ask: {title}"))
    if state in ("open", "waiting", "locked") and task.kind != "question" and not task.keep_set_aside:
        row.append(button("Not applicable", blank(OpenSetAside, task=key), says=f"Not applicable: {title}"))
    if shown.before:
        row.append(button("Back", blank(ShowTask, task=shown.before), says=f"Back to {shown.before_title}"))
    if not shown.is_next:
        row.append(button("Next task", blank(ShowNext)))
    return row


def done_buttons(carry: Carry, task: Task, key: str, title: str, *, primary: bool) -> list[Element]:
    """*Done*, or one button for each way the task can end."""
    if not task.outcomes:
        done = carry(CompleteTask, task=key)
        return [button("Done", done, style="primary" if primary else None, says=f"Done: {title}")]
    return [
        button(o.label, carry(CompleteTask, task=key, outcome=o.id), says=f"{o.label}: {title}") for o in task.outcomes
    ]


def one_click(item: Item) -> bool:
    """Whether *Done* is all there is to say of this task: it can be finished, and in one way only."""
    return item.state in ("open", "waiting") and item.task.kind != "question" and not item.task.outcomes


def review_buttons(carry: Carry, key: str, of: int, title: str) -> list[Element]:
    """*Approve* and *Send back…*. `of` is the event that finished the task."""
    return [
        button("Approve", carry(ApproveTask, task=key, of=of), style="primary", says=f"Approve: {title}"),
        button("Send back…", carry(OpenSendBack, task=key, of=of), says=f"Send back: {title}"),
    ]


def end_wait_button(carry: Carry, key: str, title: str) -> Element:
    """*No longer waiting*."""
    return button("No longer waiting", carry(EndWait, task=key), says=f"No longer waiting: {title}")


def answer_button(carry: Carry, task: Task, option: Option) -> Element:
    """One answer: given with a click, or with a modal where it needs its reason. An outsider's is worded so."""
    words = f"They say {option.label.lower()}" if task.options else option.label
    carried = carry(GiveAnswer, fact=task.sets, value=option.id)
    if option.needs_reason:
        carried, words = carry(OpenAnswer, fact=task.sets, value=option.id), f"{words}…"
    return button(words, carried, says=f"{words}: {option.explain}" if option.explain else "")
