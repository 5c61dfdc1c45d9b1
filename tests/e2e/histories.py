"""What stands in the histories after everything that happened, held against what Slack was told."""

from collections import Counter
from collections.abc import Sequence

from flows.events import NoteAdded, Record
from flows.records import verify_position
from storage.database import open_database
from tests.e2e.clicking import Clicker

AT_SET_UP = ("member_set", "precheck_answered")
"""What a set-up records beside the firm: three events, one act."""


async def read(address: str) -> list[Record]:
    """Every event of every firm, each chain and snapshot checked."""
    rows: list[Record] = []
    async with await open_database(address) as opened:
        for key in await opened.events.firm_keys():
            history = await opened.events.history(key)
            position = await opened.events.position(key)
            assert position is not None
            assert verify_position(history, position) is None
            rows += history
    return rows


def assert_nothing_is_lost_or_doubled(rows: Sequence[Record], people: Sequence[Clicker]) -> None:
    """Each acknowledged act is in the history; each act, acknowledged or not, is there at most once."""
    there = {_act(row) for row in rows}
    acknowledged = [cause for person in people for cause, told in person.causes.items() if told]
    assert [cause for cause in acknowledged if cause not in there] == []
    assert_nothing_is_doubled(rows, people)


def assert_nothing_is_doubled(rows: Sequence[Record], people: Sequence[Clicker]) -> None:
    """Each act is there at most once, whether Slack got an acknowledgement or not, and so is each note."""
    causes = {cause for person in people for cause in person.causes}
    acts = Counter(_act(row) for row in rows if row.type not in AT_SET_UP)
    assert [cause for cause, n in acts.items() if cause in causes and n > 1] == []
    notes = Counter(row.event.text for row in rows if isinstance(row.event, NoteAdded))
    assert [text for text, n in notes.items() if n > 1] == []
    assert_no_task_is_done_twice_over(rows)


def assert_no_task_is_done_twice_over(rows: Sequence[Record]) -> None:
    """Between two completions of one task there is always an undo or a reopening."""
    done: dict[tuple[str, str], int] = {}
    for row in rows:
        if row.type in ("undone", "task_reopened"):
            done = {key: n for key, n in done.items() if key[0] != row.firm}
        elif row.type == "task_completed":
            key = (row.firm, str(getattr(row.event, "task", "")))
            assert key not in done, f"{key} was recorded at {done.get(key)} and again at {row.sequence}"
            done[key] = row.sequence


def _act(row: Record) -> str:
    return (row.cause or "").partition("+")[0]
