"""How late the machine itself is: what processes that could have run waited for a processor."""

import time
from collections.abc import Iterable
from contextlib import suppress
from itertools import pairwise
from pathlib import Path


def waited(pid: int) -> float:
    """Seconds for which the threads of this process have had to wait for a processor; 0 where it is gone."""
    total = 0
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            total += int((thread / "schedstat").read_text().split()[1])
    return total / 1e9


class Heartbeat:
    """Beaten a few times a second, it knows afterwards how late the machine was at any time."""

    def __init__(self) -> None:
        self._beats: list[tuple[float, dict[int, float]]] = []

    def beat(self, pids: Iterable[int]) -> None:
        """Notes what these processes have waited until now."""
        self._beats.append((time.time(), {pid: waited(pid) for pid in pids}))

    def late(self, since: float, until: float) -> float:
        """Seconds that any of the processes waited between these UNIX seconds, or that a beat itself came late."""
        most = 0.0
        within = [beat for beat in self._beats if since - 0.5 <= beat[0] <= until + 0.5]
        totals: dict[int, float] = {}
        for (began, before), (ended, after) in pairwise(within):
            most = max(most, ended - began - 0.5)
            for pid in before.keys() & after.keys():
                totals[pid] = totals.get(pid, 0.0) + after[pid] - before[pid]
        return max(most, *totals.values(), 0.0)
