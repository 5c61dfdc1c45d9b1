"""Plays both eras for many firms, several at a time: `python -m tests.simulation [firms] [processes]`."""

import logging
import sys
import time
import traceback
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from tests.simulation.comparing import differences
from tests.simulation.eras import AFTERWARDS, REVISIONS, Era
from tests.simulation.faults import Faults
from tests.simulation.lives import lives
from tests.simulation.oracle import expected
from tests.simulation.world import play

TOGETHER = 25
"""Firms in one workspace."""
SLACK_FAILS, PROCESS_DIES = 0.03, 0.001
SHOWN = 20


def workspace(era: Era, seed: int, firms: int) -> tuple[str, list[str]]:
    """One workspace's story: what to print of it, and what is wrong."""
    logging.disable(logging.CRITICAL)
    begun, busy = time.perf_counter(), time.process_time()
    script = lives(seed, firms, era.begin, era.end, era.down)
    wanted = expected(script)
    title = f"{era.begin} to {era.end}, seed {seed}: {firms} firms, {len(script.happenings)} happenings"
    try:
        with TemporaryDirectory() as folder:
            played = play(script, Path(folder), Faults(Random(seed), SLACK_FAILS, PROCESS_DIES), shift=seed * 1e6)
    except Exception as error:  # noqa: BLE001 - the other workspaces are played to their ends
        return title, traceback.format_exception(error)
    wrong = differences(played.messages, wanted, died_at=played.died_at)
    if played.left:
        wrong.append(f"{played.left} rows were never settled")
    if played.too_soon:
        wrong.append(f"{played.too_soon} messages came within a second of another in the same conversation")
    went_wrong = sum(n for what, n in played.faults.items() if not what.startswith("crash"))
    line = (
        f"{title}, {len(wanted)} messages due, {len(played.messages)} sent, {went_wrong} calls to Slack failed, "
        f"{len(played.died_at)} crashes, {len(wrong)} differences, {time.perf_counter() - begun:.0f} s "
        f"({time.process_time() - busy:.0f} s of processor time)"
    )
    return line, wrong


def main(firms: int = 200, processes: int = 2) -> int:
    """How many differences there are."""
    stories = [(era, seed) for era in (REVISIONS, AFTERWARDS) for seed in range(1, 1 + -(-firms // TOGETHER))]
    found = 0
    with ProcessPoolExecutor(processes) as pool:
        playing = [pool.submit(workspace, era, seed, min(TOGETHER, firms)) for era, seed in stories]
        for done, story in enumerate(as_completed(playing), 1):
            line, wrong = story.result()
            print(f"{done} of {len(stories)} done: {line}", *wrong[:SHOWN], sep="\n  ", flush=True)
            found += len(wrong)
    print(f"{found} differences")
    return found


if __name__ == "__main__":
    sys.exit(bool(main(*map(int, sys.argv[1:]))))
