"""Hears about industry dates: how they stand, their story, what was known on a day, and what an admin adds."""

import re
from collections.abc import Sequence
from typing import Literal, cast

from bot.buttons import (
    ChooseRevision,
    OpenRevision,
    OpenTradingDay,
    PickDeadline,
    RevisionForm,
    ShowDeadlines,
    ShowStory,
    ShowTradingDays,
    TradingDayForm,
    WithdrawEntry,
)
from bot.listeners.tasks import day_of, is_ticket
from bot.router import Heard, Router
from bot.surfaces import Answer, FieldErrors, Message, Modal, Open, Replace, Say, Swap
from bot.views import deadline_forms as forms
from bot.views import deadlines as views
from bot.views import tasks
from bot.views.refused import with_ticket
from bot.views.scene import Scene, scene_of
from bot.views.tasks import NOTHING, Top
from flows import dates
from flows.dates import OnDay, WhichDay
from flows.deadlines import Deadline, Source, Value, ValueType
from flows.firms import Refusal
from flows.services import Kept, Services
from flows.workspace import DeadlineRevised, TradingDayEdited, Withdrawn, Workspace

ADMINS_ONLY = Refusal(
    "Only somebody who runs this workspace can do that: it holds for every firm in it. Nothing was changed.",
    kind="rights",
)
NO_SUCH_DATE = Refusal("There is no such industry date any more. `/cais deadlines` shows them all.", kind="stale")

_AS_OF = re.compile(r"^(.*?)\s*\b(?:as of|as at)\b\s*(.*)$", re.IGNORECASE)


def register(router: Router) -> None:
    """What is heard here."""
    router.command("deadlines")(type_deadlines)
    router.action(ShowDeadlines)(show_deadlines)
    router.action(ShowStory)(show_story)
    router.action(PickDeadline)(pick_deadline)
    router.action(OpenRevision)(open_revision)
    router.submit(ChooseRevision)(choose_revision)
    router.submit(RevisionForm)(save_revision)
    router.action(ShowTradingDays)(show_trading_days)
    router.action(OpenTradingDay)(open_trading_day)
    router.submit(TradingDayForm)(save_trading_day)
    router.action(WithdrawEntry)(withdraw)


async def _there(heard: Heard, services: Services) -> tuple[Scene, Workspace]:
    there = await services.workspace(heard.tenant)
    return _scene(heard, services, there), there


def _scene(heard: Heard, services: Services, there: Workspace) -> Scene:
    return scene_of(services, heard.firm, heard.who.id, heard.zone, there.ledger)


# --- reading --------------------------------------------------------------------------------------------------


async def type_deadlines(heard: Heard, services: Services) -> Answer:
    """`/cais deadlines [name] [as of <date>]`."""
    scene, there = await _there(heard, services)
    said = heard.words.strip()
    if not said:
        return Say(views.deadlines(scene, there, admin=heard.who.admin))
    asked = _AS_OF.match(said)
    if asked and not asked[1]:
        return Say(_as_of(scene, there, there.ledger.deadlines, asked))
    found = _called(there, asked[1] if asked else said)
    if asked and found:
        return Say(_as_of(scene, there, found, asked))
    if len(found) == 1:
        return Say(views.story(scene, there, found[0], admin=heard.who.admin))
    return Say(views.which(scene, found, said))


def _as_of(scene: Scene, there: Workspace, deadlines: Sequence[Deadline], asked: re.Match[str]) -> Message:
    match dates.read_past(asked[2], today=scene.today, calendar=there.calendar):
        case OnDay(on=on) if on <= scene.today:
            return views.as_of(scene, there, deadlines, on)
        case WhichDay(ask=ask, choices=choices) if days := [day for day in choices if day <= scene.today]:
            return views.as_of_which(scene, asked[1], ask, days)
        case OnDay() | WhichDay(choices=(_, *_)):
            raise Refusal("That day is still to come, and nobody knows what will be known then.")
    raise Refusal("Say one day, like `/cais deadlines as of May 27, 2022`.")


def _called(there: Workspace, said: str) -> list[Deadline]:
    """The industry dates with all of these words in their name or id."""
    terms = set(re.findall(r"\w+", said.casefold()))

    def words(deadline: Deadline) -> set[str]:
        return set(re.findall(r"[^\W_]+", f"{deadline.id} {deadline.title}".casefold()))

    exact = [d for d in there.ledger.deadlines if said.casefold() in (d.id, d.title.casefold())]
    return exact or [d for d in there.ledger.deadlines if terms and terms <= words(d)]


async def show_deadlines(heard: Heard, carried: ShowDeadlines, services: Services) -> Answer:
    """*All industry dates*."""
    scene, there = await _there(heard, services)
    return Replace(views.deadlines(scene, there, admin=heard.who.admin))


async def show_story(heard: Heard, carried: ShowStory, services: Services) -> Answer:
    """*Its story*."""
    return Replace(await _story(heard, services, carried.deadline))


async def pick_deadline(heard: Heard, carried: PickDeadline, services: Services) -> Answer:
    """*The story of…*."""
    return Replace(await _story(heard, services, "".join(heard.chosen[:1])))


async def _story(heard: Heard, services: Services, deadline_id: str) -> Message:
    scene, there = await _there(heard, services)
    deadline = there.ledger.deadline(deadline_id)
    if deadline is None:
        raise NO_SUCH_DATE
    return views.story(scene, there, deadline, admin=heard.who.admin)


# --- what an admin adds ---------------------------------------------------------------------------------------


def _must_be_admin(heard: Heard) -> None:
    """A form is not opened for somebody whose entry would be refused; the use case checks for itself."""
    if not heard.who.admin:
        raise ADMINS_ONLY


async def open_revision(heard: Heard, carried: OpenRevision, services: Services) -> Answer:
    """*Add or revise…*."""
    _must_be_admin(heard)
    scene, there = await _there(heard, services)
    return Open(forms.revision_choice(scene, there.ledger, carried.deadline))


async def choose_revision(heard: Heard, carried: ChooseRevision, services: Services) -> Answer:
    """Which date, and what was said of it: the form goes on with what that needs."""
    _must_be_admin(heard)
    scene, there = await _there(heard, services)
    if not heard.value(forms.DEADLINE):
        return FieldErrors({forms.DEADLINE: "Choose one."})
    return Swap(forms.revision_modal(scene, there.ledger, heard.value(forms.DEADLINE), _kind(heard.value(forms.TYPE))))


async def save_revision(heard: Heard, carried: RevisionForm, services: Services) -> Answer:
    """The form for an industry date was submitted."""
    scene, there = await _there(heard, services)
    announced = day_of(heard.value(forms.FROM))
    if announced is None:
        return FieldErrors({forms.FROM: "Pick the day it was announced."})
    new, kind = carried.deadline in ("", forms.NEW), _kind(carried.said)
    fact = DeadlineRevised(
        deadline=services.new_id() if new else carried.deadline,
        title=heard.value(forms.TITLE) if new else "",
        from_=announced,
        to=day_of(heard.value(forms.TO)) or announced,
        value=_value(heard, kind),
        source=Source(heard.value(forms.SOURCE), heard.value(forms.URL)),
        reason=heard.value(forms.REASON),
    )
    try:
        kept = await services.record_for_workspace(heard.tenant, heard.act, fact, ticket=is_ticket(heard))
    except Refusal as refusal:
        return _refused(refusal, forms.revision_modal(scene, there.ledger, carried.deadline, kind), forms.SOURCE)
    scene = _scene(heard, services, kept.workspace)
    deadline = kept.workspace.ledger.deadline(fact.deadline)
    if deadline is None:  # the same form sent twice has given the date another id the first time
        return Replace(views.deadlines(scene, kept.workspace, admin=heard.who.admin, top=_recorded(scene, kept)))
    return Replace(views.story(scene, kept.workspace, deadline, admin=heard.who.admin, top=_recorded(scene, kept)))


def _kind(said: str) -> ValueType:
    return cast(ValueType, said) if said in forms.DAYS else "date"


def _value(heard: Heard, kind: ValueType) -> Value:
    on, until = day_of(heard.value(forms.DAY)), day_of(heard.value(forms.UNTIL))
    match kind:
        case "month" if on:
            return Value(type="month", month=f"{on:%Y-%m}")
        case "window":
            return Value(type="window", start=on, end=until)
        case "from":
            return Value(type="from", on=on)
        case "tbd":
            return Value(type="tbd", not_before=on, not_after=until)
    return Value(type="date", on=on)


def _recorded(scene: Scene, kept: Kept) -> Top:
    if kept.added is None:
        return tasks.note("That is recorded already. Nothing was added.")
    return views.revised(scene, kept.workspace, kept.added)


def _refused(refusal: Refusal, form: Modal, otherwise: str) -> Answer:
    if refusal.kind == "guard":
        return with_ticket(form, refusal)
    named = {b["block_id"] for b in form.blocks if b.get("type") == "input"}
    return FieldErrors({refusal.kind if refusal.kind in named else otherwise: refusal.sentence})


async def show_trading_days(heard: Heard, carried: ShowTradingDays, services: Services) -> Answer:
    """*Trading days*."""
    return Replace(await _trading_days(heard, services))


async def _trading_days(heard: Heard, services: Services, top: Top = NOTHING) -> Message:
    scene, there = await _there(heard, services)
    return views.trading_days(scene, there, admin=heard.who.admin, top=top)


async def open_trading_day(heard: Heard, carried: OpenTradingDay, services: Services) -> Answer:
    """*Close or open a day…*."""
    _must_be_admin(heard)
    scene, _ = await _there(heard, services)
    return Open(forms.trading_day_modal(scene))


async def save_trading_day(heard: Heard, carried: TradingDayForm, services: Services) -> Answer:
    """The form for a trading day was submitted."""
    scene, _ = await _there(heard, services)
    on = day_of(heard.value(forms.DAY))
    if on is None:
        return FieldErrors({forms.DAY: "Pick a day."})
    state: Literal["closed", "open"] = "open" if heard.value(forms.STATE) == "open" else "closed"
    fact = TradingDayEdited(on, state, heard.value(forms.REASON))
    try:
        kept = await services.record_for_workspace(heard.tenant, heard.act, fact, ticket=is_ticket(heard))
    except Refusal as refusal:
        return _refused(refusal, forms.trading_day_modal(scene), forms.DAY)
    said = "Saved for the whole workspace: days are counted so from now on." if kept.added else "That is so already."
    return Replace(await _trading_days(heard, services, tasks.note(said)))


async def withdraw(heard: Heard, carried: WithdrawEntry, services: Services) -> Answer:
    """*Undo* or *Take back* of what was entered for the workspace."""
    kept = await services.record_for_workspace(heard.tenant, heard.act, Withdrawn(carried.of))
    top = tasks.note("Taken back. It does not count any more." if kept.added else "That was taken back already.")
    fact = next((e.fact for e in kept.workspace.entries if e.sequence == carried.of), None)
    if isinstance(fact, TradingDayEdited):
        return Replace(await _trading_days(heard, services, top))
    scene = _scene(heard, services, kept.workspace)
    return Replace(views.deadlines(scene, kept.workspace, admin=heard.who.admin, top=top))
