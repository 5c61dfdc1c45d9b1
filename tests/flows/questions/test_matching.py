"""Only phrasings that can be near are looked at, and none that is near is overlooked."""

from hypothesis import given
from hypothesis import strategies as st

from flows.questions.matching import Matcher
from flows.questions.phrases import Phrasing
from flows.questions.units import Unit
from flows.questions.weighing import View

ENOUGH, LITTLE, ALIKE = 0.42, 0.15, 0.9
"""How much of a phrasing has to be said; what finds none by itself; what counts of a unit that may mean another."""
KINDS = ("ask", "topic", "path", "word", "faint", "not")
units = st.builds(
    lambda heads, kind: Unit(said="-".join(sorted(heads)), heads=heads, kind=kind),
    st.frozensets(st.sampled_from("abcdefgh"), min_size=1, max_size=2),
    st.sampled_from(KINDS),
)
some_units = st.lists(units, min_size=1, max_size=6, unique_by=lambda unit: unit.heads)
NAMES = ("fees", "out:fees", "step_one")


@given(st.lists(some_units, min_size=1, max_size=12), some_units)
def test_every_phrasing_of_which_enough_is_said_is_found(phrased: list[list[Unit]], said: list[Unit]) -> None:
    named = {f"s{n}": each for n, each in enumerate(phrased)}
    matcher = Matcher(Phrasing(name, "asked", name, tuple(each)) for name, each in named.items())
    weighed = matcher.weigh(said)
    for name, theirs in named.items():
        weights = [matcher.weight(unit) for unit in theirs]
        had = [max((_alike(unit, other) for other in said), default=0.0) for unit in theirs]
        met = sum(weight * alike for weight, alike in zip(weights, had, strict=True)) / sum(weights)
        opened = any(matcher.weight(u) > LITTLE and _alike(u, other) for u in said for other in theirs)
        if abs(met - ENOUGH) > 1e-6:
            found = name in weighed.names and View(weighed, said).match(name)
            assert bool(found) == (opened and met > ENOUGH)


@given(st.lists(st.tuples(st.sampled_from(NAMES), some_units), min_size=1, max_size=12), some_units, st.data())
def test_nothing_comes_to_more_than_it_may(
    phrased: list[tuple[str, list[Unit]]], said: list[Unit], data: st.DataObject
) -> None:
    matcher = Matcher(Phrasing(name, "asked", name, tuple(each)) for name, each in phrased)
    weighed = matcher.weigh(said)
    view = View(weighed, data.draw(st.lists(st.sampled_from(said), min_size=1, unique=True)))
    for name in weighed.names:
        match = view.match(name)
        score = match.score if match else 0.0
        assert score <= min(view.at_a_glance(name), view.at_most(name))
        assert name in view.names(score)


def _alike(one: Unit, other: Unit) -> float:
    return 1.0 if one.heads == other.heads else ALIKE if one.heads & other.heads else 0.0
