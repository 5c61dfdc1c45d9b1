"""Slack's events: repeated, cut off by a crash, answered once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import msgspec
import pytest

from bot.clock import real_time
from bot.front import event_inbox
from bot.front.event_inbox import GIVEN_UP, LEASE, MOST_TRIES, SOON, TYPE_AGAIN
from bot.router import Heard, Router
from bot.surfaces import Message, Say
from flows.ports import Known, Told
from flows.roadmap import Pack
from flows.services import Services
from tests.bot.conftest import bot_in_slack
from tests.bot.conversing import BEN, COMPLIANCE, LEA, Slack
from tests.bot.tiny import tiny_router

Json = dict[str, Any]


@pytest.fixture(scope="module")
def pack() -> Pack:
    return cast(Pack, None)  # these listeners read no roadmap


class Clock:
    """Real time that a test moves on."""

    def __init__(self) -> None:
        self.time = real_time()

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@asynccontextmanager
async def without_rounds(services: Services, router: Router, clock: Clock) -> AsyncIterator[Slack]:
    """A bot that takes up only what a test makes it: a round of its own, the first one still under way perhaps, could
    be the one that does."""
    async with bot_in_slack("http", services, router, now=clock) as workspace:
        await workspace.bot.inbox.stop()
        yield workspace


@pytest.fixture
async def slack(services: Services, clock: Clock) -> AsyncIterator[Slack]:
    async with without_rounds(services, tiny_router(), clock) as workspace:
        yield workspace


def message(slack: Slack, text: str = "card", ts: str = "1700000000.000100") -> Json:
    return {
        "type": "message",
        "channel": slack.ben.channel,
        "channel_type": "im",
        "user": BEN,
        "text": text,
        "ts": ts,
        "event_ts": ts,
    }


def answers(slack: Slack) -> list[str]:
    return [m["text"] for m in slack.ben.sees if m["user" if "user" in m else "bot_id"] != BEN]


async def test_the_same_event_twice_is_answered_once(slack: Slack) -> None:
    for _ in range(3):
        await slack.sandbox.send_event(message(slack), "Ev1")
        await slack.settled()
    assert len(answers(slack)) == 1


async def test_the_same_event_after_a_restart_is_answered_once(services: Services) -> None:
    for expected in (1, 0):
        async with bot_in_slack("http", services, tiny_router()) as slack:
            await slack.sandbox.send_event(message(slack), "Ev1")
            await slack.settled()
            assert len(answers(slack)) == expected


async def test_a_reply_whose_receipt_got_lost_is_not_said_twice(slack: Slack, clock: Clock) -> None:
    slack.sandbox.faults({"method": "chat.postMessage", "kind": "lost_reply"})
    await slack.sandbox.send_event(message(slack), "Ev1")
    await slack.settled()
    assert len(answers(slack)) == 1
    clock.time += LEASE + 1
    assert await slack.bot.inbox.take_up() == 1
    assert len(answers(slack)) == 1
    clock.time += LEASE + 1
    assert await slack.bot.inbox.take_up() == 0


@pytest.mark.parametrize("thread", [False, True])
async def test_a_reply_that_never_arrived_is_said_later(slack: Slack, clock: Clock, thread: bool) -> None:
    told = message(slack)
    if thread:
        told["thread_ts"] = (await slack.ben.types("card"))["ts"]
    slack.sandbox.faults({"method": "chat.postMessage", "kind": "500"})
    before = len(answers(slack))
    await slack.sandbox.send_event(told, "Ev1")
    await slack.settled()
    assert len(answers(slack)) == before
    clock.time += LEASE + 1
    assert await slack.bot.inbox.take_up() == 1
    assert len(answers(slack)) == before + 1


@pytest.mark.parametrize("kind", ["500", "lost_reply"])
async def test_an_answer_slack_may_have_lost_is_looked_for_soon_and_said_once(
    slack: Slack, clock: Clock, kind: str
) -> None:
    slack.sandbox.faults({"method": "chat.postMessage", "kind": kind})
    await slack.sandbox.send_event(message(slack), "Ev1")
    await slack.settled()
    assert await slack.bot.inbox.take_up() == 0
    clock.time += SOON
    assert await slack.bot.inbox.take_up() == 1
    assert len(answers(slack)) == 1
    clock.time += LEASE + 1
    assert await slack.bot.inbox.take_up() == 0


@pytest.mark.parametrize(
    ("kind", "tries", "said"), [("lost_reply", 1, "Nothing was changed. Try again"), ("500", 2, "Recorded.")]
)
async def test_what_was_said_not_to_have_happened_does_not_happen_afterwards_in_silence(
    services: Services, clock: Clock, kind: str, tries: int, said: str
) -> None:
    """What went wrong the first time would work when the event is taken up again."""
    done: list[str] = []

    async def write(heard: Heard, services: Services) -> Say:
        done.append(heard.words)
        if len(done) == 1:
            raise OSError("the disk, for a moment")
        return Say(Message("Recorded."))

    router = tiny_router()
    router.command("write", firm=False)(write)
    async with without_rounds(services, router, clock) as slack:
        slack.sandbox.faults({"method": "chat.postMessage", "kind": kind})
        await slack.sandbox.send_event(message(slack, "write it"), "Ev1")
        await slack.settled()
        clock.time += SOON
        assert await slack.bot.inbox.take_up() == 1
        clock.time += LEASE + 1
        assert await slack.bot.inbox.take_up() == 0
        (answer,) = answers(slack)
        assert (len(done), said in answer) == (tries, True)


async def test_an_extra_round_comes_for_an_answer_slack_did_not_take(
    transport: str, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_inbox, "SOON", 0.05)
    async with bot_in_slack(transport, services, tiny_router()) as slack:
        slack.sandbox.faults({"method": "chat.postMessage", "kind": "500"})
        await slack.sandbox.send_event(message(slack), "Ev1")
        await slack.sandbox.until(lambda: len(answers(slack)) == 1)


async def test_a_look_whose_answer_gets_lost_is_taken_again(slack: Slack, clock: Clock) -> None:
    slack.sandbox.faults({"method": "chat.postMessage", "kind": "lost_reply"})
    await slack.sandbox.send_event(message(slack), "Ev1")
    await slack.settled()
    slack.sandbox.faults({"method": "conversations.history", "kind": "lost_reply"})
    clock.time += SOON
    assert await slack.bot.inbox.take_up() == 1
    clock.time += LEASE + 1
    assert await slack.bot.inbox.take_up() == 0, "it was found"
    assert len(answers(slack)) == 1


async def test_an_event_that_a_crash_left_is_handled_at_the_next_start(services: Services, clock: Clock) -> None:
    async with without_rounds(services, tiny_router(), clock) as slack:
        body = b'{"type": "event_callback", "team_id": "T0SANDBOX", "event_id": "Ev1", "event": '
        body += b'{"type": "message", "channel_type": "im", "user": "U0BEN", "text": "card", "ts": "1.1", "channel": "'
        kept = body.decode() + slack.ben.channel + '"}}'
        await services.inbox.take(Told("-/T0SANDBOX", "Ev1", kept), now=clock.time - LEASE - 1, lease=LEASE)
        assert await slack.bot.inbox.take_up() == 1
        assert len(answers(slack)) == 1


async def test_a_replica_whose_clock_is_a_minute_ahead_leaves_alone_what_another_has_had_for_a_minute(
    slack: Slack, services: Services, clock: Clock
) -> None:
    theirs = Told("-/T0SANDBOX", "Ev1", msgspec.json.encode({"event_id": "Ev1"}).decode())
    await services.inbox.take(theirs, now=clock.time, lease=LEASE)
    clock.time += 60 + 60 - 1
    assert await slack.bot.inbox.take_up() == 0
    clock.time += 2
    assert await slack.bot.inbox.take_up() == 1


async def test_an_event_that_cannot_be_kept_is_asked_for_again(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(told: Told, *, now: float, lease: float) -> bool:
        raise OSError("disk full")

    async with bot_in_slack("http", services, tiny_router(), retry_delays=(0.01, 0.01)) as slack:
        with monkeypatch.context() as patched:
            patched.setattr(services.inbox, "take", broken)
            await slack.sandbox.send_event(message(slack), "Ev1")
            await slack.sandbox.until(lambda: slack.sandbox.sent)
            assert answers(slack) == []
        await slack.sandbox.until(lambda: answers(slack))
        await slack.settled()
        assert len(answers(slack)) == 1


async def test_slack_asking_for_patience_delays_the_reply_and_loses_nothing(slack: Slack) -> None:
    slack.sandbox.faults({"method": "chat.postMessage", "kind": "429", "retry_after": 1})
    await slack.ben.types("card")
    assert len(answers(slack)) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"subtype": "message_changed"},
        {"bot_id": "B1"},
        {"user": "U0CAIS"},
        {"edited": {"user": BEN}},
        {"text": ""},
        {"subtype": "channel_join"},
        {"subtype": "thread_broadcast", "hidden": True, "previous_message": {}},
    ],
)
async def test_what_nobody_said_to_the_app_is_not_answered(slack: Slack, change: Json) -> None:
    await slack.sandbox.send_event({**message(slack), **change}, "Ev1")
    await slack.settled()
    assert answers(slack) == []


async def test_a_reply_in_a_thread_that_also_goes_to_the_channel_is_heard_once(slack: Slack) -> None:
    """Below each reply Slack shows the box *Also send to*."""
    thread = (await slack.ben.types("card"))["ts"]
    before = len(answers(slack))
    reply = {**message(slack), "subtype": "thread_broadcast", "thread_ts": thread, "root": {"ts": thread}}
    await slack.sandbox.send_event(reply, "Ev1")
    await slack.sandbox.send_event({**reply, "hidden": True, "previous_message": {}}, "Ev2")
    await slack.settled()
    assert len(answers(slack)) == before + 1
    assert slack.ben.last["thread_ts"] == thread


async def test_a_mention_in_a_reply_that_also_goes_to_the_channel_is_heard(slack: Slack) -> None:
    place = {"type": "app_mention", "channel": COMPLIANCE, "channel_type": "channel", "thread_ts": "1700000000.000001"}
    said = {"subtype": "thread_broadcast", "text": "<@U0CAIS> card"}
    await slack.sandbox.send_event({**message(slack), **place, **said}, "Ev1")
    await slack.settled()
    assert slack.ben.at(COMPLIANCE).last["text"].startswith("Ben Cole said")


async def test_somebody_new_is_asked_for_before_an_event_is_handled(slack: Slack) -> None:
    """Events name nobody, and whatever is recorded says who did it."""
    assert (await slack.ben.types("card"))["text"].startswith("Ben Cole said")


async def test_people_are_asked_of_slack_once_a_day(services: Services, clock: Clock) -> None:
    person = f"slack:-/T0SANDBOX/{BEN}"
    async with bot_in_slack("http", services, tiny_router(), now=clock) as slack:
        for _ in range(3):
            said = await slack.ben.types("card")
        assert said["text"].startswith("Ben Cole said")
        assert (await services.directory.sight("-/T0SANDBOX", person)).known == Known(
            person, "Ben Cole", "America/Chicago", False, clock.time
        )
        clock.time += 24 * 3600 + 1
        await slack.ben.types("card")
        assert [call.method for call in slack.sandbox.calls].count("users.info") == 2


async def test_text_the_guard_refuses_is_answered_but_never_kept(
    slack: Slack, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[Told] = []
    take = services.inbox.take

    async def watched(told: Told, *, now: float, lease: float) -> bool:
        kept.append(told)
        return await take(told, now=now, lease=lease)

    monkeypatch.setattr(services.inbox, "take", watched)
    text = "card for a client, ssn 987-65-4321"
    blocks = [{"type": "rich_text", "elements": [{"type": "text", "text": text}]}]
    await slack.sandbox.send_event({**message(slack, text), "blocks": blocks}, "Ev1")
    await slack.settled()
    assert [told.id for told in kept] == ["Ev1"]
    assert "987-65" not in kept[0].body
    assert "987-65-4321" in answers(slack)[0]  # this listener says what it heard


async def test_after_a_crash_who_wrote_what_was_not_kept_is_asked_to_type_it_again(slack: Slack, clock: Clock) -> None:
    slack.sandbox.faults({"method": "chat.postMessage", "kind": "500"})
    await slack.sandbox.send_event(message(slack, "card ssn 987-65-4321"), "Ev1")
    await slack.settled()
    assert answers(slack) == []
    clock.time += LEASE + 1
    assert await slack.bot.inbox.take_up() == 1
    assert answers(slack) == [TYPE_AGAIN]


async def left_by(services: Services, slack: Slack, clock: Clock, deaths: int) -> None:
    """An event whose handler went silent so often."""
    event = {"type": "event_callback", "team_id": "T0SANDBOX", "event_id": "Ev1", "event": message(slack)}
    told = Told("-/T0SANDBOX", "Ev1", msgspec.json.encode(event).decode())
    for _ in range(deaths):
        assert await services.inbox.take(told, now=clock.time, lease=LEASE)
        clock.time += LEASE + 1


async def test_an_event_that_ends_its_process_each_time_is_given_up_and_its_writer_told(
    slack: Slack, services: Services, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    await left_by(services, slack, clock, deaths=MOST_TRIES)
    assert await slack.bot.inbox.take_up() == 1
    assert answers(slack) == [GIVEN_UP]
    assert "an event was given up" in caplog.text
    clock.time += LEASE + 1
    assert await slack.bot.inbox.take_up() == 0


async def test_an_event_that_others_left_a_few_times_is_answered(
    slack: Slack, services: Services, clock: Clock
) -> None:
    await left_by(services, slack, clock, deaths=MOST_TRIES - 1)
    assert await slack.bot.inbox.take_up() == 1
    assert answers(slack) not in ([], [GIVEN_UP])


async def test_slack_in_trouble_for_long_does_not_count_as_an_event_that_ends_its_process(
    slack: Slack, services: Services, clock: Clock
) -> None:
    await left_by(services, slack, clock, deaths=1)
    slack.sandbox.faults({"method": "conversations.history", "kind": "500", "times": -1})
    for _ in range(MOST_TRIES + 1):
        assert await slack.bot.inbox.take_up() == 1
        clock.time += LEASE + 1
    slack.sandbox.faults()
    assert await slack.bot.inbox.take_up() == 1
    assert answers(slack) not in ([], [GIVEN_UP])


async def test_a_workspace_that_slack_has_wait_holds_up_no_other_after_a_crash(
    slack: Slack, services: Services, clock: Clock
) -> None:
    past = clock.time - LEASE - 10
    theirs = {**message(slack, ts="1700000009.000100"), "channel": slack.lea.channel, "user": LEA}
    left = [("-/T0SANDBOX", message(slack, ts=f"170000000{nth}.000100")) for nth in range(4)] + [("-/T2", theirs)]
    for nth, (tenant, event) in enumerate(left):
        body = {"type": "event_callback", "team_id": "T", "event_id": f"Ev{nth}", "event": event}
        told = Told(tenant, f"Ev{nth}", msgspec.json.encode(body).decode())
        await services.inbox.take(told, now=past + nth, lease=LEASE)
    slack.sandbox.faults({"method": "conversations.history", "kind": "429", "retry_after": 5, "times": 1})
    taking = asyncio.ensure_future(slack.bot.inbox.take_up())
    await slack.sandbox.until(lambda: any("bot_id" in said for said in slack.lea.sees), 4)
    assert answers(slack) == []
    assert await taking == 5
    assert len(answers(slack)) == 4


async def test_a_round_does_not_wait_for_a_workspace_that_slack_has_wait(
    services: Services, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_inbox, "ROUND", 0.05)
    async with without_rounds(services, tiny_router(), clock) as slack:
        await left_by(services, slack, clock, deaths=1)
        slack.sandbox.faults({"method": "conversations.history", "kind": "429", "retry_after": 30, "times": 1})
        slack.bot.inbox.start()
        async with asyncio.timeout(10):
            while slack.sandbox.slack.faults.listed():
                await asyncio.sleep(0.02)
        event = {**message(slack, ts="1700000009.000100"), "channel": slack.lea.channel, "user": LEA}
        body = {"type": "event_callback", "team_id": "T", "event_id": "Ev2", "event": event}
        told = Told("-/T2", "Ev2", msgspec.json.encode(body).decode())
        await services.inbox.take(told, now=clock.time - LEASE - 1, lease=LEASE)
        await slack.sandbox.until(lambda: any("bot_id" in said for said in slack.lea.sees), 4)
        assert answers(slack) == []


@pytest.mark.parametrize("body", ["{", "[]", '{"type": "event_callback"}', '{"event_time": "soon"}'])
async def test_an_event_that_cannot_be_read_is_settled_and_the_others_are_handled(
    slack: Slack, services: Services, clock: Clock, body: str
) -> None:
    past = clock.time - LEASE - 1
    await services.inbox.take(Told("-/T0SANDBOX", "Ev0", body), now=past - 1, lease=LEASE)
    event = {"type": "event_callback", "team_id": "T0SANDBOX", "event_id": "Ev1", "event": message(slack)}
    await services.inbox.take(Told("-/T0SANDBOX", "Ev1", msgspec.json.encode(event).decode()), now=past, lease=LEASE)
    assert await slack.bot.inbox.take_up() == 2
    assert len(answers(slack)) == 1
    clock.time += LEASE + 1
    assert await services.inbox.unsettled(now=clock.time) == []


async def test_old_events_are_forgotten_although_taking_up_fails(
    services: Services, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_ago = clock.time - 4 * 24 * 3600
    await services.inbox.take(Told("-/T0SANDBOX", "Ev0", "{}"), now=long_ago, lease=LEASE)
    await services.inbox.settle("-/T0SANDBOX", "Ev0", now=long_ago)

    async def broken(*, now: float) -> list[Told]:
        raise OSError("disk full")

    monkeypatch.setattr(services.inbox, "unsettled", broken)
    async with bot_in_slack("http", services, tiny_router(), now=clock) as slack:
        await slack.ben.types("card")
        assert await services.inbox.forget(settled_before=clock.time - 1) == 0


def standing_still(clock: Clock, tried: list[str], most: int) -> Router:
    """With `write`, for which the machine is put to sleep while the answer is made, so often; and what was tried."""

    async def write(heard: Heard, services: Services) -> Say:
        tried.append(heard.words)
        clock.time += LEASE + 1 if len(tried) <= most else 0
        return Say(Message("Recorded."))

    router = tiny_router()
    router.command("write", firm=False)(write)
    return router


async def test_a_bot_that_stood_still_does_not_answer_what_another_may_have_answered(
    services: Services, clock: Clock
) -> None:
    async with without_rounds(services, standing_still(clock, [], 1), clock) as slack:
        await slack.sandbox.send_event(message(slack, "write it"), "Ev1")
        await slack.settled()
        assert answers(slack) == []
        assert await slack.bot.inbox.take_up() == 1
        assert answers(slack) == ["Recorded."], "by whoever takes it up"


async def test_an_event_that_outlasts_its_lease_each_time_is_given_up_as_one_that_ends_its_process(
    services: Services, clock: Clock
) -> None:
    tried: list[str] = []
    async with without_rounds(services, standing_still(clock, tried, MOST_TRIES), clock) as slack:
        await slack.sandbox.send_event(message(slack, "write it"), "Ev1")
        await slack.settled()
        for _ in range(MOST_TRIES + 1):
            await slack.bot.inbox.take_up()
        assert len(tried) == MOST_TRIES
        assert answers(slack) == [GIVEN_UP]
