"""What waits for a lead: questions without an answer, and the firm's own answers that are to be looked at again."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TypeVar

from bot.buttons import (
    CloseQuestion,
    ConfirmFirmAnswer,
    OpenReply,
    ReplyForm,
    ShowFirmAnswers,
    ShowNext,
    ShowQueue,
    WithdrawFirmAnswer,
    WithdrawFirmAnswerForm,
)
from bot.surfaces import Block, Message, Modal
from bot.views.blocks import (
    Element,
    actions,
    button,
    clip,
    confirm,
    context,
    date_input,
    divider,
    escape,
    field,
    literal,
    section,
    short_day,
    text_input,
)
from bot.views.scene import Scene, banner
from bot.views.tasks import NOTHING, Top
from flows import reasons
from flows.asked import Asked
from flows.firm_answers import LONGEST, to_be_checked
from flows.lead_queue import Queue
from flows.position import FirmAnswer

TEXT, CHECK = "text", "check"
REASON = "reason"
"""The block_ids of the reply's fields."""

T = TypeVar("T")

ON_A_PAGE = 5
SHOWN = 500
"""Characters of a question in the list; the form for the reply shows all of it."""


def queue(scene: Scene, found: Queue, *, lead: bool, page: int = 0, top: Top = NOTHING) -> Message:
    """The questions that wait; for whoever is no lead, their own."""
    waiting, page, pages = _page(found.waiting, page)
    count = len(found.waiting)
    check = [a for a in found.answers if to_be_checked(a, found.today)]
    said = f"{count} {'question waits' if count == 1 else 'questions wait'} for an answer."
    if not count:
        said = "No question waits for an answer."
    whose = "" if lead else " These are yours; a lead of the firm sees everybody's."
    blocks: list[Block] = [*top.blocks, banner(scene, "questions"), section(f"*{said}*{whose}")]
    for asked in waiting:
        blocks += _waiting(scene, asked, lead=lead)
    if check and lead:
        blocks += [divider(), section(f"*To be checked again:* {len(check)}")]
        for answer in check[:ON_A_PAGE]:
            blocks += _answer(scene, answer, found.today, lead=lead)
    ways = _pages(scene, page, pages, ShowQueue)
    if found.answers:
        ways.append(button(f"The firm's answers ({len(found.answers)})", scene.carry(ShowFirmAnswers)))
    ways.append(button("Next task", scene.carry(ShowNext)))
    return Message(f"{top.text} {literal(scene.position.name)}: {said}".strip(), (*blocks, actions(*ways)))


def answers(scene: Scene, found: Queue, *, lead: bool, page: int = 0, top: Top = NOTHING) -> Message:
    """The firm's own answers, those to be checked first."""
    shown, page, pages = _page(found.answers, page)
    count = len(found.answers)
    said = f"Your firm has {count} {'answer' if count == 1 else 'answers'} of its own."
    intro = f"*{said}*\nThey are found where the roadmap does not say, by members of this firm only."
    blocks: list[Block] = [*top.blocks, banner(scene, "the firm's answers"), section(intro)]
    for answer in shown:
        blocks += _answer(scene, answer, found.today, lead=lead)
    ways = [*_pages(scene, page, pages, ShowFirmAnswers), button("Questions", scene.carry(ShowQueue))]
    return Message(f"{top.text} {literal(scene.position.name)}: {said}".strip(), (*blocks, actions(*ways)))


def _page(items: Sequence[T], page: int) -> tuple[Sequence[T], int, int]:
    pages = max(1, -(-len(items) // ON_A_PAGE))
    page = min(max(page, 0), pages - 1)
    return items[page * ON_A_PAGE : (page + 1) * ON_A_PAGE], page, pages


def _pages(scene: Scene, page: int, pages: int, kind: type[ShowQueue] | type[ShowFirmAnswers]) -> list[Element]:
    ways = [button("Earlier", scene.carry(kind, page=page - 1), says="The page before")] if page else []
    if page + 1 < pages:
        ways.append(button("More", scene.carry(kind, page=page + 1), says=f"Page {page + 2} of {pages}"))
    return ways


def _waiting(scene: Scene, asked: Asked, *, lead: bool) -> list[Block]:
    by = scene.by(asked.person, asked.name)
    who = f"asked by {by} on {scene.moment(datetime.fromisoformat(asked.asked_at))}"
    told = " · *a lead was asked for*" if asked.pressed_at else ""
    about = f" · about step {escape(asked.step)}" if asked.step else ""
    blocks: list[Block] = [
        section(f"❓ “{literal(clip(asked.question, SHOWN))}”"),
        context(f"{who}{about}{told}"),
    ]
    if lead:
        reply = scene.carry(OpenReply, question=asked.id)
        close = button(
            "Close without an answer",
            scene.carry(CloseQuestion, question=asked.id),
            confirm=confirm("Close it?", "It leaves this list. Nobody is told, and nothing is recorded.", "Close"),
            says=f"Close: {clip(asked.question, 50)}",
        )
        blocks.append(actions(button("Reply…", reply, says=f"Reply: {clip(asked.question, 50)}"), close))
    return blocks


def _answer(scene: Scene, answer: FirmAnswer, today: date, *, lead: bool) -> list[Block]:
    quoted = literal(clip(answer.text, 1500)).replace("\n", "\n>")
    by = f"by {scene.by(answer.by, answer.by_name)}, {short_day(scene.recorded_day(answer.at))}"
    again = f"to be checked again on {short_day(answer.check_on)}"
    if to_be_checked(answer, today):
        again = f"⏳ *to be checked again* since {short_day(answer.check_on)}"
    blocks: list[Block] = [
        section(f"*{literal(clip(' '.join(answer.question.split()), SHOWN))}*\n>{quoted}"),
        context(f"{by} · {again}"),
    ]
    if lead:
        still = button("Still right", scene.carry(ConfirmFirmAnswer, answer=answer.id), says="This answer still holds")
        change = button("Change…", scene.carry(OpenReply, question=answer.id), says="Change this answer")
        withdraw = button("Withdraw", scene.carry(WithdrawFirmAnswer, answer=answer.id), says="Withdraw this answer")
        blocks.append(actions(still, change, withdraw))
    return blocks


def withdraw_form(scene: Scene, answer: str) -> Modal:
    """Asks why an answer is withdrawn."""
    kept = scene.position.firm_answers.get(answer)
    asked = f"The answer to “{literal(clip(kept.question, SHOWN))}”. " if kept else ""
    return Modal(
        title="Withdraw an answer",
        submit="Withdraw",
        carried=scene.carry(WithdrawFirmAnswerForm, answer=answer),
        blocks=[
            section(f"{asked}Nobody is shown it any more. It stays in the history, with your name and the reason."),
            field(
                REASON,
                "Reason",
                text_input(longest=reasons.LONGEST),
                hint="Such as: no longer true since the reorganization.",
            ),
            banner(scene),
        ],
    )


def reply_form(scene: Scene, asked: Asked, check_on: date) -> Modal:
    """A lead's answer; filled in with the one that is there, where there is one."""
    kept = scene.position.firm_answers.get(asked.id)
    by = scene.by(asked.person, asked.name)
    quoted = literal(clip(asked.question, 2000)).replace("\n", "\n>")
    intro = f"*{literal(scene.position.name)}*\n{by} asked:\n>{quoted}"
    goes = f"It goes to {by} and" if by != "you" else "It"
    return Modal(
        title="Reply",
        blocks=(
            section(intro),
            field(TEXT, "Your answer", text_input(initial=kept.text if kept else "", multiline=True, longest=LONGEST)),
            field(
                CHECK,
                "Check it again on",
                date_input(check_on),
                hint="From this day on it is marked as to be checked again.",
            ),
            context(
                f"{goes} is found by this firm's members where the roadmap does not say, with your name and the day."
            ),
        ),
        carried=scene.carry(ReplyForm, question=asked.id),
        submit="Send",
    )


def on_its_way(scene: Scene, asked: Asked) -> Block:
    """Below what was recorded: who gets the reply."""
    by = scene.by(asked.person, asked.name)
    sent = "It is kept for the next time." if by == "you" else f"📨 It is on its way to {by}."
    return context(f"{sent} *The firm's answers* lets you change or withdraw it.")


# --- what is sent ---------------------------------------------------------------------------------------------


def lead_asked(scene: Scene, asked: Asked) -> Message:
    """To a lead: somebody of the firm asks them."""
    who = scene.by(asked.person, asked.name)
    text = f"{who} asks you something the roadmap does not say."
    quoted = literal(clip(asked.question, 2000)).replace("\n", "\n>")
    reply = button("Reply…", scene.carry(OpenReply, question=asked.id), style="primary")
    return Message(
        f"{literal(scene.position.name)}: {text}",
        (
            banner(scene, "a question for you"),
            section(f"*{text}*\n>{quoted}"),
            actions(reply, button("All questions", scene.carry(ShowQueue))),
        ),
    )


def lead_replied(scene: Scene, asked: Asked, answer: FirmAnswer) -> Message:
    """To whoever asked: the lead's answer, with name and day."""
    by = f"{literal(answer.by_name or 'Your lead')} answered on {short_day(scene.recorded_day(answer.at))}"
    quoted = literal(answer.text).replace("\n", "\n>")
    return Message(
        f"{literal(scene.position.name)}: {by}. {literal(clip(answer.text, 300))}",
        (
            banner(scene, "your question"),
            context(f"❓ “{literal(clip(' '.join(asked.question.split()), SHOWN))}”"),
            section(f"*{by}:*\n>{quoted}"),
            context(
                "This is your firm's answer, not the roadmap's. Whoever in the firm asks the same gets it from now on."
            ),
        ),
    )
