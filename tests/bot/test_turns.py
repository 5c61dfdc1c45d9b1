"""Whose turn it is: each name's own order, and no workspace behind another."""

import asyncio
from functools import partial

from bot.turns import Abreast, Turns


async def test_of_one_name_one_at_a_time_in_their_order_and_others_beside_it() -> None:
    turns, said, may_end = Turns(), list[str](), asyncio.Event()

    async def takes(name: str, word: str) -> None:
        async with turns.of(name):
            said.append(word)
            await may_end.wait()

    waiting = [asyncio.ensure_future(takes(*each)) for each in (("T1", "a"), ("T1", "b"), ("T2", "c"))]
    await asyncio.sleep(0.01)
    assert said == ["a", "c"]
    waiting[1].cancel()
    may_end.set()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert said == ["a", "c"], "b had been given up"
    assert (turns._locks, turns._here) == ({}, {}), "nothing stays of who was here once"


async def test_work_of_a_workspace_begins_where_there_is_room_for_it() -> None:
    abreast, may_end = Abreast(2), asyncio.Event()

    async def work(result: int) -> int:
        await may_end.wait()
        return result

    first = await abreast.start("T1", partial(work, 1))
    await abreast.start("T2", partial(work, 2))
    third = asyncio.ensure_future(abreast.start("T3", partial(work, 3)))
    await asyncio.sleep(0.01)
    assert ("T1" in abreast, "T3" in abreast) == (True, False)
    first.cancel()
    last = await third
    assert ("T1" in abreast, "T3" in abreast) == (False, True)
    may_end.set()
    assert await last == 3


async def test_what_is_under_way_is_ended_and_it_can_begin_anew() -> None:
    abreast = Abreast(1)
    task = await abreast.start("T1", partial(asyncio.sleep, 60))
    await abreast.stop()
    assert task.cancelled()
    assert "T1" not in abreast
    assert await (await abreast.start("T1", partial(asyncio.sleep, 0, "done"))) == "done"
