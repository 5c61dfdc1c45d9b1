"""What is owed to somebody arrives, once, whatever happens on the way."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.bootstrap import build_router, build_services
from bot.clock import real_time
from bot.delivery import LEASE
from flows.services import Act, Services
from storage.database import open_database
from tests.bot.conftest import NOW, bot_in_slack, engine
from tests.bot.conversing import BEN, LEA, Slack, words_of
from tests.bot.firm_making import TENANT, a_firm, person

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
