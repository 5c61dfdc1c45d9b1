"""What stands where the next card would: the next task, whom the firm waits for, or how the walk ended."""

from bot.buttons import (
    OpenAnswer,
    OpenEvidence,
    PickTask,
    ShowAgents,
    ShowHistory,
    ShowMemo,
    ShowNext,
    ShowStatus,
    ShowTask,
)
from bot.surfaces import Block, Message
from bot.views.blocks import actions, button, clip, context, day, escape, header, literal, menu, option, section
from bot.views.passages import contact_line
from bot.views.pieces import weak_words
from bot.views.scene import Scene, answer_words, banner, progress_words, said_of, to_review_line, wait_words
from bot.views.task_buttons import answer_button, done_buttons, end_wait_button
from bot.views.tasks import NOTHING, Top, card
from flows.memos import attested_words, memo_of
from flows.roadmap import Outcome
from flows.walk import Item

MOST_WAITS = 12
"""Waits with buttons of their own in one message; the others are in a menu."""

MOST_ASIDE = 6
"""Tasks set aside by hand that are named at the end, with their reasons."""


def now_screen(scene: Scene, top: Top = NOTHING) -> Message:
    """Where the firm is now: the card of the next task, else what it waits for, else the end."""
    walk = scene.walk
    if walk.next:
        return card(scene, walk.next, top)
    if walk.waiting:
        return waits(scene, top)
    if walk.outcome and walk.outcome.when is None:
        return finished(scene, walk.outcome, top)
    if walk.outcome:
        return resting(scene, walk.outcome, top)
    return stuck(scene, top)


def waits(scene: Scene, top: Top = NOTHING) -> Message:
    """Nothing to do but wait: whom for, since when, and when to look again."""
    waiting = scene.walk.waiting
    blocks = [
        *top.blocks,
        header("Waiting on others"),
        banner(scene, progress_words(scene)),
        section("Nothing is left for you to do until one of these comes back. Press a button when it does."),
    ]
    for item in waiting[:MOST_WAITS]:
        blocks += _wait(scene, item)
    rest = waiting[MOST_WAITS:]
    if rest:
        options = [option(i.title, i.key) for i in rest]
        blocks.append(menu(f"{len(rest)} more waits", scene.carry(PickTask, part="waits"), options))
    blocks.append(actions(*_ways(scene)))
    whom = ", ".join(dict.fromkeys(literal(i.record.whom) for i in waiting[:MOST_WAITS] if i.record))
    return Message(f"{top.text} {literal(scene.position.name)} is waiting for {whom}.".strip(), tuple(blocks))


def _wait(scene: Scene, item: Item) -> list[Block]:
    """One wait with its buttons. A question's answers stand here too; everything else is behind *Open*."""
    words = wait_words(scene, item.record) if item.record else ""
    said = f"\nNote: {literal(item.record.reason)}" if item.record and item.record.reason else ""
    text = f"⏳ *{literal(item.title)}* (step {escape(item.task.step)})\n{words[:1].upper()}{words[1:]}{said}"
    if item.task.kind == "question":
        options = scene.pack.questions[item.task.sets].options
        finish = [
            answer_button(scene.carry, item.task, o)
            for o in options
            if not item.task.options or o.id in item.task.options
        ]
    else:
        finish = done_buttons(scene.carry, item.task, item.key, item.title, primary=False)
    look = button("Open", scene.carry(ShowTask, task=item.key), says=f"Open {item.title}")
    no_more = end_wait_button(scene.carry, item.key, item.title)
    return [section(text), actions(*finish, no_more, look)]


def finished(scene: Scene, outcome: Outcome, top: Top = NOTHING) -> Message:
    """The last task is recorded: finished is not the same as compliant, and it says so."""
    blocks = [
        *top.blocks,
        header(f"🏁 {outcome.title}"),
        banner(scene, progress_words(scene)),
        section(escape(outcome.say)),
        *_set_aside(scene),
        *(section(line) for line in to_review_line(scene)),
        *_notes(scene, outcome),
        context(f"ℹ️ {escape(scene.pack.wording.since)}"),
        actions(*_ways(scene)),
        context(escape(scene.pack.wording.footer)),
    ]
    text = f"{literal(scene.position.name)}: {outcome.title}. {escape(outcome.say)}"
    return Message(f"{top.text} {text}".strip(), tuple(blocks))


def _set_aside(scene: Scene) -> list[Block]:
    """What somebody said does not apply, and why: counted in neither number, so that it is said here."""
    items = scene.walk.set_aside
    if not items:
        return []
    lines = [f"• {literal(clip(i.title, 100))}: {clip(said_of(scene, i), 300)}" for i in items[:MOST_ASIDE]]
    more = [f"• and {len(items) - MOST_ASIDE} more in the status"] if len(items) > MOST_ASIDE else []
    return [section(clip("\n".join(["*Marked not applicable, and not counted:*", *lines, *more]), 3000))]


def resting(scene: Scene, outcome: Outcome, top: Top = NOTHING) -> Message:
    """An end of its own, neither nothing nor everything done: its basis, who said it, and when to look at it again."""
    question = next(t for t in scene.pack.tasks.values() if t.kind == "question" and not t.options)
    answer = scene.position.answers.get(question.sets)
    lines = [f"*{escape(question.title)}* {answer_words(scene, question.sets)}"]
    if answer and answer.basis:
        lines.append(f"*Basis:* {literal(answer.basis)}")
    if answer and answer.recheck_on:
        lines.append(f"*Look at it again on:* {day(answer.recheck_on)}")
    kept = scene.position.evidence.get(question.id, 0)
    lines.append(f"*Evidence recorded:* {kept}{weak_words(scene, question.id)}")
    memo = memo_of(scene.pack, scene.position)
    if memo:
        lines.append(f"*Second attester:* {literal(clip(attested_words(scene.position, memo), 500))}")
    blocks = [
        *top.blocks,
        header(outcome.title),
        banner(scene),
        section("\n".join(lines)),
        section(escape(outcome.say)),
        *_notes(scene, outcome),
        actions(
            *([button("Decision memo", scene.carry(ShowMemo))] if memo else []),
            button("Change the answer…", scene.carry(OpenAnswer, fact=question.sets)),
            button("Add evidence", scene.carry(OpenEvidence, task=question.id)),
            *_ways(scene),
        ),
        context(escape(scene.pack.wording.footer)),
    ]
    text = f"{literal(scene.position.name)}: {outcome.title}. {escape(outcome.say)}"
    return Message(f"{top.text} {text}".strip(), tuple(blocks))


def stuck(scene: Scene, top: Top = NOTHING) -> Message:
    """Nothing is open, waited for or ended: only an answer can move the firm on."""
    text = "Nothing can be done just now. Open the status and change an answer to go on."
    blocks = (*top.blocks, banner(scene, progress_words(scene)), section(text), actions(*_ways(scene)))
    return Message(f"{literal(scene.position.name)}: {text}", blocks)


def _notes(scene: Scene, outcome: Outcome) -> list[Block]:
    lines = [f"ℹ️ {escape(n)}" for n in outcome.notes]
    if outcome.contact:
        lines.append(contact_line(scene.pack.contacts[outcome.contact]))
    return [context(*lines)] if lines else []


def _ways(scene: Scene) -> list[dict[str, object]]:
    """Buttons from here: back to the last task, the status, the agents, the history."""
    ways = []
    done = [i for i in scene.walk.items if i.state in ("done", "set_aside", "waiting")]
    if done:
        ways.append(button("Back", scene.carry(ShowTask, task=done[-1].key), says=f"Back to {done[-1].title}"))
    if scene.walk.next:
        ways.append(button("Next task", scene.carry(ShowNext)))
    ways.append(button("Status", scene.carry(ShowStatus)))
    if scene.position.agents:
        ways.append(button("Agents", scene.carry(ShowAgents)))
    ways.append(button("History", scene.carry(ShowHistory)))
    return ways
