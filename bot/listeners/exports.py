"""Hears that somebody wants a record as a file; it is made afterwards and comes in the person's direct messages."""

from bot.buttons import ExportRecord
from bot.listeners.firms import in_reach, strange
from bot.listeners.scenes import scene_for
from bot.router import Heard, Router
from bot.surfaces import Answer, Quiet, Say
from bot.typed import words
from bot.views import exports as views
from bot.views import firms as firm_views
from flows.exports.record import FORMATS, Format
from flows.exports.use_cases import Wish
from flows.firms import Refusal
from flows.services import Services

ALSO: dict[str, Format] = {
    "excel": "xlsx",
    "workbook": "xlsx",
    "xls": "xlsx",
    "calendar": "ics",
    "ical": "ics",
    "dates": "ics",
    "pdf": "packet",
    "binder": "packet",
    "examiner": "packet",
    "zip": "packet",
}
"""What people call the formats."""

NONE_MADE = "Nothing was made."
FILLING = frozenset(
    {*words.EVERY, "firms", "as", "a", "an", "my", "the", "packet's", "file", "record", "format", "please", "now"}
)
"""Words around a format that change nothing."""


def register(router: Router) -> None:
    """What is heard here."""
    router.command("export", or_all=True)(export)
    router.action(ExportRecord)(press_export)


async def export(heard: Heard, services: Services) -> Answer:
    """`/cais export [format] [all]`: without a format, which ones there are."""
    before, stranger = words.stranger(heard.words)
    if stranger:
        return strange(stranger, await in_reach(heard, services), f"export {before}".strip())
    every = words.says_all(heard.words)
    named = [word for word in heard.words.casefold().replace(",", " ").split() if word not in FILLING]
    if not named:
        return await _choose(heard, services)
    format_ = _format(named[0])
    if format_ is None:
        raise Refusal(f"I can write {', '.join(FORMATS)}: for example `/cais export xlsx`. {NONE_MADE}")
    if any(_format(word) != format_ for word in named[1:]):
        # Whatever is left may be the name of another firm: a record must not leave in its place.
        raise Refusal(f"Say one format, and behind it the firm: `/cais export {format_} for` and its name. {NONE_MADE}")
    return await _make(heard, services, format_, every=every)


def _format(word: str) -> Format | None:
    plain = word.removeprefix(".")
    return next((f for f in FORMATS if f == plain), ALSO.get(plain))


async def _choose(heard: Heard, services: Services) -> Answer:
    firms = await in_reach(heard, services)
    if heard.sighting.position is None:
        return Say(firm_views.picker(firms, "export"))
    return Say(views.choice(scene_for(heard, services), len(firms)))


async def press_export(heard: Heard, carried: ExportRecord, services: Services) -> Answer:
    """A format was pressed."""
    format_ = _format(carried.format)
    if format_ is None:
        raise Refusal("This version does not write that format. `/cais export` shows what it writes.", kind="stale")
    return await _make(heard, services, format_, every=carried.every)


async def _make(heard: Heard, services: Services, format_: Format, *, every: bool) -> Answer:
    """Of every firm of the person, with `every`; of the workspace for whoever runs it."""
    keys = tuple(f.key for f in await in_reach(heard, services)) if every else (heard.firm.key,)
    await services.exports.ask(Wish(keys, format_, heard.act))
    if heard.direct:
        return Quiet()  # what comes is told right here
    return Say(views.begun_of_all(format_, len(keys)) if every else views.begun(scene_for(heard, services), format_))
