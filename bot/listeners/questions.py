"""Hears questions: typed after `ask`, typed as they are, asked from a card; and what people think of the answers."""

from collections.abc import Awaitable, Callable, Sequence

from msgspec.structs import replace

from bot.buttons import AskForm, AskLead, OpenAsk, PickReading, Vote
from bot.listeners.tasks import is_ticket
from bot.router import Heard, Router
from bot.surfaces import Answer, Block, Open, Replace, Say
from bot.views import asked_dates, strangers, tasks
from bot.views import help as views_of_help
from bot.views import questions as views
from bot.views.blocks import divider
from bot.views.refused import with_ticket
from bot.views.scene import scene_of
from flows.asked import Place
from flows.asking import Question, Reply
from flows.firms import Refusal
from flows.position import Position
from flows.questions.answer import Refused
from flows.questions.own_dates import own_dates
from flows.services import Services


def register(router: Router) -> None:
    """What is heard here. Nobody needs a firm to ask the roadmap; with one, it is asked for that firm."""
    router.command("ask", firm=False, named=True, free_text=True)(type_question(router))
    router.action(OpenAsk, firm=False)(open_form)
    router.submit(AskForm, firm=False)(ask_from_form(router))
    router.action(PickReading, firm=False)(pick_reading)
    router.action(Vote, firm=False)(vote)
    router.action(AskLead)(ask_lead)
    router.fallback("stranger")(answer_stranger)


def type_question(router: Router) -> Callable[[Heard, Services], Awaitable[Answer]]:
    """`/cais ask <question>`; without one, a form, or how to ask where there is no window to open."""

    async def listen(heard: Heard, services: Services) -> Answer:
        if views_of_help.of_the_record(heard.words, services.pack) is not None:
            return await router.fallbacks["unknown"].listener(heard, services)
        if heard.words:
            return await answer_words(router, heard, services)
        position = heard.sighting.position
        firm, version = (position.key.firm, position.version) if position else ("", 0)
        return Open(views.form(firm, version)) if heard.kind == "command" else Say(views.how_to_ask(firm))

    return listen


async def answer_words(router: Router, heard: Heard, services: Services, more: Sequence[Block] = ()) -> Answer:
    """The answer to what was typed, below it in a DM. `more` stands under the answer."""
    position = heard.sighting.position
    question = Question(heard.words, _place(heard))
    own = await _own_dates(router, heard, services, position, question)
    if own:
        return _with(own, more)
    reply = await services.asking.ask(heard.tenant, heard.act, position, question)
    shown = views.answer(views.Asking(services.pack, position), reply, more)
    return Say(shown, threaded=True)


async def answer_stranger(heard: Heard, services: Services) -> Say:
    """Somebody of another company asks in a shared channel: what the roadmap says is no secret, and nothing is kept."""
    if not heard.words:
        return Say(strangers.greeting())
    return Say(strangers.answer(services.pack, await services.asking.in_general(Question(heard.words))))


async def _own_dates(
    router: Router, heard: Heard, services: Services, position: Position | None, question: Question
) -> Answer | None:
    """The answer to a question about the firm's own dates, as `/cais due` shows them; None where it is about others."""
    asked = own_dates(question.text)
    if not asked or (position is None and asked == "passed"):
        return None  # without a firm, the roadmap says which of its dates have passed
    if position is None:
        missing = router.fallbacks["which_firm" if heard.sighting.firms else "no_firm"]
        return await missing.listener(replace(heard, words=f"ask {question.text}"), services)
    ledger = (await services.workspace(heard.tenant)).ledger
    scene = scene_of(services, position, heard.who.id, heard.zone, ledger)
    shown = asked_dates.due(scene, question.text) if asked == "due" else asked_dates.late(scene, question.text)
    await services.asking.keep_own_dates(heard.tenant, heard.act, position, question, shown.text)
    return Say(shown, threaded=True)


def _with(answer: Answer, more: Sequence[Block]) -> Answer:
    """The same with these blocks below it."""
    if not isinstance(answer, Say) or not more:
        return answer
    return replace(answer, message=replace(answer.message, blocks=(*answer.message.blocks, *more)))


def _place(heard: Heard) -> Place:
    return Place(heard.channel, heard.thread or heard.ts, replied=bool(heard.thread))


# --- from a card ----------------------------------------------------------------------------------------------


async def open_form(heard: Heard, carried: OpenAsk, services: Services) -> Open:
    """*Ask* on a card, and *Ask again* where a ticket number was taken for personal data."""
    position = _firm(heard, carried.firm)
    item = services.walk(position).item(carried.task) if position and carried.task else None
    version = position.version if position else 0
    title = item.title if item else ""
    return Open(views.form(carried.firm, version, task=carried.task, title=title, ticket=carried.ticket))


def ask_from_form(router: Router) -> Callable[[Heard, AskForm, Services], Awaitable[Answer]]:
    """The answer stands above the card it was asked from, and the card goes on below."""

    async def listen(heard: Heard, carried: AskForm, services: Services) -> Answer:
        position = _firm(heard, carried.firm)
        task = services.walk(position).item(carried.task) if position and carried.task else None
        question = Question(
            heard.value(views.QUESTION),
            _place(heard),
            step=task.task.step if task else "",
            ticket=is_ticket(heard),
        )
        if own := await _own_dates(router, heard, services, position, question):
            return own
        reply = await services.asking.ask(heard.tenant, heard.act, position, question)
        if isinstance(reply.answer, Refused):
            form = views.form(carried.firm, carried.version, task=carried.task, title=task.title if task else "")
            return with_ticket(form, Refusal(reply.answer.reason, kind="guard"))
        return _shown(heard, services, position, reply, carried.task)

    return listen


def _shown(heard: Heard, services: Services, position: Position | None, reply: Reply, task: str) -> Say | Replace:
    found = views.answer(views.Asking(services.pack, position, task), reply)
    if position is None or not task:
        return Say(found)
    scene = scene_of(services, position, heard.who.id)
    item = scene.walk.item(task)
    if item is None:
        return Say(found)
    return Replace(tasks.card(scene, item, tasks.Top(found.text, (*found.blocks, divider()))))


def _firm(heard: Heard, firm: str) -> Position | None:
    """The firm a button was drawn for; a question asked for none stays so, whatever the person has joined since."""
    return heard.sighting.position if firm else None


# --- about an answer ------------------------------------------------------------------------------------------


async def pick_reading(heard: Heard, carried: PickReading, services: Services) -> Say | Replace:
    """One of two readings: the answer takes the place of the choice."""
    position = _firm(heard, carried.firm)
    reply = await services.asking.pick(heard.tenant, heard.act, position, carried.question, carried.nth)
    answer = _shown(heard, services, position, reply, carried.task)
    return answer if isinstance(answer, Replace) else Replace(answer.message)


async def vote(heard: Heard, carried: Vote, services: Services) -> Say:
    """*Helpful*, *Not helpful*: the answer stays as it is."""
    position = _firm(heard, carried.firm)
    how = await services.asking.vote(heard.tenant, heard.act, position, carried.question, helpful=carried.helpful)
    return Say(views.voted(how, helpful=carried.helpful), quiet=True)


async def ask_lead(heard: Heard, carried: AskLead, services: Services) -> Say:
    """*Ask my lead*."""
    leads, new = await services.queue.ask_lead(heard.act, heard.firm, carried.question)
    return Say(views.asked_lead(leads, new=new))
