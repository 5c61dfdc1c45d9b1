"""Rounds of work can be ended at any moment."""

import asyncio

import pytest

from bot.background import set_within


@pytest.mark.parametrize("steps", range(4))
async def test_whoever_waits_for_an_event_can_be_ended_right_after_it_was_set(steps: int) -> None:
    hurried = asyncio.Event()

    async def go_round() -> None:
        while True:
            await set_within(hurried, 1000)
            hurried.clear()

    rounds = asyncio.ensure_future(go_round())
    await asyncio.sleep(0)
    hurried.set()
    for _ in range(steps):
        await asyncio.sleep(0)
    rounds.cancel()
    for _ in range(9):
        await asyncio.sleep(0)
    assert rounds.cancelled(), "a shutdown would wait for it for ever"


async def test_an_event_that_is_not_set_in_time_is_said_not_to_be() -> None:
    assert not await set_within(asyncio.Event(), 0)
