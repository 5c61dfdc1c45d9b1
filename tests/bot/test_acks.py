"""Acks come first, and nothing that is owed afterwards is held for long."""

import asyncio

from bot.front.acks import Acks


async def test_what_can_wait_waits_for_the_requests_that_are_being_answered() -> None:
    acks, order = Acks(), []

    async def follow_up() -> None:
        await acks.given()
        order.append("follow-up")

    with acks:
        with acks:
            waiting = [asyncio.create_task(follow_up()) for _ in range(3)]
            await asyncio.sleep(0.01)
        order.append("last ack")
    await asyncio.gather(*waiting)

    assert order == ["last ack", "follow-up", "follow-up", "follow-up"]


async def test_with_nobody_waiting_for_an_ack_a_follow_up_goes_at_once() -> None:
    await asyncio.wait_for(Acks().given(), 0.05)


async def test_requests_without_end_do_not_hold_a_follow_up_for_ever() -> None:
    acks = Acks()
    with acks:
        await asyncio.wait_for(acks.given(), 5)


async def test_a_request_that_fails_holds_nothing() -> None:
    acks = Acks()
    try:
        with acks:
            raise RuntimeError
    except RuntimeError:
        pass
    await asyncio.wait_for(acks.given(), 0.05)
