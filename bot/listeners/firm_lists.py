"""Hears about many firms at once: a list that is handed over, the look at it, and the word to set them up."""

from bot.buttons import FirmListForm, OpenFirmList, SetUpListed
from bot.listeners.documents import handed_over
from bot.router import Heard, Router
from bot.surfaces import Answer, FieldErrors, Letter, Open, Replace, Say
from bot.views import firm_lists as views
from flows.asked import Owed
from flows.firm_lists.text import LARGEST, TOO_LARGE
from flows.firm_lists.use_cases import LOOK, MAKE, READ, Given, must_be_admin
from flows.firms import Refusal
from flows.services import Services


def register(router: Router) -> None:
    """What is heard here, and what is written."""
    router.command("firm import", firm=False)(open_form)
    router.action(OpenFirmList, firm=False)(press_open)
    router.submit(FirmListForm, firm=False)(take)
    router.action(SetUpListed, firm=False)(set_up)
    router.letter(READ)(read_on)
    router.letter(LOOK)(write_look)
    router.letter(MAKE)(make)


async def open_form(heard: Heard, services: Services) -> Answer:
    """`/cais firm import`. Words in a message cannot open a window, so a button is said instead."""
    must_be_admin(heard.who)
    return Open(views.form(services.pack)) if heard.kind in ("command", "action") else Say(views.way_to_form())


async def press_open(heard: Heard, carried: OpenFirmList, services: Services) -> Answer:
    """*Hand a list over…*."""
    must_be_admin(heard.who)
    return Open(views.form(services.pack))


async def take(heard: Heard, carried: FirmListForm, services: Services) -> Answer:
    """The form was sent. The list is read afterwards, and the look at it comes in the direct messages."""
    files, text = handed_over(heard.payload), heard.value("text")
    if bool(files) == bool(text):
        return FieldErrors({"text": "Hand over a file or paste the lines: one of the two."})
    if files and files[0].size > LARGEST:
        return FieldErrors({"file": TOO_LARGE.sentence})
    zone = heard.zone if heard.zone.startswith("America/") else "America/New_York"
    await services.firm_lists.hand_over(
        Given(heard.tenant, heard.act, zone, file=files[0].id if files else "", text="" if files else text)
    )
    return Replace(views.on_its_way())


async def set_up(heard: Heard, carried: SetUpListed, services: Services) -> Answer:
    """*Set up 38 firms*."""
    look = await services.firm_lists.begin(heard.tenant, heard.act, carried.list)
    return Replace(views.under_way(len(look.found.rows)))


async def read_on(owed: Owed, services: Services) -> Letter | None:
    """A list that a stop or a crash kept from being read. What comes of it is owed then."""
    await services.firm_lists.take_up(owed)
    return None


async def write_look(owed: Owed, services: Services) -> Letter | None:
    """What would come of a list, to whoever handed it over."""
    return Letter(views.look(services.firm_lists.look_of(owed)))


async def make(owed: Owed, services: Services) -> Letter | None:
    """The next firms of a list are set up, and its message says how far that is."""
    try:
        made = await services.firm_lists.go_on(owed)
    except Refusal as refusal:
        return Letter(views.stopped(refusal))
    return None if made.said else Letter(views.made(made), instead_of=made.message)
