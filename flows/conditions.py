"""Conditions of a pack, read against what is known: true, false, or not known yet (None)."""

from collections.abc import Mapping

from flows.roadmap import Condition

UNSURE = "unsure"
"""An answer that leaves its fact unknown to every condition but the one that asks for it."""

Facts = Mapping[str, tuple[str, ...]]


def holds(condition: Condition | None, facts: Facts, traits: Mapping[str, bool]) -> bool | None:
    """Three-valued: None where a fact it depends on is not known. No condition always holds."""
    if condition is None:
        return True
    if condition.each:
        return traits.get(condition.each, False)
    if condition.all_:
        return _all([holds(c, facts, traits) for c in condition.all_])
    if condition.any_:
        inverted = _all([_not(holds(c, facts, traits)) for c in condition.any_])
        return _not(inverted)
    if condition.not_:
        return _not(holds(condition.not_, facts, traits))
    return _fact(condition, facts)


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
