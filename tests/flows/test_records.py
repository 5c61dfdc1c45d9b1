"""The audit chain: any byte of any row that was changed is found."""

from dataclasses import dataclass

import msgspec
import pytest

from flows.events import Record
from flows.records import seal, verify, verify_position
from tests.flows.life import Life


@dataclass
class Told:
    life: Life
    history: list[Record]


@pytest.fixture(scope="module")
def told() -> Told:
    life = Life().go("agent", agents=["Apex Clearing"])
    life.until()
    return Told(life, life.history)


def test_a_whole_history_holds(told: Told) -> None:
    assert verify(told.history) is None
    assert verify_position(told.history, told.life.position) is None


@pytest.mark.parametrize("name", [f for f in Record.__struct_fields__ if f not in ("sequence", "practice")])
def test_any_changed_field_of_any_row_is_found(told: Told, name: str) -> None:
    for nth, row in enumerate(told.history):
        value = getattr(row, name)
        changed = f"{value}x" if value is not None else "x"
        rows = [*told.history[:nth], msgspec.structs.replace(row, **{name: changed}), *told.history[nth + 1 :]]

        broken = verify(rows)

        assert broken is not None
        assert broken.sequence == nth + 1 or (name == "hash" and broken.sequence in (nth + 1, nth + 2))


def test_any_changed_character_of_the_first_rows_is_found(told: Told) -> None:
    """Each character of every field that is text, one by one."""
    rows = told.history[:3]
    for nth, row in enumerate(rows):
        for name in Record.__struct_fields__:
            value = getattr(row, name)
            for at, letter in enumerate(value if isinstance(value, str) else ""):
                other = f"{value[:at]}{chr(ord(letter) ^ 1)}{value[at + 1 :]}"
                broken = verify([*rows[:nth], msgspec.structs.replace(row, **{name: other}), *rows[nth + 1 :]])
                assert broken is not None, (name, at)
                assert broken.sequence in (nth + 1, nth + 2)


def test_a_missing_a_swapped_and_a_flagged_row_are_found(told: Told) -> None:
    rows = told.history
    assert verify([*rows[:3], *rows[4:]]) is not None
    assert verify([*rows[:3], rows[4], rows[3], *rows[5:]]) is not None
    assert verify([msgspec.structs.replace(rows[0], practice=True), *rows[1:]]) is not None


def test_a_shortened_history_and_an_edited_snapshot_are_found(told: Told) -> None:
    shortened = verify_position(told.history[:-1], told.life.position)
    edited = verify_position(told.history, msgspec.structs.replace(told.life.position, name="Other"))

    assert shortened is not None
    assert "snapshot" in shortened.sentence
    assert edited is not None


def test_a_sealed_row_of_an_unknown_kind_is_found_and_not_stumbled_over(told: Told) -> None:
    last = msgspec.structs.replace(told.history[-1], type="nope", payload='{"type":"nope"}')
    last = msgspec.structs.replace(last, hash=seal(last))
    position = msgspec.structs.replace(told.life.position, head=last.hash)

    broken = verify_position([*told.history[:-1], last], position)

    assert broken is not None
    assert broken.sequence == last.sequence


def test_every_row_says_who_when_from_where_and_of_which_edition(told: Told) -> None:
    for row in told.history:
        assert row.actor_name == "Ana Ruiz"
        assert row.recorded_at.endswith("+00:00")
        assert (row.source, row.edition) == ("button", "2024-05-31")
