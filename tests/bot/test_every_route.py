"""No route of the table gives away or changes a firm one is no member of; each one drawn has a listener and help."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import msgspec
import pytest
from msgspec.structs import replace

from bot import buttons
from bot.actions import Carried, pack
from bot.background import Background
from bot.bootstrap import build_router, build_services
from bot.front.answering import Answering
from bot.front.hearing import Call, Origin
from bot.front.table import Table
from bot.metrics import Counts
from bot.slack.people import People
from bot.slack.web_api import Unsure, WebApi
from bot.surfaces import Answer, FieldErrors, Home, Message, Modal, Open, Options, Say
from bot.views import help as help_views
from flows.agent_file import AgentFile
from flows.asked import Place
from flows.asking import Question
from flows.documents.use_cases import File as Paper
from flows.events import FirmKey
from flows.evidence.pieces import File
from flows.exports.use_cases import Wish
from flows.firms import Person
from flows.habits import Rules
from flows.roadmap import Pack
from flows.services import Act, Services
from flows.summaries.portfolio import FILTERS
from storage.database import open_database
from tests.bot.conftest import NOW, engine, shipped_asker
from tests.storage.fresh import fresh_database

TENANT = "-/T0SANDBOX"
OWNER = Person(f"slack:{TENANT}/U0LEA", "Lea Haddad")
SECRET = "Zephyrine"
"""A word in everything the foreign firm has: where it shows up, something was given away."""

QUESTION = "who signs the registration form at our firm?"

ROWS = 18
"""Events of the foreign firm, once it is made."""

ROUTER = build_router()


async def foreign_firm(services: Services) -> FirmKey:
    """A firm of somebody else's with something of everything: an agent, a yearly date that is done, an answer, ..."""

    def act(nth: int) -> Act:
        return Act(OWNER, "button", f"owner-{nth}")

    result = await services.set_up(TENANT, act(0), name=f"{SECRET} Brokers", situation="new")
    key = result.position.key
    await services.answer(key, act(1), "fdid_duty", ["yes"])
    await services.answer(key, act(2), "methods", ["agent"], agents=[f"{SECRET} Clearing"])
    await services.add_note(key, act(3), f"{SECRET} called")
    (agent,) = (await services.position(key, OWNER)).agents
    await services.keep_agent_file(key, act(15), agent.id, AgentFile(contact=SECRET))
    (yearly,) = (await services.set_recurring(key, act(9), f"{SECRET} review", 3, 15)).position.recurring
    await services.reminders.finish_recurring(key, act(12), yearly.id, date(2027, 3, 15))
    await services.reminders.set_rules(key, act(13), Rules(before=(15, 5, 0)))
    other = Person(f"slack:{TENANT}/U0CON", f"{SECRET} Mills")
    await services.set_member(key, act(16), other, "lead")
    await services.reviews.ask_for(key, act(17), "all", other)
    await services.assign(key, act(10), "s2", OWNER)
    await services.add_evidence(key, act(30), "s1", kind="note", text=f"{SECRET} memo")
    await services.evidence.expect(key, act(31), "s1", [File("F0FOREIGN", f"{SECRET}.pdf", 5)])
    await services.documents.expect(key, act(32), [Paper("F0PAPER", f"{SECRET}.pdf", 5)])
    await services.set_task_due(key, act(11), "s2", date(2027, 5, 28))
    await services.summaries.post(key, act(14), f"slack:{TENANT}/C0FOREIGN", "weekly")
    result = await services.link_channel(key, act(4), f"slack:{TENANT}/C0FOREIGN")
    for nth, text in ((5, QUESTION), (6, f"who at {SECRET} pays the fine?")):
        place = Place(f"slack:{TENANT}/C0FOREIGN", "1.0")
        await services.asking.ask(TENANT, act(nth), result.position, Question(text, place))
    (first, _) = (await services.queue.waiting(act(7), result.position)).waiting
    await services.queue.reply(act(8), result.position, first.id, text=f"{SECRET} knows.", check_on=date(2027, 5, 1))
    return key


@asynccontextmanager
async def opened(path: Path, pack: Pack) -> AsyncIterator[Services]:
    """The use cases on this file."""
    async with await open_database(fresh_database(path)) as database:
        yield build_services(database, pack, lambda: NOW, engine=engine)


@pytest.fixture(scope="session")
def with_foreign_firm(tmp_path_factory: pytest.TempPathFactory, pack: Pack) -> tuple[bytes, FirmKey]:
    """A database with that firm in it, which each test here begins with: to make it takes longer than any of them."""
    path = tmp_path_factory.mktemp("foreign") / "cais.db"

    shipped_asker()  # before anybody waits for an answer

    async def made() -> FirmKey:
        async with opened(path, pack) as services:
            return await foreign_firm(services)

    key = asyncio.run(made())
    return path.read_bytes(), key


@pytest.fixture
def key(with_foreign_firm: tuple[bytes, FirmKey]) -> FirmKey:
    """Which is the foreign firm."""
    return with_foreign_firm[1]


@pytest.fixture
async def services(tmp_path: Path, pack: Pack, with_foreign_firm: tuple[bytes, FirmKey]) -> AsyncIterator[Services]:
    """The use cases where there is a foreign firm, at NOW."""
    path = tmp_path / "cais.db"
    path.write_bytes(with_foreign_firm[0])
    async with opened(path, pack) as services:
        yield services


class SilentSlack(WebApi):
    """It cannot be reached, so nobody gets to know more of anybody."""

    def of(self, tenant: str) -> WebApi:
        return self

    async def call(self, *asked: Any, **more: Any) -> NoReturn:
        raise Unsure("no Slack here")


@pytest.fixture
def answer(services: Services) -> Callable[[Call], Awaitable[Answer]]:
    """The table as in the bot, without Slack."""
    background, slack = Background(), SilentSlack(session=None, token="")  # type: ignore[arg-type]
    people = People(slack, services.directory, background, lambda: 0.0, services.now)
    answering = Answering(slack, lambda call, note: background.idle(), listen=lambda call: table.answer(call))
    table = Table(ROUTER, services, people=people, is_direct=answering.is_direct, counts=Counts())
    return table.answer


def said_by(answer: Answer) -> str:
    """Everything that an answer would show or send along."""
    match answer:
        case FieldErrors(sentences):
            return str(sentences)
        case Options(options):
            return str(options)
    parts = [getattr(answer, name) for name in ("message", "modal", "home", "prompts") if hasattr(answer, name)]
    found = ""
    for part in parts:
        assert isinstance(part, Message | Modal | Home | tuple)
        found += str(part)
        if isinstance(part, Modal):
            found += pack(part.carried)
    return found


def call(kind: Any, name: str, carried: Carried | None, firm: str, **more: Any) -> Call:
    """What Slack would send for this, by Ben, who is in no firm or in one of his own."""
    return Call(
        kind=kind,
        name=name,
        tenant=TENANT,
        user="U0BEN",
        user_name="ben",
        cause=f"{kind}-{name}",
        packed=pack(carried) if carried else "",
        origin=Origin(channel="C0FOREIGN"),
        chosen=(firm,),
        **more,
    )


FIELDS: Mapping[str, tuple[str, ...]] = {
    "name": ("Birch",),
    "text": ("hello",),
    "note": ("hello",),
    "reason": ("because",),
    "person": ("U0BEN",),
    "role": ("lead",),
    "situation": ("new",),
    "time_zone": ("America/New_York",),
    "channel": ("C0FOREIGN",),
    "task": ("s1",),
    "whom": ("Helpdesk",),
    "day": ("2027-05-28",),
    "giver": ("U0LEA",),
}


def routed() -> list[tuple[str, str]]:
    tables = {"action": ROUTER.actions, "submit": ROUTER.submits, "options": ROUTER.options}
    return [(kind, name) for kind, table in tables.items() for name in table]


@pytest.fixture
def wished(services: Services) -> list[FirmKey]:
    """The firms whose records anybody came to be brought."""
    keys: list[FirmKey] = []

    def carry_out(wish: Wish) -> bool:
        keys.extend(wish.keys)
        return True

    services.exports.carry_out = carry_out
    return keys


@pytest.mark.parametrize("own_firm", [False, True])
@pytest.mark.parametrize(("kind", "name"), routed())
async def test_no_button_or_modal_reaches_a_firm_one_is_not_in(
    services: Services,
    key: FirmKey,
    answer: Callable[[Call], Awaitable[Answer]],
    wished: list[FirmKey],
    kind: str,
    name: str,
    own_firm: bool,
) -> None:
    before = await services.events.history(key)
    if own_firm:
        ben = Person(f"slack:{TENANT}/U0BEN", "Ben Cole")
        await services.set_up(TENANT, Act(ben, "modal", "ben"), name="Birch Brokers", situation="new")
    route = {"action": ROUTER.actions, "submit": ROUTER.submits, "options": ROUTER.options}[kind][name]
    assert route.carries is not None or kind == "options"
    carried = route.carries(firm=key.firm, version=2) if route.carries else None
    given = {**FIELDS, "firm": (key.firm,)}
    heard = await answer(call(kind, name, carried, key.firm, values=given, view={"type": "modal", "id": "V1"}))
    assert SECRET not in said_by(heard)
    assert "Something went wrong" not in said_by(heard)
    assert await services.events.history(key) == before
    assert len(await services.intake.coming(key)) == 1
    assert wished == []
    if carried is not None:
        assert isinstance(heard, Say | FieldErrors), "a refusal, not the foreign card"
        assert "not a member" in said_by(heard)


@pytest.mark.parametrize("kind", ["action", "submit"])
async def test_a_firm_chosen_in_a_select_or_field_is_checked_too(
    services: Services, key: FirmKey, answer: Callable[[Call], Awaitable[Answer]], kind: str
) -> None:
    table = ROUTER.actions if kind == "action" else ROUTER.submits
    for name, route in table.items():
        assert route.carries is not None
        carried = route.carries()
        heard = await answer(call(kind, name, carried, key.firm, values={**FIELDS, "firm": (key.firm,)}))
        assert SECRET not in said_by(heard), name
        assert "Something went wrong" not in said_by(heard), name
    assert len(await services.events.history(key)) == ROWS


@pytest.mark.parametrize("every", [False, True])
async def test_only_records_of_ones_own_firms_are_brought(
    services: Services, key: FirmKey, answer: Callable[[Call], Awaitable[Answer]], wished: list[FirmKey], every: bool
) -> None:
    ben = Person(f"slack:{TENANT}/U0BEN", "Ben Cole")
    own = (await services.set_up(TENANT, Act(ben, "modal", "ben"), name="Birch", situation="new")).position.key
    for firm in (own, key):
        carried = buttons.ExportRecord(firm=firm.firm, format="json", every=every)
        await answer(call("action", carried.verb, carried, firm.firm))
    assert wished == [own]


async def test_what_another_firm_asked_and_answered_is_found_by_nobody_else(
    services: Services, key: FirmKey, answer: Callable[[Call], Awaitable[Answer]]
) -> None:
    ben = Person(f"slack:{TENANT}/U0BEN", "Ben Cole")
    await services.set_up(TENANT, Act(ben, "modal", "ben"), name="Birch Brokers", situation="new")
    for kind in ("command", "mention", "message"):
        for text in (QUESTION, f"ask {QUESTION}", "and when?", "questions"):
            payload = {"ts": "2.0", "thread_ts": "1.0"}
            asked = replace(call(kind, "", None, key.firm, words=text, payload=payload), cause=f"{kind}-{text}")
            for origin in (Origin(channel="C0FOREIGN"), Origin(channel="C0FOREIGN", thread="1.0")):
                assert SECRET not in said_by(await answer(replace(asked, origin=origin))), text
    assert len((await services.queue.waiting(Act(OWNER, "command"), await services.position(key, OWNER))).waiting) == 1


@pytest.mark.parametrize("command", sorted(ROUTER.commands))
async def test_no_command_reaches_the_firm_a_channel_is_linked_to_for_others(
    services: Services, key: FirmKey, answer: Callable[[Call], Awaitable[Answer]], wished: list[FirmKey], command: str
) -> None:
    before = await services.events.history(key)
    for rest in ("", "s1", "Apex", "json all"):
        heard = await answer(call("command", "", None, key.firm, words=f"{command} {rest}".strip()))
        assert SECRET not in said_by(heard)
        assert "Something went wrong" not in said_by(heard)
    for rest in ("{} Brokers", "for {} Brokers"):  # as much is said of it as of a firm that does not exist
        there, nowhere = [
            said_by(await answer(call("command", "", None, key.firm, words=f"{command} {rest.format(name)}".strip())))
            for name in (SECRET, "Quasimodo")
        ]
        assert there.replace(SECRET, "Quasimodo") == nowhere
    assert await services.events.history(key) == before
    assert key not in wished


async def test_no_home_page_of_firms_or_other_event_shows_a_firm_one_is_not_in(
    services: Services, key: FirmKey, answer: Callable[[Call], Awaitable[Answer]]
) -> None:
    ben = Person(f"slack:{TENANT}/U0BEN", "Ben Cole")
    await services.set_up(TENANT, Act(ben, "modal", "ben"), name="Birch Brokers", situation="new")
    asked = [call("event", name, None, key.firm) for name in ROUTER.events]
    for wanted in FILTERS:
        asked += [
            call("action", carried.verb, carried, key.firm)
            for carried in (buttons.ShowHome(only=wanted), buttons.ShowPortfolio(only=wanted))
        ]
    shown = ""
    for each in asked:
        shown += said_by(await answer(replace(each, origin=Origin(channel="C0FOREIGN", home=True))))
    assert SECRET not in shown
    assert "Birch Brokers" in shown


@pytest.mark.parametrize("name", sorted(ROUTER.shortcuts))
async def test_a_shortcut_in_the_channel_of_a_foreign_firm_does_not_name_it(
    services: Services, key: FirmKey, answer: Callable[[Call], Awaitable[Answer]], name: str
) -> None:
    payload = {"message": {"ts": "1.2", "text": "x", "user": "U0LEA"}, "channel": {"id": "C0FOREIGN"}}
    assert SECRET not in said_by(await answer(call("shortcut", name, None, key.firm, payload=payload)))


async def test_a_name_that_an_app_gave_itself_turns_nothing_around_in_the_record(
    services: Services, answer: Callable[[Call], Awaitable[Answer]]
) -> None:
    ben = Person(f"slack:{TENANT}/U0BEN", "Ben Cole")
    await services.set_up(TENANT, Act(ben, "modal", "ben"), name="Birch Brokers", situation="new")
    message = {"ts": "1700000000.000100", "text": "x", "username": "Alerts \u202egnp.exe\x00"}
    payload = {"message": message, "channel": {"id": "C0GENERAL"}, "team": {"domain": "practice"}}
    shown = await answer(call("shortcut", "save_evidence", None, "", payload=payload))
    assert isinstance(shown, Open)
    assert isinstance(shown.modal.carried, buttons.MessageFirmForm)
    assert shown.modal.carried.label == "Message by Alerts gnp.exe"


@pytest.mark.parametrize("packed", ["", "{}x", '{"firm": 7}', '{"firm": null}', "[]", '{"version": "no"}', "\x00"])
async def test_what_none_of_our_buttons_can_have_carried_is_refused_kindly(
    services: Services, key: FirmKey, answer: Callable[[Call], Awaitable[Answer]], packed: str
) -> None:
    for kind, name in routed():
        heard = await answer(replace(call(kind, name, None, key.firm), packed=packed))
        assert SECRET not in said_by(heard)
        assert "Something went wrong" not in said_by(heard), name
    assert len(await services.events.history(key)) == ROWS


def test_every_button_and_modal_has_a_listener() -> None:
    kinds = [k for k in vars(buttons).values() if isinstance(k, type) and issubclass(k, Carried) and k.verb]
    heard = ROUTER.actions.keys() | ROUTER.submits.keys()
    assert {k.verb for k in kinds} - heard == set()
    assert len({k.verb for k in kinds}) == len(kinds)
    assert all(msgspec.json.decode(pack(k()), type=k) == k() for k in kinds)


def test_every_command_has_help_and_every_help_is_a_command() -> None:
    assert {u.command for u in help_views.USAGES} == set(ROUTER.commands)


def test_every_fallback_has_a_listener() -> None:
    assert set(ROUTER.fallbacks) == {
        "no_firm",
        "which_firm",
        "foreign",
        "no_such_firm",
        "unsure",
        "unknown",
        "stale",
        "stranger",
    }
