"""The one middleware of ours in Bolt: finds the listener in the router's table, runs it and answers Slack itself."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from time import perf_counter
from typing import Any

import msgspec
from msgspec.structs import replace
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.background import Background, ended_within
from bot.errors import STILL_WORKING, STOPPED, STOPPED_ANSWERING
from bot.front.acks import Acks
from bot.front.answering import Answering, waiting
from bot.front.authors import Author, Authors, is_shared, listed
from bot.front.event_inbox import EventInbox
from bot.front.hearing import Call, changed_person, gone_from, hear, moved_in_org
from bot.front.replays import Replays
from bot.front.table import Table
from bot.front.turned_away import TurnedAway
from bot.front.whose import installation_of, workspaces_of_person
from bot.metrics import Counts
from bot.slack.installed import NOT_HERE, UNKNOWN
from bot.slack.people import People
from bot.slack.standstill import Standstill
from bot.surfaces import Answer, Message, Open, Say
from flows.firms import Refusal

BUDGET = 2.0
"""Seconds a request has before Slack gets an ack without its answer. Slack itself waits for three: what is left is for
the way between, and for a process that has hundreds of such requests in hand at once."""


class Routing(AsyncMiddleware):
    """Own database first, ack second, other people's servers third."""

    def __init__(
        self,
        *,
        table: Table,
        answering: Answering,
        inbox: EventInbox,
        background: Background,
        counts: Counts,
        standstill: Standstill,
        people: People,
        authors: Authors,
        replays: Replays,
        turned_away: TurnedAway,
        bot_user: Callable[[str], Awaitable[str | None]],
        budget: float = BUDGET,
    ) -> None:
        """`bot_user` is asked where Bolt's authorize did not know the workspace: who we are there, None if nobody."""
        self._table = table
        self._answering = answering
        self._inbox = inbox
        self._background = background
        self._counts = counts
        self._standstill = standstill
        self._people = people
        self._authors = authors
        self._replays = replays
        self._turned_away = turned_away
        self._bot_user = bot_user
        self._budget = budget
        self._acks = Acks()

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002 - Bolt's
    ) -> BoltResponse:
        """Answers every request that has passed Bolt's signature check and authorize; Bolt's listeners see none."""
        begun = perf_counter()
        answer = await self._process(req)
        self._counts.acked(_how(req.body), perf_counter() - begun)
        return answer

    async def _process(self, req: AsyncBoltRequest) -> BoltResponse:
        body: Mapping[str, Any] = req.body
        if body.get("type") == "url_verification":
            return _ok({"challenge": body.get("challenge", "")})
        if _is_sent_once(body) and (signed := req.headers.get("x-slack-signature")) and self._replays.again(signed[0]):
            self._counts.add("replayed", "other", "refused")
            return REPLAYED
        if req.context.get("authorize_result") is UNKNOWN:
            return await self._meet(req)
        return await self._take(req, str(req.context.bot_user_id or ""), self._budget)

    async def _meet(self, req: AsyncBoltRequest) -> BoltResponse:
        """Looks first whether the app is installed there. With a database in trouble Slack has its ack in time, too.

        What a person did waits for the look then. An event does not: Slack sends it again.
        """
        ends = perf_counter() + self._budget
        looking = self._background.start(self._who_we_are(installation_of(req.body)))
        if await _succeeds(looking, self._budget):
            bot_user = looking.result()
            if bot_user is None:
                return BoltResponse(status=200, body=NOT_HERE)
            return await self._take(req, bot_user, ends - perf_counter())
        if req.body.get("type") == "event_callback":
            return _later()
        return await self._take(req, "", max(0.0, ends - perf_counter()), looking)

    async def _who_we_are(self, tenant: str) -> str | None:
        bot_user = await self._bot_user(tenant)
        if bot_user is None:
            self._turned_away.add("not_installed")
        return bot_user

    async def _take(
        self,
        req: AsyncBoltRequest,
        bot_user: str,
        budget: float,
        looking: "asyncio.Task[str | None] | None" = None,
    ) -> BoltResponse:
        body, ends = req.body, perf_counter() + budget
        if news := self._news(body, at=float(body.get("event_time") or 0.0)):
            return _ok() if await _succeeds(self._background.start(news), budget) else _later()
        author: Author | None = listed(body, bot_user)
        if is_shared(body):
            asked = self._background.start(self._authors.of(body, bot_user))
            author = asked.result() if await _succeeds(asked, budget) else None
            budget = max(0.0, ends - perf_counter())
        if author is None:
            return _later()
        try:
            call = _heard(body, author)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError):
            self._counts.add("unreadable", "other", "ignored")
            return _ok()
        if call is None:
            self._counts.add("other", "other", "ignored")
            return _ok()
        # Only for a person's act: Slack tells us of our own answers too, and some go out without a token.
        if goes_on := self._standstill.heard(call.tenant):
            self._background.start(goes_on)
        if call.origin.channel and call.in_direct_channel and call.kind in ("message", "event"):
            self._answering.met_in_dm(call.origin.channel)
        if self._inbox.keeps(call):
            again = bool(req.headers.get("x-slack-retry-num"))
            return _ok() if await self._inbox.hear(call, body, again=again, budget=budget) else _later()
        return await self._answer(call, budget, looking)

    def _news(self, body: dict[str, Any], at: float) -> Coroutine[Any, Any, None] | None:
        """Takes in what nobody did with us: what became of an installation, a workspace of an org, a person."""
        tenant = installation_of(body)
        teams, are_in = moved_in_org(body)
        if gone := gone_from(body):
            return self._standstill.taken_off(tenant, gone, at=at)
        if teams:
            return self._standstill.moved(tenant, teams, are_in=are_in)
        if changed := changed_person(body):
            return self._changed(workspaces_of_person(body, changed), changed, at)
        return None

    async def _changed(self, tenants: Sequence[str], user: Mapping[str, Any], at: float) -> None:
        for tenant in tenants:
            await self._people.changed(tenant, user, at=at)

    async def _answer(
        self, call: Call, budget: float, looking: "asyncio.Task[str | None] | None" = None
    ) -> BoltResponse:
        with self._acks:
            first = _is_here(looking) if looking else None
            work = self._background.start(self._table.answer(call, first=first))
            ended = await ended_within(work, budget)
        if not ended:
            self._counts.add(call.kind, "other", "late")
            self._background.start(self._deliver_late(call, work, known=not looking))
            return _ok(waiting(call))
        answer = work.result()
        body, more = self._answering.ack(call, answer)
        if more:
            self._background.start(self._follow_up(call, answer))
        return _ok(body)

    async def _follow_up(self, call: Call, answer: Answer) -> None:
        if not isinstance(answer, Open):  # a trigger lives for three seconds
            await self._acks.given()
        await self._answering.deliver(call, answer)

    async def _deliver_late(self, call: Call, work: "asyncio.Task[Answer]", *, known: bool) -> None:
        last_word = STOPPED
        try:
            if call.kind == "action":
                # The ack of a click says nothing by itself; the person should not press again meanwhile.
                say = self._answering.deliver if known else self._answering.say_without_token
                await say(call, Say(Message(STILL_WORKING)))
            answer = await work
            last_word = STOPPED_ANSWERING
            await self._answering.deliver(call, answer)
        except asyncio.CancelledError:
            # Who was told not to try again would wait for ever.
            if call.kind not in _PROMISED_NOTHING:
                await self._answering.say_at_a_stop(call, Message(last_word))
            raise


async def _succeeds(work: "asyncio.Task[Any]", seconds: float) -> bool:
    return await ended_within(work, seconds) and not work.cancelled() and work.exception() is None


async def _is_here(looking: "asyncio.Task[str | None]") -> None:
    if await looking is None:
        raise Refusal(NOT_HERE)


def _heard(body: Mapping[str, Any], author: Author) -> Call | None:
    """What was done. Of a stranger's act nothing is kept, so that it does not go through the inbox either."""
    call = hear(body, author.tenant, author.bot_user)
    return replace(call, stranger=True, event_id="") if call and author.stranger else call


_HOW = {
    "event_callback": "event",
    "block_actions": "action",
    "view_submission": "submit",
    "block_suggestion": "options",
    "message_action": "shortcut",
}


_PROMISED_NOTHING = frozenset({"event", "options"})
"""Kinds of calls whose acks say nothing of an answer that follows: a Home that is drawn, and a list to choose from."""

_SENT_ONCE = frozenset({"block_actions", "view_submission", "message_action", "shortcut"})


def _is_sent_once(body: Mapping[str, Any]) -> bool:
    """Whether Slack never repeats it, as it repeats events."""
    return "command" in body or body.get("type") in _SENT_ONCE


def _how(body: Mapping[str, Any]) -> str:
    return "command" if "command" in body else _HOW.get(str(body.get("type")), "other")


class JsonAck(BoltResponse):
    """An ack with a body, kept as the bytes that go over the wire: a card's signs make text four times as wide."""

    def __init__(self, raw: bytes) -> None:
        self.status = 200
        self.headers = {"content-type": ["application/json;charset=utf-8"]}
        self.raw = raw

    @property
    def body(self) -> str:  # type: ignore[override]  # Bolt's is a plain attribute; Socket Mode reads it as text
        return self.raw.decode()


_nothing = BoltResponse(status=200, body="")

REPLAYED = BoltResponse(status=401, body="")
"""What whoever sends a request once more gets."""


def _ok(body: Mapping[str, Any] | None = None) -> BoltResponse:
    return _nothing if body is None else JsonAck(msgspec.json.encode(body))


def _later() -> BoltResponse:
    """We could not keep the event: Slack shall send it again."""
    return BoltResponse(status=503, body="")
