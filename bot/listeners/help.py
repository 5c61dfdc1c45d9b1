"""Hears what is no command, asks for help, and buttons that are too old; runs a command that was offered."""

import re
from collections.abc import Awaitable, Callable

from msgspec.structs import replace

from bot.buttons import PickCommand, RunCommand, ShowHelp
from bot.listeners.namesakes import told_apart
from bot.listeners.questions import answer_words
from bot.router import Heard, Router
from bot.surfaces import Answer, Message, Prompts, Replace, Say
from bot.typed import words
from bot.typed.dates import subject_of, with_ids
from bot.typed.firms import Meant, meant_firm, needs_firm
from bot.typed.tasks import names_for_certain, near_tasks, step_named, tasks_meant
from bot.views import help as views
from bot.views import naming
from bot.views.help import Offer
from bot.views.scene import scene_of
from bot.views.viewing import for_viewer
from flows.dates import read
from flows.firms import role_of
from flows.questions.own_dates import own_dates
from flows.services import Services
from flows.trading_days import NYSE

OFFERED = 3
_OPENED = re.compile(r"^(?:please )?(?:go to|open|show(?: me)?|see) ", re.IGNORECASE)


def register(router: Router) -> None:
    """What is heard here."""
    router.command("help", firm=False)(show_help)
    router.action(ShowHelp, firm=False)(press_help)
    router.action(RunCommand, firm=False)(run_offered(router))
    router.action(PickCommand, firm=False)(run_picked(router))
    router.event("messages_tab_opened")(suggest)
    router.fallback("unknown")(say_unknown(router))
    router.fallback("unsure")(ask_which(router))
    router.fallback("stale")(say_stale)


async def show_help(heard: Heard, services: Services) -> Answer:
    """`/cais help [command]`."""
    return Say(_help(heard, services, heard.words))


async def press_help(heard: Heard, carried: ShowHelp, services: Services) -> Answer:
    """*Help* buttons: said below, so that the card which was pressed stays."""
    return Say(_help(heard, services, carried.command))


def _help(heard: Heard, services: Services, command: str) -> Message:
    firm, version = _firm(heard)
    if not command.strip() or command.strip().casefold() == "me":
        return views.overview(services.pack, firm, version)
    usage = views.find_usage(command)
    if usage:
        return views.of_command(usage, firm)
    known = [u.command for u in views.USAGES if u.command]
    return views.no_such_help(command, words.near(command, known), firm)


def _firm(heard: Heard) -> tuple[str, int]:
    position = heard.sighting.position
    return (position.key.firm, position.version) if position else ("", 0)


async def suggest(heard: Heard, services: Services) -> Answer:
    """The Messages tab was opened."""
    return Prompts(views.PROMPTS)


async def say_stale(heard: Heard, services: Services) -> Answer:
    """A button or modal of an older version."""
    return Say(views.stale(*_firm(heard)))


def say_unknown(router: Router) -> Callable[[Heard, Services], Awaitable[Answer]]:
    """Words that are no command: to a greeting the answer is where one is, a question gets its answer, the nearest
    commands are offered."""

    async def listen(heard: Heard, services: Services) -> Answer:
        shown = await _shown_by(router, heard, services)
        if shown is not None:
            answer = await run(router, heard, services, shown)
            return Say(answer.message) if isinstance(answer, Replace) else answer
        if words.thanks(heard.words):
            return Say(views.welcome(*_firm(heard)))
        first, _, rest = heard.words.strip().partition(" ")
        near = words.near(first, router.commands)[:OFFERED]
        meant = _in_own_words(heard, services)
        if meant:
            (first, _, rest), near = meant.partition(" "), (meant.partition(" ")[0],)
        offered = [await _offer(router, heard, services, command, rest) for command in near]
        firm = _firm(heard)[0]
        asks = views.reads_like_a_question(heard.words) or bool(own_dates(heard.words))
        if asks or (not near and await services.asking.knows(heard.words)):
            return await answer_words(router, heard, services, views.offers(offered, firm))
        return Say(views.unknown(heard.words, offered, firm))

    return listen


async def _shown_by(router: Router, heard: Heard, services: Services) -> str | None:
    """The command that shows what is asked, without an offer: it changes nothing. None for other words."""
    if views.greets(heard.words):
        return ""
    return views.prompted(heard.words) or await _of_the_record(router, heard, services)


async def _of_the_record(router: Router, heard: Heard, services: Services) -> str | None:
    """The command behind a question about the record of the firm: of that which is named at the end, where one is."""
    shown = views.of_the_record(heard.words, services.pack)
    before, name = words.named_last(heard.words)
    if shown is not None or not name:
        return shown
    shown = views.of_the_record(before, services.pack)
    known = shown and await _meant(router, heard, services, shown.split()[0], f"for {name}")
    return f"{shown} for {name}" if known else None


def _in_own_words(heard: Heard, services: Services) -> str:
    """The command that is meant, as it is understood once it is clicked; empty where none surely is."""
    said = words.without_thanks(heard.words)
    today, position = services.now().date(), heard.sighting.position
    scene = scene_of(services, position, heard.who.id) if position else None

    def is_task(named: str) -> bool:
        return scene is not None and bool(subject_of(scene.pack, scene.walk, named) or near_tasks(scene.walk, named))

    named = _OPENED.sub("", " ".join(said.split()).rstrip(".,;:!?"))
    if scene and step_named(scene.pack, named):
        return f"step {named.casefold().removeprefix('step ').removeprefix('part ')}"
    if scene and names_for_certain(scene.pack, scene.walk, named):
        parts = {item.task.part for item in tasks_meant(scene.pack, scene.walk, named)}
        return f"step {parts.pop()}" if len(parts) == 1 else ""
    return words.in_own_words(said, lambda w: read(w, today=today, calendar=NYSE) is not None, is_task)


async def _offer(router: Router, heard: Heard, services: Services, command: str, rest: str) -> Offer:
    """The command as it is run once clicked: for the firm that was named, or the one that is meant now."""
    rest = rest if router.commands[command].free_text else words.without_thanks(rest)
    meant = await _meant(router, heard, services, command, rest)
    label = f"{command} {rest}".strip()
    if meant is None or meant.firm is None:
        return Offer(label, label, _firm(heard)[0])
    return Offer(label, f"{command} {meant.rest}".strip(), meant.firm.key.firm, as_typed=True)


async def _meant(router: Router, heard: Heard, services: Services, command: str, rest: str) -> Meant | None:
    route = router.commands[command]
    return await meant_firm(services, heard.tenant, heard.sighting, route, rest, heard.mentions)


# --- which firm -----------------------------------------------------------------------------------------------


def ask_which(router: Router) -> Callable[[Heard, Services], Awaitable[Answer]]:
    """The end of what was typed may name one of several firms, or none: nothing is done before it is said which."""

    async def listen(heard: Heard, services: Services) -> Answer:
        command, rest = words.split(heard.words, router.commands) or ("", heard.words)
        meant = await _meant(router, heard, services, command, rest)
        if meant is None:
            return Say(views.unknown(heard.words, (), _firm(heard)[0]))
        return Say(await _which(router, heard, services, command, rest, meant))

    return listen


async def _which(router: Router, heard: Heard, services: Services, command: str, rest: str, meant: Meant) -> Message:
    """What each click would do. In a button people are Slack's ids: a click brings no mentions."""
    here, carried = heard.sighting.position, with_ids(meant.rest, heard.mentions)
    reads, then = f"{command} {meant.rest}".strip(), f"{command} {carried}".strip()
    ways = [
        naming.Way(naming.known_as(firm), reads, firm.key.firm, then, shared=bool(firm.apart))
        for firm in await told_apart(meant.firms, services)
    ]
    typed = f"{command} {rest}"
    kept: naming.Way | None = None
    if meant.as_typed:
        elsewhere = "another firm" if router.commands[command].firm else ""
        name, firm = (here.name, here.key.firm) if here else (elsewhere, "")
        kept = naming.Way(name, typed, firm, f"{command} {with_ids(rest, heard.mentions)}")
    return naming.which(meant.said, ways, kept)


# --- running what was offered ---------------------------------------------------------------------------------


def run_offered(router: Router) -> Callable[[Heard, RunCommand, Services], Awaitable[Answer]]:
    """A command that was offered is run now that it is clicked."""

    async def listen(heard: Heard, carried: RunCommand, services: Services) -> Answer:
        return await run(router, heard, services, carried.words, as_typed=carried.as_typed)

    return listen


def run_picked(router: Router) -> Callable[[Heard, PickCommand, Services], Awaitable[Answer]]:
    """The same of a command that was chosen in a select; the firm is the one it was drawn for."""

    async def listen(heard: Heard, carried: PickCommand, services: Services) -> Answer:
        return await run(router, heard, services, "".join(heard.chosen[:1]), as_typed=True)

    return listen


async def run(router: Router, heard: Heard, services: Services, text: str, *, as_typed: bool = False) -> Answer:
    """Runs words as if they were typed, for a click: what it says takes the place of what was clicked.

    `as_typed`: which firm is meant is settled, and no name is taken off the end of the words.
    """
    split = words.split(text, router.commands)
    name, rest = split if split else ("", text)
    route = router.commands.get(name) if split else router.fallbacks["unknown"]
    if route is None:
        return Say(views.stale(*_firm(heard)))
    meant = await _meant(router, heard, services, name, rest) if split and not as_typed else None
    if meant and meant.firm is None:
        return Replace(await _which(router, heard, services, name, rest, meant))
    if meant and meant.firm:
        rest, firm = meant.rest, meant.firm.key.firm
        heard = replace(heard, sighting=await services.directory.sight(heard.tenant, heard.who.id, heard.channel, firm))
    position = heard.sighting.position
    if needs_firm(route, heard.sighting, rest):
        route, rest = router.fallbacks["which_firm" if heard.sighting.firms else "no_firm"], text
    answer = await route.listener(replace(heard, words=rest), services)
    if not isinstance(answer, Say):
        return answer
    viewing = position is not None and role_of(position, heard.who) == "viewer"
    return Replace(for_viewer(answer.message) if viewing else answer.message)
