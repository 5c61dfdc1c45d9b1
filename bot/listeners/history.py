"""Hears who wants to look back: the firm's history as a whole, or of a task, a person, a period."""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from bot.buttons import HistoryForm, OpenHistoryFilter, ShowHistory
from bot.listeners.scenes import scene_for
from bot.listeners.tasks import day_of
from bot.router import Heard, Router
from bot.slack.places import place
from bot.surfaces import Answer, FieldErrors, Message, Open, Replace, Say
from bot.typed.history import HistoryWords, Known, entry_named, history_words
from bot.views import history as views
from flows.dates import WhichDay
from flows.events import Record
from flows.evidence.pieces import pieces
from flows.evolve import undone
from flows.firms import Refusal
from flows.history import NO_ROWS
from flows.looking_back import Filter, people, sought
from flows.periods import Period, read_period
from flows.services import Services

NOTHING_WANTED = Filter()


def register(router: Router) -> None:
    """What is heard here."""
    router.command("history", people=True)(show_history)
    router.action(ShowHistory)(turn_page)
    router.action(OpenHistoryFilter)(open_filter)
    router.submit(HistoryForm)(filter_by_form)


async def show_history(heard: Heard, services: Services) -> Answer:
    """`/cais history [task or step] [by somebody] [of a period]`."""
    if not heard.words.strip():
        return Say(await _history(heard, services, NOTHING_WANTED))
    scene = scene_for(heard, services)
    rows = await services.history(heard.firm.key, heard.who)
    there = people(heard.firm, rows)
    calendar = (await services.workspace(heard.tenant)).calendar

    def read(text: str) -> Period | WhichDay | None:
        return read_period(text, today=scene.today, calendar=calendar)

    mentions = {name: place(heard.tenant, user) for name, user in heard.mentions.items()}
    said = history_words(heard.words, Known(scene.pack, scene.walk, there, mentions, heard.who.id, read))
    if entry := entry_named(heard.words, else_understood=not (said.unknown or said.stranger or said.unclear)):
        return Say(await _from_entry(heard, services, entry))
    _must_be_understood(said)
    wanted = Filter(first=said.period.first, last=said.period.last)
    choices = [
        replace(wanted, task=task, person=person) for task in said.tasks or ("",) for person in said.people or ("",)
    ]
    if len(choices) > 1:
        return Say(views.which(scene, choices, there))
    named = {mentions[name]: name for name in mentions}
    return Say(await _history(heard, services, choices[0], named={**named, **there}))


def _instead(unclear: WhichDay) -> str:
    """How each of the days that may be meant is written, so that it is one only; of a day to come, what there is."""
    days = [f"`{on:%B} {on.day}, {on.year}`" for on in unclear.choices]
    if days:
        return f"Write {' or '.join(days)} in its place."
    return "The history has what was recorded until now; `/cais history` shows it from the newest entry on."


def _must_be_understood(said: HistoryWords) -> None:
    """Raises Refusal that says which words were not, all of them, and what can be written."""
    problems = []
    if said.stranger:
        problems.append(
            f"Nobody called “{said.stranger}” is in this firm or in its history. "
            "Mention the person, or press *Filter…* under `/cais history` to pick one."
        )
    if said.unclear:
        problems.append(f"{said.unclear.ask} {_instead(said.unclear)}")
    if said.unknown:
        problems.append(
            f"I do not know what “{said.unknown}” is here: no task, step or period that I can read. "
            "Try `/cais history s2 by @dana since June`; `/cais status` has the short names of the tasks."
        )
    if problems:
        raise Refusal(" ".join(problems))


async def turn_page(heard: Heard, carried: ShowHistory, services: Services) -> Answer:
    """*Older*, *Newer*, *History*, and one of several that were meant."""
    wanted = Filter(carried.task, carried.person, day_of(carried.first), day_of(carried.last))
    return Replace(await _history(heard, services, wanted, carried.before))


async def open_filter(heard: Heard, carried: OpenHistoryFilter, services: Services) -> Answer:
    """*Filter…*."""
    rows = await services.history(heard.firm.key, heard.who)
    wanted = Filter(carried.task, carried.person, day_of(carried.first), day_of(carried.last))
    return Open(views.filter_modal(scene_for(heard, services), wanted, people(heard.firm, rows)))


async def filter_by_form(heard: Heard, carried: HistoryForm, services: Services) -> Answer:
    """The filter was submitted; what was left empty is not filtered by."""
    first, last = day_of(heard.value("first")), day_of(heard.value("last"))
    wanted = Filter(heard.value("task"), heard.value("person"), first, last)
    if wanted.first and wanted.last and wanted.last < wanted.first:
        return FieldErrors({"last": "The last day is before the first one."})
    return Replace(await _history(heard, services, wanted))


async def _from_entry(heard: Heard, services: Services, entry: int) -> Message:
    """The page that begins with this entry, by the number that stands beside each."""
    if entry > heard.firm.version:
        raise Refusal(f"There is no entry {entry}: the history of {heard.firm.name} has {heard.firm.version}.")
    return await _history(heard, services, NOTHING_WANTED, entry + 1)


# --- pages ----------------------------------------------------------------------------------------------------


async def _history(
    heard: Heard, services: Services, wanted: Filter, before: int = 0, named: Mapping[str, str] | None = None
) -> Message:
    scene, key = scene_for(heard, services), heard.firm.key
    if wanted == NOTHING_WANTED:
        left_out = undone(await services.history(key, heard.who, types=("undone",)))
        return views.history(scene, await _page(heard, services, before, left_out))
    rows = await services.history(key, heard.who)
    left_out = undone(rows)
    found = sought(scene.pack, scene.position, rows, wanted)
    evidence: Sequence[Record] = ()
    if wanted.task:
        evidence = [p.row for p in reversed(pieces(found, left_out)) if p.removed is None]
    page = replace(_slice(found, before, left_out), behind={r.sequence: r for r in rows})
    return views.history(
        scene, page, wanted=wanted, evidence=evidence, named=named or people(scene.position, rows), whole=rows
    )


async def _page(heard: Heard, services: Services, before: int, left_out: frozenset[int]) -> views.Page:
    """A page of everything; sequences have no gaps, so the page above begins a fixed number higher."""
    rows = await services.history(heard.firm.key, heard.who, limit=views.ROWS, before=before or None)
    above = before + views.ROWS
    # Only an undo has to look back, as far as it reaches.
    undoes = any(r.type == "undone" for r in rows)
    everything = await services.history(heard.firm.key, heard.who) if undoes else ()
    return views.Page(
        rows=tuple(reversed(rows)),
        undone=left_out,
        behind={r.sequence: r for r in everything} if undoes else NO_ROWS,
        older=rows[0].sequence if rows and rows[0].sequence > 1 else None,
        newer=None if not before else (above if above <= heard.firm.version else 0),
    )


def _slice(rows: Sequence[Record], before: int, left_out: frozenset[int]) -> views.Page:
    """A page of some rows, oldest first, as `_page` makes it of all."""
    below = [r for r in rows if not before or r.sequence < before]
    shown, above = below[-views.ROWS :], rows[len(below) :]
    newer: int | None = None
    if above:
        newer = above[views.ROWS].sequence if len(above) > views.ROWS else 0
    return views.Page(
        rows=tuple(reversed(shown)),
        undone=left_out,
        older=shown[0].sequence if len(below) > len(shown) else None,
        newer=newer,
    )
