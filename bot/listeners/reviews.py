"""Hears about a second pair of eyes: what is to be reviewed, what reviewers say, and what leads ask for."""

from collections.abc import Sequence

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
from bot.surfaces import FieldErrors, Letter, Message, Open, Replace, Say, Swap, Written
from bot.views import reviews as views
from bot.views import tasks
from bot.views.refused import with_ticket
from bot.views.scene import Scene, scene_of
from flows import reviews
from flows.asked import ARRIVED, REVIEW_ASKED, Kept, Owed
from flows.events import FirmKey
from flows.firms import Person, Refusal, require, role_of
from flows.position import Position
from flows.progress import find
from flows.reviewing import SENT_BACK, about
from flows.reviews import Review
from flows.services import Result, Services
from flows.walk import Item

TOGETHER = 600.0
"""Seconds (business time) for which a message that asks for reviews takes up what comes after it: Slack tells nobody
of a message that was changed, so this is no longer than somebody may take to open it."""

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
    router.digest(REVIEW_ASKED)(write_requests)
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


async def write_requests(owed: Sequence[Owed], services: Services) -> Written:
    """To a reviewer: what nobody has looked at meanwhile. What comes soon after a message stands in that one, too.

    A message in which something was looked at since stays as it is: it says what was recorded, with its *Undo*.
    """
    mine = {o.key for o in owed}
    rows = await services.outbox.reviews_asked(owed[0].tenant, owed[0].person, owed[0].slot)
    if any(not r.settled and r.owed.tries and r.owed.key not in mine for r in rows):
        return Written(None, later=tuple(mine))  # another is on its way, and will be the message
    position = await services.events.position(FirmKey(owed[0].tenant, owed[0].firm))
    if position is None:
        return Written(None, tuple(mine))
    scene = scene_of(services, position, owed[0].person)
    found = [(o.key, _still_asked(scene, o)) for o in owed]
    needless = tuple(key for key, review in found if review is None)
    new = [review for _, review in found if review]
    if not new:
        return Written(None, needless)
    there, before = _message_so_far(scene, rows, services.now().timestamp())
    shown = list({review.item.key: review for review in (*before, *new)}.values())
    return Written(Letter(views.requests(scene, shown), instead_of=there, anew=True), needless)


def _message_so_far(scene: Scene, rows: Sequence[Kept], now: float) -> tuple[str, list[Review]]:
    """The newest message of these, and what it asks for; nothing where it is too old, or does not stand as it was."""
    messages = [r.owed.message for r in rows if r.owed.message and r.outcome in ARRIVED]
    there = [r.owed for r in rows if messages and r.owed.message == messages[-1]]
    reviews_there = [_still_asked(scene, o) for o in there]
    asked = [review for review in reviews_there if review]
    if not there or len(asked) < len(there) or now - there[0].due_at > TOGETHER:
        return "", []
    return messages[-1], asked


def _still_asked(scene: Scene, owed: Owed) -> Review | None:
    """The review, unless somebody looked at it meanwhile, or it is another's to look at."""
    task, sequence = about(owed)
    item = scene.walk.item(task)
    review = reviews.of_item(scene.position, item) if item else None
    if review is None or not review.pending or review.record.sequence != sequence:
        return None
    return review if owed.person in reviews.reviewers(scene.position, review) else None


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
