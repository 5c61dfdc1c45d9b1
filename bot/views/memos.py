"""The decision memo: a page to copy, what the second attester says, and the letters about it."""

from collections.abc import Iterator

from bot.buttons import (
    AttestMemo,
    DisagreeForm,
    OpenAnswer,
    OpenDisagree,
    OpenEvidence,
    RenewMemo,
    ShowHistory,
    ShowStatus,
)
from bot.surfaces import Block, Message, Modal
from bot.views.blocks import (
    Element,
    actions,
    button,
    clip,
    context,
    escape,
    field,
    header,
    literal,
    section,
    short_day,
    text_input,
)
from bot.views.passages import contact_line
from bot.views.scene import Scene, banner
from bot.views.tasks import NOTHING, Top
from flows.firms import Person
from flows.memos import SOON, Memo, may_attest, paper
from flows.roadmap import Task

REASON = "reason"

IN_A_BOX = 2900
"""Characters; no line of a memo has more."""

NONE_YET = "There is no decision memo: it comes with an answer that ends the roadmap, such as *No* to step 1."


def page(scene: Scene, memo: Memo, who: Person, top: Top = NOTHING) -> Message:
    """The memo as it would be printed, and what can be said about it."""
    task = _task(scene, memo)
    may_say = may_attest(scene.position, memo, who)
    blocks: list[Block] = [
        *top.blocks,
        header("Decision memo"),
        banner(scene, "step " + escape(task.step)),
        _box(written(scene, memo)),
        *_again(scene, memo),
        actions(*(_verdict(scene, memo) if may_say else []), *_ways(scene, memo, task)),
        *_notes(scene),
        context(escape(scene.pack.wording.footer)),
    ]
    said = f"{literal(scene.position.name)}, decision memo: {escape(memo.question.ask)} {escape(memo.option.label)}."
    return Message(f"{top.text} {said}".strip(), tuple(blocks))


def written(scene: Scene, memo: Memo) -> str:
    """The memo as plain text."""
    said = memo.attestation
    return paper(
        scene.pack,
        scene.position,
        memo,
        decided=scene.moment(memo.answer.at),
        said_on=scene.moment(said.at) if said else "",
        evidence=scene.position.evidence.get(_task(scene, memo).id, 0),
    )


def none(scene: Scene) -> Message:
    """There is none."""
    ways = actions(button("Status", scene.carry(ShowStatus)))
    return Message(f"{literal(scene.position.name)}: {NONE_YET}", (banner(scene), section(NONE_YET), ways))


def _box(text: str) -> Block:
    """All of it, in as many boxes as it takes: a memo without its end would not say who attests."""
    boxes = [
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": clip(part, IN_A_BOX)}]}
        for part in _parts(text)
    ]
    return {"type": "rich_text", "elements": boxes}


def _parts(text: str) -> Iterator[str]:
    part = ""
    for line in text.splitlines():
        if part and len(part) + 1 + len(line) > IN_A_BOX:
            yield part
            part = ""
        part = f"{part}\n{line}" if part else line
    yield part


def _task(scene: Scene, memo: Memo) -> Task:
    return next(t for t in scene.pack.tasks.values() if t.sets == memo.question.id and not t.options)


def _again(scene: Scene, memo: Memo) -> list[Block]:
    """From a month before its day on: whether it still holds."""
    on = memo.answer.recheck_on
    if on is None or scene.today < on - SOON:
        return []
    asked = f"*To be looked at again on {short_day(on)}.* Is it still so?"
    still = button("Still no", scene.carry(RenewMemo, of=memo.answer.sequence), style="primary")
    other = button("Something changed", scene.carry(OpenAnswer, fact=memo.question.id))
    return [section(asked), actions(still, other)]


def _verdict(scene: Scene, memo: Memo) -> list[Element]:
    of = memo.answer.sequence
    return [
        button("I attest", scene.carry(AttestMemo, of=of), style="primary"),
        button("I do not agree…", scene.carry(OpenDisagree, of=of)),
    ]


def _ways(scene: Scene, memo: Memo, task: Task) -> list[Element]:
    return [
        button("Change the answer…", scene.carry(OpenAnswer, fact=memo.question.id)),
        button("Add evidence", scene.carry(OpenEvidence, task=task.id)),
        button("History", scene.carry(ShowHistory, task=task.id)),
        button("Status", scene.carry(ShowStatus)),
    ]


def _notes(scene: Scene) -> list[Block]:
    outcome = scene.walk.outcome
    if outcome is None:
        return []
    lines = [f"ℹ️ {escape(n)}" for n in outcome.notes]
    lines += [contact_line(scene.pack.contacts[outcome.contact])] if outcome.contact else []
    return [context(*lines)] if lines else []


# --- letters and the form ----------------------------------------------------------------------------------------


def to_attest(scene: Scene, memo: Memo) -> Message:
    """To the second attester: what was decided, and the two things they can say."""
    by = scene.by(memo.answer.by, memo.answer.by_name)
    asked = f"🧾 *{by} asks you to attest to a decision:* {escape(memo.question.ask)} *{escape(memo.option.label)}*"
    blocks = [
        banner(scene, "decision memo"),
        section(asked),
        _box(written(scene, memo)),
        actions(*_verdict(scene, memo)),
        context("Read it first: your name stands under it. You are told once; `/cais memo` shows it again."),
    ]
    return Message(f"{literal(scene.position.name)}: {by} asks you to attest to a decision.", blocks)


def not_agreed(scene: Scene, memo: Memo) -> Message:
    """To whoever decided: somebody does not agree, and why."""
    said = memo.attestation
    assert said is not None, "somebody said something"
    by = scene.by(said.by, said.by_name)
    text = f"🧾 *{by} does not agree with your decision:* {escape(memo.question.ask)} {escape(memo.option.label)}"
    blocks = [
        banner(scene, "decision memo"),
        section(f"{text}\n*Why:* {literal(said.reason)}\nThe answer stands until somebody changes it."),
        actions(button("Change the answer…", scene.carry(OpenAnswer, fact=memo.question.id))),
    ]
    return Message(f"{literal(scene.position.name)}: {by} does not agree with your decision.", blocks)


def disagree_form(scene: Scene, of: int) -> Modal:
    """Why not."""
    asked = field(
        REASON,
        "Why do you not agree?",
        text_input(multiline=True),
        hint="It is kept beside the memo, and whoever decided is told. The answer itself stands until it is changed.",
    )
    blocks = [section(f"*{literal(scene.position.name)}* · decision memo"), asked]
    return Modal("I do not agree", blocks, scene.carry(DisagreeForm, of=of), submit="Record")
