"""Hears about a second pair of eyes: what is to be reviewed, what reviewers say, and what leads ask for."""

from bot.buttons import (
    ApproveTask,
    OpenReviewRule,
    OpenSendBack,
    RemoveReviewRule,
    ReviewRuleForm,
    SendBackForm,
    ShowReviews,
)
from bot.listeners.scenes import scene_for
from bot.listeners.tasks import is_ticket
from bot.router import Heard, Router
from bot.slack.places import place
from bot.surfaces import FieldErrors, Letter, Message, Open, Replace, Say, Swap
from bot.views import reviews as views
from bot.views import tasks
from bot.views.refused import with_ticket
from bot.views.scene import Scene, scene_of
from flows import reviews
from flows.asked import Owed
from flows.events import FirmKey
from flows.firms import Person, Refusal, require, role_of
from flows.position import Position
from flows.progress import find
from flows.reviewing import ASKED, SENT_BACK, about
from flows.services import Result, Services
from flows.walk import Item

AS_IT_IS = "Nothing was changed. Here is what is asked for now."
NOT_ANY_MORE = "That is not to be reviewed any more, so nothing was recorded. Here is what is."


def register(router: Router) -> None:
    """What is heard here, and what is written."""
    router.command("review")(show_reviews)
    router.action(ShowReviews)(turn_to_reviews)
    router.action(ApproveTask)(approve)
    router.action(OpenSendBack)(open_send_back)
    router.submit(SendBackForm)(send_back)
    router.action(OpenReviewRule)(open_rule)
    router.submit(ReviewRuleForm, meets=True)(save_rule)
    router.action(RemoveReviewRule)(remove_rule)
    router.letter(ASKED)(write_request)
    router.letter(SENT_BACK)(write_sent_back)


async def show_reviews(heard: Heard, services: Services) -> Say:
    """`/cais review`."""
    return Say(_page(heard, services, heard.firm))


async def turn_to_reviews(heard: Heard, carried: ShowReviews, services: Services) -> Replace:
    """*Reviews*."""
    return Replace(_page(heard, services, heard.firm))


def _page(heard: Heard, services: Services, position: Position, top: tasks.Top = tasks.NOTHING) -> Message:
    scene = scene_for(heard, services, position)
    return views.page(scene, heard.who, role_of(position, heard.who), top)


# --- what reviewers say ------------------------------------------------------------------------------------------


async def approve(heard: Heard, carried: ApproveTask, services: Services) -> Replace:
    """*Approve*, on a card, in a letter or on the list."""
    result = await services.reviews.approve(heard.firm.key, heard.act, carried.task, carried.of)
    return Replace(_after(heard, services, result, carried.task))


async def open_send_back(heard: Heard, carried: OpenSendBack, services: Services) -> Open:
    """*Send back…*."""
    scene = scene_for(heard, services)
    return Open(views.send_back_form(scene, find(services.pack, heard.firm, carried.task), carried.of))


async def send_back(heard: Heard, carried: SendBackForm, services: Services) -> Replace | Swap:
    """The form for what is missing was submitted."""
    try:
        result = await services.reviews.send_back(
            heard.firm.key,
            heard.act,
            carried.task,
            carried.of,
            reason=heard.value(views.REASON),
            ticket=is_ticket(heard),
        )
    except Refusal as refusal:
        scene = scene_for(heard, services)
        item = find(services.pack, heard.firm, carried.task)
        return with_ticket(views.send_back_form(scene, item, carried.of), refusal)
    return Replace(_after(heard, services, result, carried.task))


def _after(heard: Heard, services: Services, result: Result, key: str) -> Message:
    """What was recorded; where nothing was, who looked at it before, or that it is another thing by now."""
    scene = scene_for(heard, services, result.position)
    if result.changed:
        return _page(heard, services, result.position, tasks.recorded(scene, result.records))
    item = find(services.pack, result.position, key)
    return _page(heard, services, result.position, tasks.note(_already(scene, item)))


def _already(scene: Scene, item: Item) -> str:
    approval = found.approval if (found := reviews.of_item(scene.position, item)) else None
    if approval is None:
        return NOT_ANY_MORE
    by = scene.by(approval.by, approval.by_name)
    return f"*Already approved* by {by}, {scene.moment(approval.at)}. Nothing was recorded."


# --- what leads ask for ------------------------------------------------------------------------------------------


async def open_rule(heard: Heard, carried: OpenReviewRule, services: Services) -> Open:
    """*Ask for a review…*."""
    require(heard.firm, heard.who, "lead")
    return Open(views.rule_form(scene_for(heard, services)))


async def save_rule(heard: Heard, carried: ReviewRuleForm, services: Services) -> Replace | FieldErrors:
    """The form for what is to be reviewed was submitted."""
    picked = heard.value(views.PERSON)
    reviewer = await _person(heard, services, picked) if picked else None
    try:
        result = await services.reviews.ask_for(
            heard.firm.key, heard.act, heard.value(views.SCOPE), reviewer, seen=carried.version
        )
    except Refusal as refusal:
        if refusal.kind:
            raise
        return FieldErrors({views.PERSON if picked else views.SCOPE: refusal.sentence})
    return Replace(_asked(heard, services, result))


async def _person(heard: Heard, services: Services, picked: str) -> Person:
    person = place(heard.tenant, picked)
    known = (await services.directory.sight(heard.tenant, person)).known
    return Person(person, known.name)


async def remove_rule(heard: Heard, carried: RemoveReviewRule, services: Services) -> Replace:
    """*Take off*."""
    return Replace(
        _asked(heard, services, await services.reviews.ask_no_more(heard.firm.key, heard.act, carried.scope))
    )


def _asked(heard: Heard, services: Services, result: Result) -> Message:
    scene = scene_for(heard, services, result.position)
    top = tasks.recorded(scene, result.records) if result.changed else tasks.note(AS_IT_IS)
    return _page(heard, services, result.position, top)


# --- what is owed ------------------------------------------------------------------------------------------------


async def write_request(owed: Owed, services: Services) -> Letter | None:
    """To a reviewer: unless somebody looked at it meanwhile, or it is another's to look at."""
    found = await _as_it_is(owed, services)
    review = reviews.of_item(found[0].position, found[1]) if found else None
    if found is None or review is None or not review.pending or review.record.sequence != about(owed)[1]:
        return None
    scene = found[0]
    if owed.person not in reviews.reviewers(scene.position, review):
        return None
    return Letter(views.request(scene, review))


async def write_sent_back(owed: Owed, services: Services) -> Letter | None:
    """To whoever had finished it: unless it was done again, or taken back, or they are in the firm no more."""
    found = await _as_it_is(owed, services)
    if found is None:
        return None
    scene, item = found
    record = item.record
    stands = record is not None and record.sequence == about(owed)[1] and record.sent_back_to == owed.person
    return Letter(views.sent_back(scene, item)) if stands and owed.person in scene.position.members else None


async def _as_it_is(owed: Owed, services: Services) -> tuple[Scene, Item] | None:
    position = await services.events.position(FirmKey(owed.tenant, owed.firm))
    scene = scene_of(services, position, owed.person) if position else None
    item = scene.walk.item(about(owed)[0]) if scene else None
    return (scene, item) if scene and item else None
