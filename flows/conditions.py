"""Conditions of a pack, read against what is known: true, false, or not known yet (None)."""

from collections.abc import Collection, Mapping
from functools import lru_cache

from flows.roadmap import Condition
from flows.same import Same

UNSURE = "unsure"
"""An answer that leaves its fact unknown to every condition but the one that asks for it."""

Facts = Mapping[str, tuple[str, ...]]
Traits = frozenset[str]
_NO_TRAITS: Traits = frozenset()


def holds(condition: Condition | None, facts: Facts, traits: Collection[str] = ()) -> bool | None:
    """Three-valued: None where a fact it depends on is not known. No condition always holds."""
    if condition is None:
        return True
    if condition.each:
        return condition.each in traits
    if condition.all_:
        return _all([holds(c, facts, traits) for c in condition.all_])
    if condition.any_:
        inverted = _all([_not(holds(c, facts, traits)) for c in condition.any_])
        return _not(inverted)
    if condition.not_:
        return _not(holds(condition.not_, facts, traits))
    return _fact(condition, facts)


class Known:
    """The conditions of one pack under the same answers: each is read once for the same traits."""

    def __init__(self, pack: Same, facts: Facts) -> None:
        self._pack = pack
        """Held, so that the place in memory of none of its conditions is given to another."""
        self._facts = facts
        self._found: dict[tuple[int, Traits], bool | None] = {}

    def holds(self, condition: Condition | None, traits: Traits = _NO_TRAITS) -> bool | None:
        """As `holds` above, for a condition of this pack."""
        if condition is None:
            return True
        asked = (id(condition), traits)
        if asked not in self._found:
            self._found[asked] = holds(condition, self._facts, traits)
        return self._found[asked]


@lru_cache(maxsize=256)
def known(pack: Same, answered: tuple[tuple[str, tuple[str, ...]], ...]) -> Known:
    """For these answers, in the order they were given. Firms are many, and what they answer is a few dozen things."""
    return Known(pack, dict(answered))


def _fact(condition: Condition, facts: Facts) -> bool | None:
    value = facts.get(condition.fact, ())
    wanted = condition.is_ or condition.has
    if not value:
        return None
    if value == (UNSURE,) and wanted != UNSURE:
        return None
    return wanted in value


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


def _all(values: list[bool | None]) -> bool | None:
    if any(v is False for v in values):
        return False
    return None if any(v is None for v in values) else True
