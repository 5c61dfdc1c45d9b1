"""Hears of summaries in channels: set up, stopped, allowed in a shared one; and writes what stands there."""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import NoReturn

import msgspec

from bot.buttons import PostAll, PostShared, StopSummary
from bot.listeners.firms import in_reach
from bot.router import Heard, Router
from bot.slack.places import is_channel, place, slack_id
from bot.surfaces import Answer, Letter, Message, Outside, Replace, Say, Written
from bot.views import posted as views
from bot.views import progress_picture
from bot.views.scene import Scene, scene_of
from flows.acts import Result
from flows.asked import ARRIVED, CLOSED, SUMMARY, Kept, Owed
from flows.events import Every, FirmKey
from flows.firms import Refusal
from flows.position import Position, Posted
from flows.services import Services
from flows.summaries.changes import Change
from flows.summaries.portfolio import worst_first
from flows.summaries.posting import REDRAW, REFUSED, NotPosted, Post, names_of_now, post_of, slot_of
from flows.summaries.use_cases import MOST_FIRMS

OFTEN: dict[str, Every | None] = {"post": None, "daily": "daily", "weekly": "weekly"}
"""What is typed after `summary`, and how often it is to be posted then; None as often as it is, or once."""

AT_ONCE = 50
"""Firms whose summaries are set up at the same time; their commits are one then."""

ROWS_OF_ONE_OF_MANY = 20
"""Rows of history that are looked at for each of several firms."""


def register(router: Router) -> None:
    """What is heard here, and what is written."""
    router.digest(SUMMARY)(write_post)
    router.digest(REDRAW)(draw_again)
    router.digest(REFUSED)(write_refusals)
    router.action(PostAll, firm=False)(post_all)
    router.action(PostShared)(post_shared)
    router.action(StopSummary)(stop)


# --- setting up and stopping --------------------------------------------------------------------------------------


async def set_up(heard: Heard, services: Services, keys: Sequence[FirmKey], every: Every | None) -> Say:
    """`/cais summary post`, `daily`, `weekly`."""
    return Say(await _set_up(heard, services, keys, heard.channel, every))


async def _set_up(
    heard: Heard, services: Services, keys: Sequence[FirmKey], channel: str, every: Every | None
) -> Message:
    _must_be_a_channel(heard, channel)
    seen = await services.summaries.look(heard.tenant, channel)  # before the record says what it is called
    there = await _standing_there(heard.tenant, services, keys, channel, every)
    results: list[Result] = []
    for first in range(0, len(keys), AT_ONCE):
        # Hundreds one after the other, each with a commit of its own, would take longer than Slack waits.
        some = keys[first : first + AT_ONCE]
        results += await asyncio.gather(
            *(services.summaries.post(k, heard.act, channel, every, name=seen.name) for k in some)
        )
    stands = _address(heard, channel, there) if there else None
    return views.set_up([result.position for result in results], channel, seen.why, stands)


async def _standing_there(
    tenant: str, services: Services, keys: Sequence[FirmKey], channel: str, every: Every | None
) -> str:
    """The message in which all of these firms stand already, as often as is asked for now; empty where there is none.

    Looked up before anything is recorded: afterwards it may have been posted by then.
    """
    kept = [position.posted.get(channel) for position in await services.events.positions(keys)]
    if not all(p and every in (None, p.every) for p in kept) or not (posted := next(iter(kept), None)):
        return ""
    calendar = (await services.workspace(tenant)).calendar
    asked = msgspec.structs.replace(posted, at=services.now())
    for name in names_of_now(asked, calendar, services.now()):
        rows = await services.outbox.summaries(tenant, channel, slot_of(channel, name))
        arrived = [row for row in rows if row.outcome in ARRIVED and row.owed.message]
        if {row.owed.firm for row in arrived} >= {key.firm for key in keys}:
            return _message(arrived, *ARRIVED)
    return ""


def _address(heard: Heard, channel: str, message: str) -> str:
    """Where a message is opened in Slack; empty where the workspace's own address is not known."""
    domain = heard.payload.get("team_domain") or (heard.payload.get("team") or {}).get("domain") or ""
    stamp = message.rpartition("/")[2].replace(".", "")
    return f"https://{domain}.slack.com/archives/{slack_id(channel)}/p{stamp}" if domain else ""


async def look(heard: Heard, services: Services, often: str) -> Answer:
    """The same with `all`: what would be posted where, before anything is. For one firm it is posted."""
    _must_be_a_channel(heard, heard.channel)
    keys, left_out = await _led(heard, services, None)
    if len(keys) == 1:
        return await set_up(heard, services, keys, OFTEN[often])
    return Say(await _look(heard, services, keys, heard.channel, often, left_out))


async def _look(
    heard: Heard, services: Services, keys: Sequence[FirmKey], channel: str, often: str, left_out: int, note: str = ""
) -> Message:
    standings = await services.summaries.beside(keys, heard.who)
    carried = PostAll(channel=channel, often=often, firms=len(keys), which=_mark(keys))
    return views.look(standings, carried, left_out=left_out, note=note)


def _mark(keys: Iterable[FirmKey]) -> str:
    """Tells these firms from any others, in whatever order."""
    return sha256("\n".join(sorted(key.firm for key in keys)).encode()).hexdigest()[:16]


async def post_all(heard: Heard, carried: PostAll, services: Services) -> Answer:
    """*Post all of them*: those that were looked at, and no others."""
    if carried.often not in OFTEN:
        raise Refusal("This version does not post so. `/cais help summary` says how it does.", kind="stale")
    _must_be_a_channel(heard, carried.channel)
    keys, left_out = await _led(heard, services, None)
    if _mark(keys) != carried.which:
        note = "The firms that you lead are others by now than those you looked at, so nothing was posted yet."
        if len(keys) != carried.firms:
            note = f"You lead {len(keys)} firms by now, not {carried.firms}, so nothing was posted yet."
        return Replace(await _look(heard, services, keys, carried.channel, carried.often, left_out, note))
    return Replace(await _set_up(heard, services, keys, carried.channel, OFTEN[carried.often]))


async def turn_off(heard: Heard, services: Services, position: Position | None) -> Answer:
    """`/cais summary off`."""
    _must_be_a_channel(heard, heard.channel)
    keys, _ = await _led(heard, services, position)
    results = [await services.summaries.stop(key, heard.act, heard.channel) for key in keys]
    was = any(result.changed for result in results)
    return Say(views.stopped([result.position for result in results], heard.channel, was=was))


async def post_shared(heard: Heard, carried: PostShared, services: Services) -> Answer:
    """*Post it there all the same*, confirmed."""
    _must_be_a_channel(heard, carried.channel)
    if carried.channel not in heard.firm.posted:
        raise Refusal("That was stopped meanwhile, so nothing was posted.", kind="stale")
    every, channel = heard.firm.posted[carried.channel].every, carried.channel
    seen = await services.summaries.look(heard.tenant, channel)
    result = await services.summaries.post(heard.firm.key, heard.act, channel, every, shared=True, name=seen.name)
    return Replace(views.set_up([result.position], channel, seen.why))


async def stop(heard: Heard, carried: StopSummary, services: Services) -> Answer:
    """*Stop*."""
    _must_be_a_channel(heard, carried.channel)
    result = await services.summaries.stop(heard.firm.key, heard.act, carried.channel)
    return Replace(views.stopped([result.position], carried.channel, was=result.changed))


def _must_be_a_channel(heard: Heard, channel: str) -> None:
    if not is_channel(channel) or not channel.startswith(place(heard.tenant, "")):
        _not_a_channel()


def _not_a_channel() -> NoReturn:
    raise Refusal(
        "A summary is posted in a channel: type that in the channel you mean. Nothing was changed. "
        "Where a firm's summary is posted already, `/cais firm` has *Stop*, wherever you are."
    )


async def _led(heard: Heard, services: Services, position: Position | None) -> tuple[list[FirmKey], int]:
    """The firm that is meant, or all that this person leads, and how many are too many. Raises Refusal without any."""
    if position:
        return [position.key], 0
    admin = heard.who.admin
    firms = [f.key for f in await in_reach(heard, services) if f.role == "lead" or admin]
    if not firms:
        raise Refusal("Only a lead can have a firm's summary posted, and you lead none here. Nothing was changed.")
    return firms[:MOST_FIRMS], max(0, len(firms) - MOST_FIRMS)


# --- what stands in the channel -----------------------------------------------------------------------------------


class _Firm(msgspec.Struct, frozen=True):
    position: Position
    posted: Posted


async def write_post(owed: Sequence[Owed], services: Services) -> Written:
    """All firms whose summaries are one message in this channel; where it stands already, it is drawn anew.

    One from which all firms were taken out stays as it is: whoever sets it up again after that looks for a new one.
    """
    post = post_of(owed[0])
    if post is None:
        return Written(None, tuple(o.key for o in owed))
    rows = await services.outbox.summaries(owed[0].tenant, owed[0].person, owed[0].slot)
    mine = {o.key for o in owed}
    if any(not r.settled and r.owed.tries and r.owed.key not in mine for r in rows):
        return Written(None, later=tuple(mine))  # another firm's is on its way, and will be the message
    firms = await _firms([*owed, *(r.owed for r in rows)], post, services)
    holding = {f.position.key.firm: f.posted.sequence for f in firms}
    needless = tuple(o.key for o in owed if (p := post_of(o)) is None or holding.get(o.firm) != p.sequence)
    if len(needless) == len(owed):
        return Written(None, needless)
    there, allowed = _message(rows, *ARRIVED), {f.position.key.firm for f in firms if f.posted.shared}
    keys = tuple(o.key for o in owed if o.firm in allowed and o.key not in needless)
    outside = await _outside(firms, post, there, services, keys)
    return Written(await _letter(firms, post, there, services), needless, outside=outside)


async def draw_again(owed: Sequence[Owed], services: Services) -> Written:
    """Something changed in a firm whose summary stands there."""
    keys = tuple(o.key for o in owed)
    post = post_of(owed[0])
    if post is None:
        return Written(None, keys)
    slot = owed[0].slot.partition("|")[2]
    rows = await services.outbox.summaries(owed[0].tenant, owed[0].person, slot)
    there = _message(rows, *ARRIVED) or _message(rows, CLOSED)
    if not there:
        return Written(None, keys)
    firms = await _firms([r.owed for r in rows], post, services)
    gone = await _gone(rows, {f.position.key for f in firms}, post, there, services)
    if firms:
        # One that somebody deleted comes back when it is asked for: posted here, each change would post another.
        outside = await _outside(firms, post, there, services, keys, anew=False)
        if gone and not any(f.posted.shared for f in firms):
            outside = Outside(gone, keys)  # what stood there goes, though what is left may not be shown
        return Written(await _letter(firms, post, there, services, anew=False), outside=outside)
    return Written(gone, () if gone else keys)


async def _gone(
    rows: Sequence[Kept], left: Collection[FirmKey], post: Post, there: str, services: Services
) -> Letter | None:
    """That the firms which stood in this message are posted there no more, but for those that are `left`."""
    stood = [FirmKey(r.owed.tenant, r.owed.firm) for r in rows if r.outcome in (*ARRIVED, CLOSED)]
    gone = await services.events.positions([key for key in dict.fromkeys(stood) if key not in left])
    if not gone:
        return None
    message = views.gone(gone, services.today(gone[0]))
    return Letter(message, channel=slack_id(post.channel), instead_of=there)


async def write_refusals(owed: Sequence[Owed], services: Services) -> Written:
    """To whoever set them up, of the firms for which it holds and for which they may still do something about it."""
    said = {o.key: msgspec.json.decode(o.about, type=NotPosted) for o in owed}
    firms = [FirmKey(o.tenant, o.firm) for o in owed]
    positions = {position.key: position for position in await services.events.positions(firms)}
    still = {}
    for row, firm in zip(owed, firms, strict=True):
        position, about = positions.get(firm), said[row.key]
        posted = position.posted.get(about.channel) if position else None
        if position and posted and posted.sequence == about.sequence and row.person in position.members:
            still[row.key] = position
    needless = tuple(key for key in said if key not in still)
    if not still:
        return Written(None, needless)
    about = said[owed[0].key]
    named = sorted(still.values(), key=lambda position: position.name.casefold())
    return Written(Letter(views.refused(named, about.channel, about.why)), needless)


def _message(rows: Sequence[Kept], *outcomes: str) -> str:
    """Where the newest message of this period stands in which a row came to that; empty where none does."""
    found = [r.owed.message for r in rows if r.owed.message and r.outcome in outcomes]
    return max(found, key=lambda message: message.rpartition("/")[2].rjust(20, "0"), default="")


async def _firms(rows: Sequence[Owed], post: Post, services: Services) -> list[_Firm]:
    """The firms that have their summary in this channel as often as this message comes."""
    keys = list(dict.fromkeys(FirmKey(row.tenant, row.firm) for row in rows))
    every = post.period.partition(":")[0]
    found = []
    for position in await services.events.positions(keys):
        posted = position.posted.get(post.channel)
        if posted and posted.every == every:
            found.append(_Firm(position, posted))
    return found


async def _last(tenant: str, post: Post, services: Services) -> datetime | None:
    """When the last one came that stands in the channel: what was to come between could not be posted, or changed."""
    if post.period.startswith("once:"):
        return None
    at = await services.outbox.last_summary(tenant, post.channel, slot_of(post.channel, post.period))
    return None if at is None else datetime.fromtimestamp(at, UTC)


async def _letter(firms: Sequence[_Firm], post: Post, there: str, services: Services, *, anew: bool = True) -> Letter:
    before = await _last(firms[0].position.key.tenant, post, services)
    if before and before < min(f.posted.at for f in firms):
        before = None  # there was none before this one
    one_of_many = len(firms) > 1
    changes: list[tuple[Scene, Change]] = []
    scenes = {f.position.key: scene_of(services, f.position, "") for f in firms}
    for firm in firms:
        most = ROWS_OF_ONE_OF_MANY if one_of_many else None
        found = await services.summaries.changes(firm.position, before, most=most)
        changes += [(scenes[firm.position.key], change) for change in found]
    first = scenes[firms[0].position.key]
    day = first.recorded_day(before) if before else None
    standings = worst_first(services.summaries.of(f.position) for f in firms)
    message: Message
    if one_of_many:
        newest = sorted(changes, key=lambda each: each[1].at, reverse=True)
        ordered = [scenes[s.key] for s in standings]
        picture = progress_picture.of_many(standings)
        message = views.several(ordered, standings, newest, [f.posted for f in firms], since=day)
    else:
        picture = progress_picture.of_one(standings[0])
        message = views.one(first, standings[0], [c for _, c in changes], firms[0].posted, since=day)
    inside = not all(f.posted.shared for f in firms)
    return Letter(message, channel=slack_id(post.channel), instead_of=there, inside=inside, anew=anew, picture=picture)


async def _outside(
    firms: Sequence[_Firm], post: Post, there: str, services: Services, keys: tuple[str, ...], *, anew: bool = True
) -> Outside | None:
    """What people of other companies may read: the firms whose leads said yes to it, where not all did.

    What one firm has not said yes to keeps no other firm's promise. `keys`: of the rows that it is about.
    """
    allowed = [f for f in firms if f.posted.shared]
    if not allowed or len(allowed) == len(firms):
        return None
    return Outside(await _letter(allowed, post, there, services, anew=anew) if keys else None, keys)
