"""Thousands of firms beside each other, by their gists: the order and filters of `portfolio`, in milliseconds."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from flows.events import FirmKey
from flows.gist import Gist, Own
from flows.ports import Listed
from flows.same import Same
from flows.summaries.portfolio import FILTERS, Filter
from flows.summaries.standing import A_WEEK

NEVER = date.max.toordinal()
_BADNESS = itemgetter(2)

MOST_KEPT = 40_000
MOST_PEOPLE = 50


class Compared(NamedTuple):
    """A firm on one day: what is true of it, and how bad that is."""

    firm: Listed
    concerns: frozenset[str]
    badness: tuple[bool, int, int, bool, int, int, float, str, str]


class _Before(NamedTuple):
    """What was compared last for somebody: the same again is not worked out again."""

    firms: Sequence[Listed]
    days: Mapping[str, int]
    """The day it was in each zone."""
    found: Sequence[Compared]
    ordered: Sequence[Compared]


class Comparing:
    """Compares firms. What a firm came to is kept for the day, for the very record it was worked out from."""

    def __init__(self) -> None:
        self._kept: dict[FirmKey, tuple[int, Compared]] = {}
        self._before: dict[str, _Before] = {}
        """By the person; mostly nothing changed since."""

    def compare(self, firms: Sequence[Listed], today: Callable[[str], date], whose: str = "") -> Sequence[Compared]:
        """Those that have a gist, the worst first. `today` is the day it is in a zone."""
        before = self._before.get(whose)
        if before and before.firms is firms and all(today(z).toordinal() == day for z, day in before.days.items()):
            return before.ordered
        days: dict[str, int] = {}
        found = self._on_their_days(firms, today, days)
        ordered = before.ordered if before and before.found == found else sorted(found, key=_BADNESS)
        if len(self._before) >= MOST_PEOPLE:
            self._before.clear()
        self._before[whose] = _Before(firms, days, found, ordered)
        return ordered

    def _on_their_days(
        self, firms: Sequence[Listed], today: Callable[[str], date], days: dict[str, int]
    ) -> list[Compared]:
        found: list[Compared] = []
        kept = self._kept
        if len(kept) > MOST_KEPT:
            kept.clear()
        for firm in firms:
            gist = firm.gist
            if gist is None:
                continue
            day = days.get(gist.zone) or days.setdefault(gist.zone, today(gist.zone).toordinal())
            held = kept.get(firm.key)
            if held is None or held[0] != day or held[1].firm is not firm:
                held = kept[firm.key] = day, _compared(firm, gist, day)
            found.append(held[1])
        return found


def only(firms: Sequence[Compared], wanted: Filter) -> list[Compared]:
    """Those that this is true of, in their order."""
    return [c for c in firms if wanted == "all" or wanted in c.concerns]


def counts(firms: Sequence[Compared]) -> Mapping[Filter, int]:
    """How many firms each filter leaves."""
    return _counted(Same(firms))


def with_own(firms: Sequence[Compared], person: str) -> Sequence[tuple[Own, Compared]]:
    """Firms in which this person has something to do, the most urgent first."""
    return _own(Same(firms), person)


def longest_waits(firms: Sequence[Compared]) -> Sequence[Compared]:
    """Firms that wait for somebody, the longest wait first."""
    return _waiting(Same(firms))


# Each for the very firms as they were compared last: while nothing changes they are the same, and so is this.


@lru_cache(maxsize=MOST_PEOPLE)
def _counted(same: Same) -> Mapping[Filter, int]:
    of = Counter(c.concerns for c in _compared_in(same))
    return {wanted: sum(n for c, n in of.items() if wanted == "all" or wanted in c) for wanted in FILTERS}


@lru_cache(maxsize=MOST_PEOPLE)
def _own(same: Same, person: str) -> Sequence[tuple[Own, Compared]]:
    there = [c for c in _compared_in(same) if c.firm.gist and c.firm.gist.owners]
    own = [(own, c) for c in there if c.firm.gist for own in c.firm.gist.owners if own.person == person]
    return sorted(own, key=lambda found: (found[0].first, found[1].badness))


@lru_cache(maxsize=MOST_PEOPLE)
def _waiting(same: Same) -> Sequence[Compared]:
    waiting = [c for c in _compared_in(same) if "waiting" in c.concerns]
    return sorted(waiting, key=lambda c: (c.firm.gist.since or NEVER if c.firm.gist else NEVER, c.badness))


def _compared_in(same: Same) -> Sequence[Compared]:
    firms: Sequence[Compared] = same.it  # type: ignore[assignment]  # they are what was put in
    return firms


def _compared(firm: Listed, gist: Gist, today: int) -> Compared:
    yearly = _yearly(gist, today) if gist.yearly else ()
    days = sorted((*gist.days, *yearly)) if yearly else gist.days
    past = bisect_left(days, today)
    dated = [day for day in (*days[:1], gist.target) if day]
    passed = 0 < gist.target < today
    week = today + A_WEEK.days
    near = past < len(days) and days[past] <= week
    said = {
        "past": past > 0 or passed,
        "soon": near or today <= gist.target <= week,
        "waiting": gist.waits > 0,
        "no_owner": gist.unowned > 0,
    }
    badness = (
        gist.ended and not (said["past"] or said["soon"]),
        -past - passed,
        min(dated, default=NEVER),
        not gist.waits,
        gist.since or NEVER,
        -gist.unowned,
        gist.done / gist.total if gist.total else 1.0,
        firm.name.casefold(),
        firm.key.firm,
    )
    return Compared(firm, _CONCERNS[tuple(said.values())], badness)


def _yearly(gist: Gist, today: int) -> Sequence[int]:
    day = date.fromordinal(today)
    return [on for kept in gist.yearly for on in kept.days(day)]


_NAMES = ("past", "soon", "waiting", "no_owner")
_CONCERNS: Mapping[tuple[bool, ...], frozenset[str]] = {
    tuple(bool(bits >> n & 1) for n in range(4)): frozenset(name for n, name in enumerate(_NAMES) if bits >> n & 1)
    for bits in range(16)
}
