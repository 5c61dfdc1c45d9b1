"""Rounds of work can be ended at any moment."""

import asyncio

import pytest

from bot.background import Rounds, end, set_within


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


async def test_work_is_ended_although_an_error_takes_the_place_of_its_cancelling(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.background.LAST_WORDS", 0.02)
    begun = list[int]()

    async def work() -> None:
        begun.append(1)
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            raise OSError from None  # as where the database cannot be reached to put something away

    rounds = Rounds(work, action="work", every=3600)
    rounds.start()
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await rounds.stop()
    assert begun == [1]


async def test_who_has_ended_by_itself_or_never_began_is_not_waited_for() -> None:
    async def fails() -> None:
        raise OSError

    failed = asyncio.ensure_future(fails())
    await asyncio.wait([failed])
    await end(failed, None)
