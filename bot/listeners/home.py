"""Hears what somebody does on their Home, and draws it anew with what came of it."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial

from bot.actions import unpack, verb_of
from bot.buttons import FinishAtHome, LookLater, OpenChase, PickHomePage, ShowHome, UndoAtHome, UndoChange
from bot.listeners.scenes import scene_for, waits_for
from bot.listeners.tasks import GONE
from bot.listeners.undoing import undone_here
from bot.router import Heard, Router
from bot.surfaces import Answer, Block, Home, Modal, Open, Publish
from bot.views import home as views
from bot.views import home_firms, tasks, waiting
from bot.views.blocks import button
from bot.views.home import Pending, Today
from bot.views.scene import Scene, banner, scene_of
from bot.views.tasks import NOTHING, Asked, Top
from bot.views.within_home import place_of
from flows.events import Record
from flows.firms import Refusal
from flows.gist import mine, since_finished, to_review, urgency
from flows.nudging import ABOUT
from flows.reminders.telling import People
from flows.services import Services
from flows.summaries.comparing import Compared, counts, longest_waits, only, with_own
from flows.summaries.portfolio import FILTERS, Filter

A_WEEK = timedelta(7)
NO_WAIT = Refusal("Nobody is waited for here any more. Nothing was changed.", kind="stale")


def register(router: Router) -> None:
    """What is heard here."""
    router.event("app_home_opened")(open_home)
    router.action(ShowHome, firm=False)(turn_page)
    router.action(PickHomePage, firm=False)(pick_page)
    router.action(FinishAtHome)(finish)
    router.action(UndoAtHome)(undo)
    router.action(LookLater)(look_later)
    router.action(OpenChase)(chase)


async def open_home(heard: Heard, services: Services) -> Answer:
    """The Home tab was opened, or is to be drawn anew, where the words then say, and below a note if there is one."""
    note = heard.value("note")
    top = tasks.note(note) if note else NOTHING
    return await shown(heard, services, *place_of(heard.words), top)


async def turn_page(heard: Heard, carried: ShowHome, services: Services) -> Answer:
    """A filter, *Next page*, *Previous page*, *All my firms*, *Back to my tasks*."""
    return await shown(heard, services, carried.only or ("all" if carried.page else ""), carried.page)


async def pick_page(heard: Heard, carried: PickHomePage, services: Services) -> Answer:
    """A page was chosen from the list of them."""
    page = next((int(chosen) for chosen in heard.chosen if chosen.isdecimal()), 0)
    return await shown(heard, services, carried.only or "all", page)


# --- what is done here ----------------------------------------------------------------------------------------


async def finish(heard: Heard, carried: FinishAtHome, services: Services) -> Answer:
    """*Done*."""
    result = await services.complete(heard.firm.key, heard.act, carried.task, seen=carried.version)
    scene = scene_for(heard, services, result.position)
    if result.changed:
        return await _after(heard, services, scene, result.records)
    top = tasks.already(scene, scene.walk.item(carried.task), Asked("done"), carried.version)
    return await shown(heard, services, top=_stays_here(scene, top))


async def undo(heard: Heard, carried: UndoAtHome, services: Services) -> Answer:
    """*Undo* and *Redo* beside what was done here."""
    result = await services.undo(heard.firm.key, heard.act, carried.of)
    return await shown(heard, services, top=_stays_here(*await undone_here(heard, services, result, carried.of)))


async def look_later(heard: Heard, carried: LookLater, services: Services) -> Answer:
    """*Look again in a week*: the wait goes on, and its owner is asked about it then."""
    item = services.walk(heard.firm).item(carried.task)
    kept = item.record if item and item.state == "waiting" else None
    if kept is None:
        raise NO_WAIT
    calendar = (await services.workspace(heard.tenant)).calendar
    day = calendar.on_or_before(services.today(heard.firm) + A_WEEK)
    result = await services.wait(
        heard.firm.key,
        heard.act,
        carried.task,
        whom=kept.whom,
        since=kept.since,
        follow_up_on=day,
        note=kept.reason,
        seen=carried.version,
        ticket=True,  # whoever wrote it has said so, where it had to be said
    )
    scene = scene_for(heard, services, result.position)
    if result.changed:
        return await _after(heard, services, scene, result.records)
    return await shown(heard, services, top=await _looked_at_then(heard, services, scene, carried))


async def _looked_at_then(heard: Heard, services: Services, scene: Scene, carried: LookLater) -> Top:
    """Nothing was put off: the day to look again that stands, and what happens on it."""
    item = scene.walk.item(carried.task)
    if item is None or item.state != "waiting":
        return _stays_here(scene, tasks.already(scene, item, Asked("waiting"), carried.version))
    calendar = (await services.workspace(heard.tenant)).calendar
    reach = await services.directory.reach(heard.tenant, list(scene.position.members))
    asked = People(scene.position, reach, calendar).owner(item.key)
    return _stays_here(scene, waiting.put_off_already(scene, item, asked, seen=carried.version))


async def chase(heard: Heard, carried: OpenChase, services: Services) -> Answer:
    """*Chase*: whom, and the words to copy."""
    scene = scene_for(heard, services)
    item = scene.walk.item(carried.task)
    if item is None:
        raise GONE
    if item.state != "waiting" or item.record is None:
        raise NO_WAIT
    workings = await waits_for(heard, services, scene)
    return Open(Modal("Chase", waiting.to_chase(scene, item, workings), carried, close="Close"))


async def _after(heard: Heard, services: Services, scene: Scene, records: Sequence[Record]) -> Answer:
    top = _stays_here(scene, tasks.recorded(scene, records))
    return await shown(heard, services, top=top)


def _stays_here(scene: Scene, top: Top) -> Top:
    """What was recorded, with an *Undo* that is answered here and not by a card."""
    return Top(top.text, (banner(scene), *(_at_home(scene, block) for block in top.blocks)))


def _at_home(scene: Scene, block: Block) -> Block:
    way_back = block.get("accessory")
    if not way_back or verb_of(way_back["action_id"]) != UndoChange.verb:
        return block
    of = unpack(UndoChange, way_back["value"]).of
    return {**block, "accessory": button(way_back["text"]["text"], scene.carry(UndoAtHome, of=of))}


# --- how it is drawn ------------------------------------------------------------------------------------------


async def shown(heard: Heard, services: Services, wanted: str = "", page: int = 0, top: Top = NOTHING) -> Publish:
    """What is drawn by `draw`, which draws it again where another click came before it."""
    anew = partial(draw, heard, services, wanted, page, top)
    return Publish(await anew(), anew)


async def draw(heard: Heard, services: Services, wanted: str = "", page: int = 0, top: Top = NOTHING) -> Home:
    """Compares all firms by their gists, and reads those that are shown."""
    firms, unread = await services.portfolios.firms(heard.tenant, heard.who)
    if not firms and not unread:
        return views.empty(admin=heard.who.admin, top=top)
    if wanted in FILTERS:
        return await _portfolio(heard, services, firms, unread, wanted, page, top)
    return views.home(await _today(heard, services, firms, unread), heard.who, top=top)


async def _today(heard: Heard, services: Services, firms: Sequence[Compared], unread: int) -> Today:
    """The most urgent tasks are in the firms whose first is most urgent; so it is with waits."""
    own, waiting_firms = with_own(firms, heard.who.id), longest_waits(firms)
    of_mine = [c.firm.key for _, c in own[: views.MOST_TASKS]]
    of_waits = [c.firm.key for c in waiting_firms[: views.MOST_WAITS + views.MOST_TASKS]]
    of_firms = [c.firm.key for c in firms[: views.MOST_FIRMS if len(firms) <= views.MOST_FIRMS else views.WORST]]
    found = await services.portfolios.read([*of_mine, *of_waits, *of_firms], heard.who)
    ledger = (await services.workspace(heard.tenant)).ledger
    scenes = {key: scene_of(services, there, heard.who.id, heard.zone, ledger) for key, there in found.items()}
    tasks_of_mine = [p for key in dict.fromkeys(of_mine) if key in scenes for p in _mine(scenes[key])]
    shown = sorted(tasks_of_mine, key=_urgency)[: views.MOST_TASKS]
    above = {(p.scene.position.key, p.item.key) for p in shown}
    waits = [p for key in dict.fromkeys(of_waits) if key in scenes for p in _waits(scenes[key])]
    rest = sorted((p for p in waits if (p.scene.position.key, p.item.key) not in above), key=_since)
    all_waits = sum(c.firm.gist.waits for c in waiting_firms if c.firm.gist)
    return Today(
        mine=shown,
        all_mine=sum(mine.tasks for mine, _ in own),
        waits=rest[: views.MOST_WAITS],
        all_waits=all_waits - sum(p.item.state == "waiting" for p in shown),
        firms=[scenes[key] for key in of_firms if key in scenes],
        all_firms=len(firms) + unread,
        unread=unread,
        own=_are_theirs(firms),
    )


def _are_theirs(firms: Sequence[Compared]) -> bool:
    """Whether they are the viewer's; one who runs the workspace and is in none sees all."""
    return not firms or any(c.firm.role for c in firms)


def _mine(scene: Scene) -> list[Pending]:
    position, items = scene.position, scene.walk.items
    own = [Pending(scene, item) for item in mine(position, items, scene.viewer)]
    return own + [Pending(scene, r.item, r) for r in to_review(position, items, scene.viewer)]


def _urgency(pending: Pending) -> int:
    return since_finished(pending.review) if pending.review else urgency(pending.scene.position, pending.item)


def _waits(scene: Scene) -> list[Pending]:
    return [Pending(scene, item) for item in scene.walk.waiting]


def _since(pending: Pending) -> date:
    record = pending.item.record
    return record.since if record and record.since else pending.scene.today


async def _portfolio(
    heard: Heard, services: Services, firms: Sequence[Compared], unread: int, wanted: Filter, page: int, top: Top
) -> Home:
    found = only(firms, wanted)
    last = max(0, (len(found) - 1) // home_firms.ON_A_PAGE)
    page = min(max(page, 0), last)
    keys = [c.firm.key for c in found[page * home_firms.ON_A_PAGE : (page + 1) * home_firms.ON_A_PAGE]]
    read = await services.portfolios.read(keys, heard.who)
    shown = [(scene_for(heard, services, read[key]), services.summaries.of(read[key])) for key in keys if key in read]
    nudges = wanted in ABOUT and any(heard.who.admin or c.firm.role == "lead" for c in found)
    drawn = home_firms.Page(shown, wanted, page, last, counts(firms), unread, nudges, _are_theirs(firms))
    return home_firms.firms(drawn, top=top)
