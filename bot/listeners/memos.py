"""Hears about the decision memo: it is shown, attested to or not agreed with, and looked at again."""

from bot.buttons import AttestMemo, DisagreeForm, OpenDisagree, RenewMemo, ShowMemo
from bot.listeners.scenes import scene_for
from bot.listeners.tasks import is_ticket
from bot.router import Heard, Router
from bot.surfaces import Letter, Message, Open, Replace, Say, Swap
from bot.views import memos as views
from bot.views import tasks
from bot.views.refused import with_ticket
from bot.views.scene import Scene, scene_of
from flows.asked import Owed
from flows.attesting import NOT_AGREED, TO_ATTEST
from flows.events import FirmKey
from flows.firms import Refusal, require
from flows.memos import Memo, asked, memo_of
from flows.position import Position
from flows.services import Result, Services

ANOTHER = "Another answer stands by now, or somebody said so before you; nothing was recorded. Here is how it is."


def register(router: Router) -> None:
    """What is heard here, and what is written."""
    router.command("memo")(show_memo)
    router.action(ShowMemo)(turn_to_memo)
    router.action(AttestMemo)(attest)
    router.action(OpenDisagree)(open_disagree)
    router.submit(DisagreeForm)(disagree)
    router.action(RenewMemo)(renew)
    router.letter(TO_ATTEST)(write_to_attester)
    router.letter(NOT_AGREED)(write_not_agreed)


async def show_memo(heard: Heard, services: Services) -> Say:
    """`/cais memo`."""
    return Say(page(heard, services, heard.firm))


async def turn_to_memo(heard: Heard, carried: ShowMemo, services: Services) -> Replace:
    """*Decision memo*."""
    return Replace(page(heard, services, heard.firm))


def page(heard: Heard, services: Services, position: Position, top: tasks.Top = tasks.NOTHING) -> Message:
    """The memo that stands, or that there is none."""
    scene = scene_for(heard, services, position)
    memo = memo_of(services.pack, position)
    return views.page(scene, memo, heard.who, top) if memo else views.none(scene)


async def attest(heard: Heard, carried: AttestMemo, services: Services) -> Replace:
    """*I attest*."""
    return _after(heard, services, await services.memos.attest(heard.firm.key, heard.act, carried.of, agrees=True))


async def open_disagree(heard: Heard, carried: OpenDisagree, services: Services) -> Open:
    """*I do not agree…*."""
    require(heard.firm, heard.who, "member")
    return Open(views.disagree_form(scene_for(heard, services), carried.of))


async def disagree(heard: Heard, carried: DisagreeForm, services: Services) -> Replace | Swap:
    """The form for why not was submitted."""
    reason = heard.value(views.REASON)
    try:
        result = await services.memos.attest(
            heard.firm.key, heard.act, carried.of, agrees=False, reason=reason, ticket=is_ticket(heard)
        )
    except Refusal as refusal:
        scene = scene_for(heard, services)
        return with_ticket(views.disagree_form(scene, carried.of), refusal)
    return _after(heard, services, result)


async def renew(heard: Heard, carried: RenewMemo, services: Services) -> Replace:
    """*Still no*."""
    return _after(heard, services, await services.memos.renew(heard.firm.key, heard.act, carried.of))


def _after(heard: Heard, services: Services, result: Result) -> Replace:
    scene = scene_for(heard, services, result.position)
    top = tasks.recorded(scene, result.records) if result.changed else tasks.note(ANOTHER)
    return Replace(page(heard, services, result.position, top))


# --- what is owed ------------------------------------------------------------------------------------------------


async def write_to_attester(owed: Owed, services: Services) -> Letter | None:
    """To the second attester: unless another answer stands, they said something, or they cannot attest any more."""
    found = await _as_it_is(owed, services)
    if found is None or asked(services.pack, found[0].position) != (found[1].question.id, int(owed.about), owed.person):
        return None
    return Letter(views.to_attest(*found))


async def write_not_agreed(owed: Owed, services: Services) -> Letter | None:
    """To whoever decided: unless that was taken back, another answer stands, or they are in the firm no more."""
    found = await _as_it_is(owed, services)
    if found is None or owed.person not in found[0].position.members:
        return None
    said, stands = found[1].attestation, found[1].answer.sequence == int(owed.about)
    return Letter(views.not_agreed(*found)) if stands and said and not said.agrees else None


async def _as_it_is(owed: Owed, services: Services) -> tuple[Scene, Memo] | None:
    position = await services.events.position(FirmKey(owed.tenant, owed.firm))
    memo = memo_of(services.pack, position) if position else None
    return (scene_of(services, position, owed.person), memo) if position and memo else None
