"""Many firms beside each other: which ones are looked for, how many there are of each kind, and the worst first."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Literal, get_args

from flows.summaries.standing import Concern, Standing

Filter = Literal["all", "past", "waiting", "no_owner", "soon"]
FILTERS: tuple[Filter, ...] = get_args(Filter)

CONCERNS: tuple[Concern, ...] = get_args(Concern)


def worst_first(standings: Iterable[Standing]) -> list[Standing]:
    """By what has passed, what is near, whom one waits for longest, what is nobody's; an end without a day is last."""
    return sorted(standings, key=_badness)


def only(standings: Iterable[Standing], wanted: Filter) -> list[Standing]:
    """Those that this is true of, in their order."""
    return [s for s in standings if wanted == "all" or wanted in s.concerns]


def counts(standings: Sequence[Standing]) -> Mapping[Filter, int]:
    """How many firms each filter leaves."""
    return {wanted: len(only(standings, wanted)) for wanted in FILTERS}


def _badness(firm: Standing) -> tuple[bool, int, date, bool, date, int, float, str, str]:
    past = len(firm.having("past")) + len(firm.yearly_having("past")) + firm.target_passed
    waits = [m.since for m in firm.having("waiting") if m.since]
    share = firm.walk.done / firm.walk.total if firm.walk.total else 1.0
    return (
        firm.ended and not firm.concerns,
        -past,
        firm.next_date or date.max,
        "waiting" not in firm.concerns,
        min(waits, default=date.max),
        -len(firm.having("no_owner")),
        share,
        firm.name.casefold(),
        firm.key.firm,
    )
