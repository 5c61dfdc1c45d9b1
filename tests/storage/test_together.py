"""What several ask for at a time is done together, and each of them hears of it."""

import asyncio
from collections.abc import Sequence

import pytest

from storage.together import Together


class Work:
    """Notes what it is given to do, and is at it until it is let go on."""

    def __init__(self) -> None:
        self.done: list[Sequence[str]] = []
        self.go_on = asyncio.Event()
        self.trouble: Exception | None = None

    async def __call__(self, asked: Sequence[str]) -> None:
        await self.go_on.wait()
        if self.trouble:
            raise self.trouble
        self.done.append(asked)


async def test_what_is_asked_for_while_the_one_before_is_done_is_done_at_once() -> None:
    work = Work()
    together = Together(work)
    first = [asyncio.ensure_future(together.add(one)) for one in "ab"]
    await asyncio.sleep(0.01)
    later = [asyncio.ensure_future(together.add(one)) for one in "cde"]
    await asyncio.sleep(0.01)
    assert not any(task.done() for task in (*first, *later))
    work.go_on.set()
    await asyncio.gather(*first, *later)
    assert work.done == [["a", "b"], ["c", "d", "e"]]


async def test_whoever_goes_away_leaves_what_they_asked_for_and_the_others_alone() -> None:
    work = Work()
    together = Together(work)
    gone, stays = (asyncio.ensure_future(together.add(one)) for one in "ab")
    await asyncio.sleep(0.01)
    gone.cancel()
    work.go_on.set()
    await stays
    assert work.done == [["a", "b"]]


async def test_what_goes_wrong_is_told_to_all_who_asked_and_to_nobody_after_them() -> None:
    work = Work()
    together = Together(work)
    work.go_on.set()
    work.trouble = ValueError("no")
    told = await asyncio.gather(together.add("a"), together.add("b"), return_exceptions=True)
    assert told == [work.trouble, work.trouble]
    with pytest.raises(ValueError, match="no"):
        await together.add("c")
    work.trouble = None
    await together.add("d")
    assert work.done == [["d"]]
