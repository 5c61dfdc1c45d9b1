"""Hears leads: what waits for them, their replies, and their firm's own answers; writes what is owed because of it."""

from datetime import date

from bot.buttons import (
    CloseQuestion,
    ConfirmFirmAnswer,
    OpenReply,
    ReplyForm,
    ShowFirmAnswers,
    ShowQueue,
    WithdrawFirmAnswer,
    WithdrawFirmAnswerForm,
)
from bot.listeners.tasks import is_ticket
from bot.router import Heard, Router
from bot.slack.places import slack_id
from bot.surfaces import Block, FieldErrors, Letter, Open, Replace, Say, Swap
from bot.views import queue as views
from bot.views import tasks
from bot.views.refused import with_ticket
from bot.views.scene import Scene, scene_of
from bot.views.tasks import NOTHING, Top
from flows.asked import Asked, Owed
from flows.events import FirmKey
from flows.firms import Refusal, require, role_of
from flows.position import Position
from flows.services import Result, Services


def register(router: Router) -> None:
    """What is heard here, and what is written."""
    router.command("questions")(show_queue)
    router.action(ShowQueue)(turn_page)
    router.action(ShowFirmAnswers)(show_answers)
    router.action(OpenReply)(open_reply)
    router.submit(ReplyForm)(send_reply)
    router.action(CloseQuestion)(close_question)
    router.action(ConfirmFirmAnswer)(confirm_answer)
    router.action(WithdrawFirmAnswer)(ask_why)
    router.submit(WithdrawFirmAnswerForm)(withdraw_answer)
    router.letter("lead_asked")(write_to_lead)
    router.letter("lead_replied")(write_reply)


async def show_queue(heard: Heard, services: Services) -> Say:
    """`/cais questions`."""
    return Say((await _queue(heard, services, heard.firm)).message)


async def turn_page(heard: Heard, carried: ShowQueue, services: Services) -> Replace:
    """*More*, *Earlier*, *Questions*."""
    return await _queue(heard, services, heard.firm, page=carried.page)


async def _queue(heard: Heard, services: Services, position: Position, *, page: int = 0, top: Top = NOTHING) -> Replace:
    found = await services.queue.waiting(heard.act, position)
    lead = role_of(position, heard.who) == "lead"
    return Replace(views.queue(scene_of(services, position, heard.who.id), found, lead=lead, page=page, top=top))


async def show_answers(heard: Heard, carried: ShowFirmAnswers, services: Services) -> Replace:
    """*The firm's answers*."""
    found = await services.queue.waiting(heard.act, heard.firm)
    lead = role_of(heard.firm, heard.who) == "lead"
    return Replace(views.answers(_scene(heard, services), found, lead=lead, page=carried.page))


def _scene(heard: Heard, services: Services) -> Scene:
    return scene_of(services, heard.firm, heard.who.id)


# --- replying -------------------------------------------------------------------------------------------------


async def open_reply(heard: Heard, carried: OpenReply, services: Services) -> Open:
    """*Reply*, and *Change* on an answer that is there."""
    asked = await services.queue.question(heard.act, heard.firm, carried.question)
    return Open(views.reply_form(_scene(heard, services), asked, services.queue.check_day(heard.firm)))


async def send_reply(heard: Heard, carried: ReplyForm, services: Services) -> Replace | Swap | FieldErrors:
    """The reply is recorded, and owed to whoever asked."""
    asked = await services.queue.question(heard.act, heard.firm, carried.question)
    try:
        check_on = date.fromisoformat(heard.value(views.CHECK))
    except ValueError:
        return FieldErrors({views.CHECK: "Pick the day on which it is to be checked again."})
    try:
        result = await services.queue.reply(
            heard.act,
            heard.firm,
            carried.question,
            text=heard.value(views.TEXT),
            check_on=check_on,
            ticket=is_ticket(heard),
        )
    except Refusal as refusal:
        return with_ticket(views.reply_form(_scene(heard, services), asked, check_on), refusal)
    return await _after(heard, services, result, views.on_its_way(_scene(heard, services), asked))


async def close_question(heard: Heard, carried: CloseQuestion, services: Services) -> Replace:
    """*Close without an answer*."""
    closed = await services.queue.close(heard.act, heard.firm, carried.question)
    said = "Closed. It waits no longer." if closed else "Somebody took it off the list before."
    return await _queue(heard, services, heard.firm, top=tasks.note(said))


async def confirm_answer(heard: Heard, carried: ConfirmFirmAnswer, services: Services) -> Replace:
    """*Still right*."""
    return await _after(heard, services, await services.queue.confirm(heard.act, heard.firm, carried.answer))


async def ask_why(heard: Heard, carried: WithdrawFirmAnswer, services: Services) -> Open:
    """*Withdraw*."""
    require(heard.firm, heard.who, "lead")
    return Open(views.withdraw_form(_scene(heard, services), carried.answer))


async def withdraw_answer(heard: Heard, carried: WithdrawFirmAnswerForm, services: Services) -> Replace | FieldErrors:
    """The reason was given."""
    try:
        result = await services.queue.withdraw(heard.act, heard.firm, carried.answer, heard.value(views.REASON))
    except Refusal as refusal:
        return FieldErrors({views.REASON: refusal.sentence})
    return await _after(heard, services, result)


async def _after(heard: Heard, services: Services, result: Result, *more: Block) -> Replace:
    scene = scene_of(services, result.position, heard.who.id)
    top = tasks.note("That is recorded already.")
    if result.changed:
        top = tasks.recorded(scene, result.records)
        top = Top(top.text, (*top.blocks, *more))
    return await _queue(heard, services, result.position, top=top)


# --- what is owed ---------------------------------------------------------------------------------------------


async def write_to_lead(owed: Owed, services: Services) -> Letter | None:
    """Somebody asked this lead: unless it was answered meanwhile, or the lead is none any more."""
    found = await _as_it_is(owed, services)
    if found is None:
        return None
    position, asked = found
    member = position.members.get(owed.person)
    if asked.id in position.firm_answers or asked.closed_by or member is None or member.role != "lead":
        return None
    return Letter(views.lead_asked(scene_of(services, position, owed.person), asked))


async def write_reply(owed: Owed, services: Services) -> Letter | None:
    """A lead's reply, where the question was asked: unless it was withdrawn, or the asker has left the firm."""
    found = await _as_it_is(owed, services)
    if found is None:
        return None
    position, asked = found
    answer = position.firm_answers.get(asked.id)
    if answer is None or answer.withdrawn or owed.person not in position.members:
        return None
    message = views.lead_replied(scene_of(services, position, owed.person), asked, answer)
    channel = slack_id(asked.channel) if asked.channel else ""
    if channel.startswith("D"):
        return Letter(message, channel, asked.thread)
    # In a channel only an ephemeral message may name the firm, and that is lost on whoever is not looking.
    return Letter(message, whisper=(channel, asked.thread) if channel and asked.thread else None)


async def _as_it_is(owed: Owed, services: Services) -> tuple[Position, Asked] | None:
    position = await services.events.position(FirmKey(owed.tenant, owed.firm))
    asked = await services.queue.as_kept(owed.tenant, owed.firm, owed.about)
    return (position, asked) if position and asked else None
