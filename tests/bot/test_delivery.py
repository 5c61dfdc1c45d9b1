"""What is owed to somebody arrives, once, whatever happens on the way."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.background import Background, end
from bot.bootstrap import build_router, build_services
from bot.clock import SKEW, real_time
from bot.delivery.bringing import SOME_MINUTES, UNTIL_TRIED_AGAIN
from bot.delivery.rounds import IN_FLIGHT, LEASE, Delivery
from bot.router import SlotWriter
from bot.slack.installed import OneWorkspace
from bot.slack.standstill import Standstill
from bot.slack.web_api import NOT_NOW, SlackSaidNo, TooBusy, WebApi
from bot.surfaces import Letter, Message, Written
from flows.asked import Owed
from flows.services import Act, Services
from storage.database import open_database
from storage.errors import StorageUnavailable
from tests.bot.conftest import NOW, bot_in_slack, engine
from tests.bot.conversing import BEN, LEA, Json, Slack, words_of
from tests.bot.firm_making import TENANT, a_firm, person
from tests.bot.prompt import ANA, KEY, four_events

ASKED = "who signs the registration form at our firm?"


class Clock:
    """Real time that a test moves on."""

    def __init__(self) -> None:
        self.time = real_time()

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def slack(services: Services, clock: Clock) -> AsyncIterator[Slack]:
    """A workspace where Lea is about to reply to what Ben asked."""
    async with bot_in_slack("http", services, build_router(), now=clock) as workspace:
        await a_firm(services, "Apex Securities", LEA, U0BEN="member")
        await workspace.ben.types(ASKED)
        await workspace.lea.types("/cais questions")
        await workspace.lea.presses("Reply…")
        yield workspace


def replies(slack: Slack) -> int:
    return sum("Lea Haddad answered" in words_of(message) for message in slack.ben.sees)


async def after_the_lease(slack: Slack, clock: Clock) -> None:
    clock.time += LEASE + 1
    await slack.bot.delivery.settle_due()
    await slack.settled()


async def test_a_reply_whose_receipt_was_lost_is_not_sent_again(slack: Slack, clock: Clock) -> None:
    slack.sandbox.faults({"method": "chat.postMessage", "kind": "lost_reply"})
    assert await slack.lea.submits({"text": "Lea signs it."}) == {"ok": True}
    assert replies(slack) == 1
    await after_the_lease(slack, clock)
    await after_the_lease(slack, clock)
    assert replies(slack) == 1


@pytest.mark.parametrize("kind", ["reset", "500"])
async def test_a_reply_that_did_not_arrive_is_sent_when_the_lease_is_over(
    slack: Slack, clock: Clock, kind: str
) -> None:
    slack.sandbox.faults({"method": "chat.postMessage", "kind": kind})
    await slack.lea.submits({"text": "Lea signs it."})
    before = replies(slack)
    await slack.bot.delivery.settle_due()
    assert replies(slack) == before, "not before: somebody else may still be at it"
    await after_the_lease(slack, clock)
    assert replies(slack) == 1


async def test_a_reply_recorded_before_a_crash_is_sent_by_the_next_process(
    slack: Slack, tmp_path: Path, services: Services
) -> None:
    await slack.bot.delivery.stop()
    services.queue.wake = lambda: None  # it dies between the commit and the sending
    await slack.lea.submits({"text": "Lea signs it."})
    assert replies(slack) == 0
    async with await open_database(f"sqlite+aiosqlite:///{tmp_path}/cais.db") as database:
        again = build_services(database, services.pack, lambda: NOW, engine=engine)
        async with bot_in_slack("http", again, build_router()) as restarted:
            await restarted.sandbox.until(lambda: restarted.ben.sees)
            assert "Lea signs it." in words_of(restarted.ben.last)


async def test_two_processes_send_it_once(slack: Slack, services: Services) -> None:
    await slack.bot.delivery.stop()
    services.queue.wake = lambda: None
    await slack.lea.submits({"text": "Lea signs it."})
    taken = [await slack.bot.delivery.settle_due() for _ in range(3)]
    assert taken == [1, 0, 0]
    assert replies(slack) == 1


async def test_whoever_left_the_firm_meanwhile_gets_nothing(slack: Slack, services: Services) -> None:
    await slack.bot.delivery.stop()
    services.queue.wake = lambda: None
    await slack.lea.submits({"text": "Lea signs it."})
    (firm,) = await services.directory.all_firms(TENANT)
    await services.remove_member(firm.key, Act(person(LEA), "button", "off"), person(BEN).id)
    assert await slack.bot.delivery.settle_due() == 1
    assert replies(slack) == 0


async def test_what_slack_refuses_for_good_is_given_up(slack: Slack, clock: Clock, services: Services) -> None:
    slack.sandbox.slack.workspace.users[BEN]["deleted"] = True
    await slack.lea.submits({"text": "Lea signs it."})
    clock.time += LEASE + 1
    assert await slack.bot.delivery.settle_due() == 0


# --- what Slack says ----------------------------------------------------------------------------------------------


async def lea_is_asked(slack: Slack, *faults: Json) -> None:
    """Ben asks the lead, who is written to in her own DM, whose id nobody knows; that goes wrong as told."""
    await slack.ben.types("who else signs it at our firm?")
    slack.sandbox.faults(*faults)
    await slack.ben.presses("Ask my lead, Lea Haddad")


def told(slack: Slack) -> int:
    return sum("asks you something" in words_of(message) for message in slack.lea.sees)


async def test_a_letter_whose_receipt_was_lost_is_found_in_a_conversation_nobody_knew(
    slack: Slack, clock: Clock
) -> None:
    before = told(slack)
    await lea_is_asked(slack, {"method": "chat.postMessage", "kind": "lost_reply"})
    assert told(slack) == before + 1
    await after_the_lease(slack, clock)
    assert told(slack) == before + 1
    assert [c.method for c in slack.sandbox.slack.traffic.calls].count("conversations.history") == 1


@pytest.mark.parametrize("word", ["thread_not_found", "channel_not_found"])
@pytest.mark.parametrize("kind", ["lost_reply", "500"])
async def test_what_went_to_their_own_conversation_as_the_other_is_gone_is_looked_for_there(
    slack: Slack, clock: Clock, monkeypatch: pytest.MonkeyPatch, kind: str, word: str
) -> None:
    as_it_is = WebApi.call

    async def call(api: WebApi, method: str, arguments: Mapping[str, Any], **more: Any) -> Json:
        if "thread_ts" in arguments or method == "conversations.replies":
            raise SlackSaidNo(method, word)
        return await as_it_is(api, method, arguments, **more)

    monkeypatch.setattr(WebApi, "call", call)
    slack.sandbox.faults({"method": "chat.postMessage", "kind": kind})
    await slack.lea.submits({"text": "Lea signs it."})
    assert replies(slack) == (1 if kind == "lost_reply" else 0)
    await after_the_lease(slack, clock)
    assert replies(slack) == 1, "at once, and not after a day"
    for _ in range(25):
        clock.time += 3600
        await slack.bot.delivery.settle_due()
    assert replies(slack) == 1


async def test_where_the_conversation_cannot_be_read_it_waits_for_a_day_and_then_sends(
    slack: Slack, clock: Clock
) -> None:
    before = told(slack)
    busy = {"method": "conversations.history", "kind": "429", "retry_after": 60, "times": -1}
    await lea_is_asked(slack, {"method": "chat.postMessage", "kind": "500", "times": 2}, busy)
    await after_the_lease(slack, clock)
    for _ in range(3):
        clock.time += 3600
        await slack.bot.delivery.settle_due()
    assert told(slack) == before, "it may stand there"
    clock.time += 24 * 3600
    await slack.bot.delivery.settle_due()
    assert told(slack) == before + 1


async def test_asked_to_wait_it_waits_and_the_try_does_not_count(slack: Slack, clock: Clock) -> None:
    slack.sandbox.faults({"method": "chat.postMessage", "kind": "429", "retry_after": 30})
    slack.sandbox.slack.traffic.calls.clear()
    await slack.lea.submits({"text": "Lea signs it."})
    assert replies(slack) == 0
    clock.time += 10
    assert await slack.bot.delivery.settle_due() == 0
    clock.time += 21
    assert await slack.bot.delivery.settle_due() == 1
    assert replies(slack) == 1
    assert "conversations.history" not in [c.method for c in slack.sandbox.slack.traffic.calls]


async def test_asked_to_wait_for_a_second_it_waits_no_longer(slack: Slack, clock: Clock) -> None:
    slack.sandbox.faults({"method": "chat.postMessage", "kind": "429", "retry_after": 1})
    await slack.lea.submits({"text": "Lea signs it."})
    await slack.bot.planner.sweep()  # so that no plan wakes it later on
    await slack.bot.delivery.settle_due()
    assert replies(slack) == 0
    clock.time += 1.5
    await slack.sandbox.until(lambda: replies(slack) == 1)


async def test_whom_slack_takes_no_messages_for_is_known_as_such_and_why_can_be_read(
    slack: Slack, services: Services
) -> None:
    slack.sandbox.faults({"method": "chat.postMessage", "kind": "refuse", "error": "cannot_dm_bot"})
    await slack.lea.submits({"text": "Lea signs it."})
    assert replies(slack) == 0
    assert (await services.directory.reach(TENANT, [person(BEN).id]))[person(BEN).id].blocked == "cannot_dm_bot"
    (lost,) = await services.outbox.undelivered(TENANT, limit=5)
    assert (lost.owed.person, lost.outcome) == (person(BEN).id, "cannot_dm_bot")


async def test_what_is_wrong_with_our_own_message_says_nothing_about_the_person(
    slack: Slack, services: Services
) -> None:
    slack.sandbox.faults({"method": "chat.postMessage", "kind": "refuse", "error": "invalid_blocks"})
    await slack.lea.submits({"text": "Lea signs it."})
    assert (await services.directory.reach(TENANT, [person(BEN).id]))[person(BEN).id].blocked == ""
    assert [k.outcome for k in await services.outbox.undelivered(TENANT, limit=5)] == ["invalid_blocks"]


async def test_a_revoked_token_stops_the_workspace_until_somebody_uses_the_app_again(
    slack: Slack, clock: Clock, services: Services
) -> None:
    slack.sandbox.faults({"method": "*", "kind": "refuse", "error": "token_revoked", "times": -1})
    await slack.lea.submits({"text": "Lea signs it."})
    assert await services.outbox.stopped() == {TENANT: "token_revoked"}
    slack.sandbox.faults()
    clock.time += LEASE + 60
    assert await slack.bot.delivery.settle_due() == 0
    assert replies(slack) == 0
    await slack.ben.types("/cais")
    assert await services.outbox.stopped() == {}
    await slack.sandbox.until(lambda: replies(slack) == 1)


@pytest.mark.parametrize("word", ["token_revoked", "invalid_auth", "not_authed", "org_login_required"])
async def test_what_was_refused_for_a_token_that_slack_takes_after_all_is_sent_some_minutes_later(
    slack: Slack, clock: Clock, services: Services, word: str
) -> None:
    slack.sandbox.faults({"method": "chat.postMessage", "kind": "refuse", "error": word})
    await slack.lea.submits({"text": "Lea signs it."})
    assert (replies(slack), await services.outbox.stopped()) == (0, {})
    clock.time += SOME_MINUTES + 1
    await slack.bot.delivery.settle_due()
    assert replies(slack) == 1


async def passes(slack: Slack, clock: Clock, seconds: float) -> int:
    """Time passes in rounds of a minute; how often Slack was asked meanwhile whether it takes the token."""
    await end(slack.bot.delivery._rounds)  # it would look, too, whenever it comes to it
    tests = [call.method for call in slack.sandbox.calls].count("auth.test")
    for _ in range(int(seconds // 60)):
        clock.time += 60
        await slack.bot.delivery._look_for_stopped()
        await slack.settled()
    return [call.method for call in slack.sandbox.calls].count("auth.test") - tests


async def test_a_token_that_slack_does_not_take_for_now_is_asked_about_until_it_does(
    slack: Slack, clock: Clock, services: Services
) -> None:
    slack.sandbox.faults({"method": "*", "kind": "refuse", "error": "invalid_auth", "times": -1})
    await slack.lea.submits({"text": "Lea signs it."})
    assert await services.outbox.stopped() == {TENANT: "invalid_auth"}
    assert await passes(slack, clock, 4 * 60) == 0
    assert await passes(slack, clock, 4 * 60) == 1, "after five minutes"
    assert await passes(slack, clock, 10 * 60) == 1, "after ten more"
    assert await passes(slack, clock, 5 * 3600) == 6, "after twenty, forty, and then once an hour"
    assert await services.outbox.stopped() == {TENANT: "invalid_auth"}
    slack.sandbox.faults()
    assert await passes(slack, clock, 3600) == 1
    assert await services.outbox.stopped() == {}
    await slack.sandbox.until(lambda: replies(slack) == 1)


@pytest.mark.parametrize("reason", ["token_revoked", "team_access_revoked", "served_by_another", "app_uninstalled"])
async def test_what_somebody_has_to_do_something_about_is_not_asked_about(
    slack: Slack, clock: Clock, services: Services, reason: str
) -> None:
    await slack.bot.standstill.stop(TENANT, reason)
    assert await passes(slack, clock, 2 * 3600) == 0
    assert await services.outbox.stopped() == {TENANT: reason}


async def test_of_many_replicas_one_asks(slack: Slack, clock: Clock, services: Services) -> None:
    asked: list[str] = []

    class Refusing:
        def of(self, tenant: str) -> "Refusing":
            return self

        async def call(self, method: str, arguments: Mapping[str, Any], **more: Any) -> Json:
            asked.append(method)
            raise SlackSaidNo(method, "invalid_auth")

    web: Any = Refusing()
    background = Background()
    one = OneWorkspace("xoxb-1")
    replicas = [Standstill(web, services.outbox, clock, installed=one, background=background) for _ in range(4)]
    await replicas[0].stop(TENANT, "invalid_auth")
    for _ in range(60):
        clock.time += 60
        await asyncio.gather(*(replica.look() for replica in replicas))
        await background.idle()
    assert len(asked) == 3


async def test_that_the_app_was_taken_off_is_known_where_its_token_was_in_doubt(
    slack: Slack, clock: Clock, services: Services
) -> None:
    await slack.bot.standstill.stop(TENANT, "invalid_auth")
    await slack.sandbox.people.event({"type": "app_uninstalled"})
    await slack.settled()
    assert await services.outbox.stopped() == {TENANT: "app_uninstalled"}
    assert await passes(slack, clock, 2 * 3600) == 0


@pytest.mark.parametrize("word", sorted(NOT_NOW))
async def test_what_slack_could_not_say_stops_nothing(slack: Slack, services: Services, word: str) -> None:
    slack.sandbox.faults(
        {"method": "chat.postMessage", "kind": "refuse", "error": "invalid_auth"},
        {"method": "auth.test", "kind": "refuse", "error": word, "times": -1},
    )
    await slack.lea.submits({"text": "Lea signs it."})
    assert await services.outbox.stopped() == {}


async def test_a_token_that_counts_no_more_is_noticed_by_the_first_answer_that_slack_refuses(
    slack: Slack, services: Services
) -> None:
    slack.sandbox.faults({"method": "*", "kind": "refuse", "error": "token_revoked", "times": -1})
    await slack.ben.types("next")
    await slack.settled()
    assert await services.outbox.stopped() == {TENANT: "token_revoked"}


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ({"type": "app_uninstalled"}, "app_uninstalled"),
        ({"type": "tokens_revoked", "tokens": {"bot": ["U0BOT"]}}, "token_revoked"),
    ],
)
async def test_an_app_that_was_taken_off_sends_nothing_from_then_on(
    slack: Slack, services: Services, event: dict[str, str], reason: str
) -> None:
    await slack.bot.delivery.stop()
    services.queue.wake = lambda: None
    await slack.lea.submits({"text": "Lea signs it."})
    await slack.sandbox.people.event(event)
    await slack.settled()
    assert await services.outbox.stopped() == {TENANT: reason}
    assert await slack.bot.delivery.settle_due() == 0


async def test_an_uninstalling_that_slack_tells_of_late_stops_nothing_where_the_token_is_newer(
    slack: Slack, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was taken off while the bot was down, and installed again: Slack tells of the first for up to a day."""
    an_hour_ago = SimpleNamespace(time=lambda: real_time() - 3600, monotonic=time.monotonic)
    with monkeypatch.context() as patched:
        patched.setattr("bot.sandbox.delivery.time", an_hour_ago)
        await slack.sandbox.people.event({"type": "app_uninstalled"})
        await slack.settled()
    assert await services.outbox.stopped() == {}
    await slack.sandbox.people.event({"type": "app_uninstalled"})
    await slack.settled()
    assert await services.outbox.stopped() == {TENANT: "app_uninstalled"}


async def test_what_is_owed_in_a_workspace_whose_token_another_bot_has_is_left_to_that_one(
    services: Services, tmp_path: Path
) -> None:
    await four_events(f"sqlite+aiosqlite:///{tmp_path}/cais.db")
    await services.outbox.owe([Owed(KEY.tenant, "k1", KEY.firm, "welcome", ANA.id, "", 0.0)])
    async with bot_in_slack("http", services, build_router()) as slack:
        await slack.bot.delivery.settle_due()
        assert await services.outbox.stopped() == {KEY.tenant: "served_by_another"}
        assert not await services.outbox.in_doubt(KEY.tenant, ANA.id), "it was never taken up"
        kept = await services.outbox.get(KEY.tenant, "k1")
        assert kept is not None
        assert not kept.settled
        await slack.bot.standstill.leave_alone([TENANT])
        assert TENANT not in await services.outbox.stopped()


async def test_somebodys_own_token_is_no_matter_of_ours(slack: Slack, services: Services) -> None:
    await slack.sandbox.people.event({"type": "tokens_revoked", "tokens": {"oauth": ["U0BEN"]}})
    await slack.settled()
    assert await services.outbox.stopped() == {}


async def test_after_a_reinstall_the_next_start_goes_on(slack: Slack, tmp_path: Path, services: Services) -> None:
    await slack.bot.delivery.stop()
    services.queue.wake = lambda: None
    await slack.lea.submits({"text": "Lea signs it."})
    await slack.sandbox.people.event({"type": "app_uninstalled"})
    await slack.settled()
    async with await open_database(f"sqlite+aiosqlite:///{tmp_path}/cais.db") as database:
        again = build_services(database, services.pack, lambda: NOW, engine=engine)
        async with bot_in_slack("http", again, build_router()) as reinstalled:
            await reinstalled.sandbox.until(lambda: reinstalled.ben.sees)
            assert "Lea signs it." in words_of(reinstalled.ben.last)


# --- many at once -------------------------------------------------------------------------------------------------


class Slow:
    """A Slack that says nothing about messages to whoever hangs until they are let go."""

    def __init__(self, hang: int) -> None:
        self.said: list[str] = []
        self.let_go = asyncio.Event()
        self._hang = {f"U{nth}" for nth in range(hang)}

    def of(self, tenant: str) -> "Slow":
        return self

    async def call(self, method: str, arguments: Mapping[str, Any], **more: Any) -> Json:
        if arguments["channel"] in self._hang:
            await self.let_go.wait()
        self.said.append(arguments["channel"])
        return {"ok": True, "channel": "G1", "ts": "1.0"}


class Changing:
    """A Slack that keeps what messages became, one change after the other."""

    def __init__(self) -> None:
        self.became: list[tuple[str, str]] = []

    def of(self, tenant: str) -> "Changing":
        return self

    async def call(self, method: str, arguments: Mapping[str, Any], **more: Any) -> Json:
        self.became.append((arguments.get("ts", ""), arguments["text"]))
        return {"ok": True, "channel": "D1", "ts": "100.0"}


class NotNow(Changing):
    """A Slack that takes nothing for now."""

    async def call(self, method: str, arguments: Mapping[str, Any], **more: Any) -> Json:
        raise TooBusy(3_600)


def standing(web: Any, services: Services) -> Standstill:
    return Standstill(web, services.outbox, real_time, installed=OneWorkspace("xoxb-1"), background=Background())


async def redrawing(services: Services, slack: Changing, shown: list[str], messages: int) -> Delivery:
    """So many messages of one conversation that are to be drawn anew; each shows what is `shown` when it is written."""

    async def draw(owed: Sequence[Owed], services: Services) -> Written:
        return Written(Letter(Message(shown[-1], ()), instead_of=owed[0].about))

    due, whom = services.now().timestamp(), f"slack:{TENANT}/{BEN}"
    places = [f"D1/{nth}.0" for nth in range(messages)]
    await services.outbox.owe([Owed(TENANT, at, "f1", "redraw", whom, at, due, slot=at) for at in places])
    web: Any = slack
    standstill = standing(web, services)
    never, letters = asyncio.Event().wait, {"redraw": draw, "hello": greet}
    return Delivery(web, services, letters, Background(), real_time, standstill=standstill, caught_up=never)


async def greet(owed: Sequence[Owed], services: Services) -> Written:
    return Written(Letter(Message("Hello", ())))


async def test_what_comes_to_be_due_goes_before_all_that_is_only_to_be_drawn_anew(services: Services) -> None:
    slack = Changing()
    delivery = await redrawing(services, slack, ["done"], IN_FLIGHT + 40)
    sending = asyncio.ensure_future(delivery.settle_due())
    async with asyncio.timeout(30):
        while not slack.became:
            await asyncio.sleep(0.001)
        due = services.now().timestamp()
        await services.outbox.owe([Owed(TENANT, "h", "f1", "hello", f"slack:{TENANT}/{BEN}", "", due)])
        while ("", "Hello") not in slack.became:
            await asyncio.sleep(0.001)
    assert len(slack.became) <= 3, "with the next look"
    await delivery.stop()
    await sending


async def test_a_message_that_waited_for_its_turn_shows_what_is_so_by_then(services: Services) -> None:
    slack, shown = Changing(), ["done"]
    delivery = await redrawing(services, slack, shown, 2)
    sending = asyncio.ensure_future(delivery.settle_due())
    async with asyncio.timeout(30):
        while not slack.became:
            await asyncio.sleep(0.001)
        shown.append("undone")
        await sending
    assert slack.became == [("0.0", "done"), ("1.0", "undone")]


async def test_what_waits_for_its_turn_at_a_stop_is_left_to_whoever_goes_on(services: Services) -> None:
    slack = Changing()
    delivery = await redrawing(services, slack, ["done"], all_ := IN_FLIGHT + 8)
    sending = asyncio.ensure_future(delivery.settle_due())
    async with asyncio.timeout(30):
        while not slack.became:
            await asyncio.sleep(0.001)
        await delivery.stop()
        assert await sending == IN_FLIGHT, "nothing more is taken up"
    assert len(slack.became) == 1
    due = services.now().timestamp()
    after = await services.outbox.claim(due=due, now=real_time() + 1, lease=LEASE, limit=all_)
    assert sum(len(slot.owed) for slot in after) == all_ - 1, "no lease is waited for"


async def test_half_of_what_may_be_on_its_way_can_hang_and_holds_up_nobody(services: Services) -> None:
    hang, everybody = IN_FLIGHT // 2, [f"U{nth}" for nth in range(3 * IN_FLIGHT)]
    due = services.now().timestamp()
    owed = [Owed(TENANT, user, "f1", "hello", f"slack:{TENANT}/{user}", "", due) for user in everybody]
    await services.outbox.owe(owed)
    slow: Any = Slow(hang)
    delivery = Delivery(
        slow,
        services,
        {"hello": greet},
        Background(),
        real_time,
        standstill=standing(slow, services),
        caught_up=asyncio.Event().wait,
    )
    sending = asyncio.ensure_future(delivery.settle_due())
    async with asyncio.timeout(30):
        while len(slow.said) < len(everybody) - hang:
            await asyncio.sleep(0.001)
    assert sorted(slow.said) == sorted(everybody[hang:])
    slow.let_go.set()
    assert await sending == len(everybody)
    assert sorted(slow.said) == sorted(everybody)


# --- what cannot be written ---------------------------------------------------------------------------------------


def delivering(services: Services, slack: Changing, clock: Clock, **letters: SlotWriter) -> Delivery:
    web: Any = slack
    idle = asyncio.Event().wait
    waits = {"standstill": standing(web, services), "caught_up": idle}
    return Delivery(web, services, letters, Background(), clock, **waits)


def owed_to_ben(services: Services, kind: str, *firms: str, ago: float = 0) -> list[Owed]:
    due = services.now().timestamp() - ago
    return [
        Owed(TENANT, f"{kind}|{firm}", firm, kind, f"slack:{TENANT}/{BEN}", "", due, slot="digest") for firm in firms
    ]


async def test_a_firm_of_which_nothing_can_be_written_keeps_back_nothing_of_the_others(
    services: Services, clock: Clock
) -> None:
    broken = {"f2"}

    async def digest(owed: Sequence[Owed], services: Services) -> Written:
        firms = [o.firm for o in owed]
        if broken & {*firms}:
            raise ValueError("no such task")
        return Written(Letter(Message(" ".join(sorted(firms)), ())))

    slack = Changing()
    delivery = delivering(services, slack, clock, reminder=digest)
    await services.outbox.owe(owed_to_ben(services, "reminder", "f1", "f2", "f3"))
    await delivery.settle_due()
    assert slack.became == [("", "f1 f3")]

    clock.time += LEASE
    await delivery.settle_due()
    assert slack.became == [("", "f1 f3")], "not with each round"

    broken.clear()
    clock.time += SOME_MINUTES
    await delivery.settle_due()
    assert slack.became == [("", "f1 f3"), ("", "f2")]


async def test_what_may_have_arrived_is_looked_for_also_where_it_is_put_off_with_others_of_its_message(
    services: Services, clock: Clock
) -> None:
    async def digest(owed: Sequence[Owed], services: Services) -> Written:
        if any(o.firm == "f2" for o in owed):
            raise ValueError("no such task")
        return Written(Letter(Message("Hello", ())))

    await services.outbox.owe(owed_to_ben(services, "reminder", "f1", "f2"))
    due = services.now().timestamp()
    await services.outbox.claim(due=due, now=clock(), lease=LEASE, limit=9)  # and then it was killed, sent or not
    clock.time += LEASE + 1
    await delivering(services, NotNow(), clock, reminder=digest).settle_due()
    rows = [await services.outbox.get(TENANT, f"reminder|{firm}") for firm in ("f1", "f2")]
    assert [row.owed.tries for row in rows if row] == [1, 1], "the next one to take it up looks for it"


async def test_what_only_a_later_version_can_write_is_left_to_it_for_a_day(services: Services, clock: Clock) -> None:
    slack = Changing()
    await services.outbox.owe(owed_to_ben(services, "news", "f1"))
    await services.outbox.owe(owed_to_ben(services, "old-news", "f1", ago=90_000))
    await delivering(services, slack, clock, reminder=greet).settle_due()
    news, old = [await services.outbox.get(TENANT, key) for key in ("news|f1", "old-news|f1")]
    assert news
    assert old
    assert not news.settled
    assert old.outcome == "needless"

    clock.time += UNTIL_TRIED_AGAIN + 1
    await delivering(services, slack, clock, news=greet).settle_due()
    assert slack.became == [("", "Hello")]


# --- a message in which not all of it stands ----------------------------------------------------------------------


def of_three(later: str, needless: str) -> SlotWriter:
    """Says each firm but two: what is owed of one is not to be said yet, and nobody wants that of the other."""

    async def digest(owed: Sequence[Owed], services: Services) -> Written:
        keys = {o.firm: o.key for o in owed}
        there = {f: (keys[f],) if f in keys else () for f in (later, needless)}
        says = " ".join(sorted({*keys} - {later, needless}))
        letter = Letter(Message(says, ())) if says else None
        return Written(letter, needless=there[needless], later=there[later])

    return digest


async def test_what_was_put_off_is_not_given_back_again_when_the_rest_of_its_message_is(
    services: Services, clock: Clock
) -> None:
    class SlowThenBusy(Changing):
        """A Slack that answers after ten seconds that it is to be asked later; another bot takes up what is due."""

        async def call(self, method: str, arguments: Mapping[str, Any], **more: Any) -> Json:
            clock.time += 10
            await services.outbox.claim(due=services.now().timestamp(), now=clock(), lease=LEASE, limit=9)
            raise TooBusy("busy", 60)

    await services.outbox.owe(owed_to_ben(services, "reminder", "f1", "f2", "f3"))
    await delivering(services, SlowThenBusy(), clock, reminder=of_three("f1", "f2")).settle_due()
    rows = [await services.outbox.get(TENANT, f"reminder|{firm}") for firm in ("f1", "f2", "f3")]
    assert [row.outcome for row in rows if row] == ["", "needless", ""]
    assert [row.owed.tries for row in rows if row] == [1, 0, 0], "the other bot has the first, and nobody has the third"


async def test_a_message_that_is_refused_for_good_says_nothing_of_what_does_not_stand_in_it(
    services: Services, clock: Clock
) -> None:
    class Refusing(Changing):
        async def call(self, method: str, arguments: Mapping[str, Any], **more: Any) -> Json:
            raise SlackSaidNo(method, "invalid_blocks")

    await services.outbox.owe(owed_to_ben(services, "reminder", "f1", "f2", "f3"))
    await delivering(services, Refusing(), clock, reminder=of_three("f1", "f2")).settle_due()
    rows = [await services.outbox.get(TENANT, f"reminder|{firm}") for firm in ("f1", "f2", "f3")]
    assert [row.outcome for row in rows if row] == ["", "needless", "invalid_blocks"]
    assert [row.owed.firm for row in await services.outbox.undelivered(TENANT, limit=9)] == ["f3"]


async def test_a_database_that_takes_nothing_up_is_not_taken_for_one_that_is_at_work(
    services: Services, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one that may only be read: what is due is seen, and stays."""

    async def read_only(**_: object) -> None:
        raise StorageUnavailable("attempt to write a readonly database")

    delivery = delivering(services, Changing(), clock, reminder=greet)
    await services.outbox.owe(owed_to_ben(services, "reminder", "f1"))
    before = delivery.last_round
    with monkeypatch.context() as patched:
        patched.setattr(services.outbox, "claim", read_only)
        clock.time += 60
        with pytest.raises(StorageUnavailable):
            await delivery.settle_due()
    assert delivery.last_round == before, "so that /readyz sees it"
    await delivery.settle_due()
    assert delivery.last_round == clock.time


@pytest.mark.parametrize(
    ("stood_still", "another"), [(LEASE + 1, True), (LEASE + 1, False), (LEASE - SKEW - 10, True), (LEASE - 5, False)]
)
async def test_a_bot_that_stood_still_posts_nothing_that_another_may_have_taken_up(
    services: Services, clock: Clock, stood_still: float, another: bool
) -> None:
    """As a machine that is put to sleep between taking something up and sending it."""

    async def sleeps(owed: Sequence[Owed], services: Services) -> Written:
        clock.time += stood_still
        if another:
            await services.outbox.claim(due=services.now().timestamp(), now=clock(), lease=LEASE, limit=9)
        return Written(Letter(Message("Hello", ())))

    slack = Changing()
    await services.outbox.owe(owed_to_ben(services, "reminder", "f1"))
    standing_still = delivering(services, slack, clock, reminder=sleeps)
    # What is given back is taken up again at once, by whoever comes first: so often it would go round here.
    standing_still._stopping = True
    await standing_still.settle_due()
    assert slack.became == []
    row = await services.outbox.get(TENANT, "reminder|f1")
    assert row
    has_it = another and stood_still > LEASE
    assert row.owed.tries == (2 if has_it else 0), "the other one's stays its own, and what nobody took is given back"
    if not row.owed.tries:
        await delivering(services, slack, clock, reminder=greet).settle_due()
        assert slack.became == [("", "Hello")]
