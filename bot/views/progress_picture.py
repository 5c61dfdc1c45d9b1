"""How far one firm is, or many, as a picture in a summary; its alternative text says the same."""

from collections.abc import Sequence

from bot.surfaces import Bar, Picture
from bot.views.blocks import clip
from bot.views.portfolio import how_far
from bot.views.summaries import state_words
from flows.history import counted
from flows.summaries.standing import Standing
from flows.walk import Item

MOST = 10
"""Firms that get a bar; the others are counted."""

NAME = 60
ALT = 2000


def of_one(standing: Standing) -> Picture:
    """A bar for each of the six steps."""
    steps = dict.fromkeys(part.step.id for part in standing.parts)
    bars = tuple(_step(step, standing.walk.of_step(step)) for step in steps)
    # Row by row what the table says, since a bar of a step cannot tell its parts, nor why one has no tasks.
    said = "; ".join(f"step {part.part.id}: {state_words(part).lower()}" for part in standing.parts)
    return Picture(clip(f"Progress of {standing.name}: {said}.", ALT), bars, across=True)


def of_many(standings: Sequence[Standing]) -> Picture:
    """A bar for each of the first firms, which come with the worst first."""
    bars = tuple(_firm(each) for each in standings[:MOST])
    left = len(standings) - len(bars)
    more = f"and {counted(left, 'more firm')}" if left else ""
    said = "; ".join(_in_words(each, bar) for each, bar in zip(standings, bars, strict=False))
    return Picture(clip(f"Progress: {said}{f'; {more}' if more else ''}.", ALT), bars, more=more)


def _step(step: str, items: Sequence[Item]) -> Bar:
    bar = _bar(f"Step {step}", items)
    total = bar.done + bar.waiting + bar.left
    return Bar(bar.label, f"{bar.done} of {total}" if total else "", bar.done, bar.waiting, bar.left)


def _firm(standing: Standing) -> Bar:
    bar = _bar(clip(standing.name, NAME), standing.walk.items)
    outcome = standing.walk.outcome
    if outcome and outcome.when is not None:  # an end that is no finished roadmap: neither nothing nor all
        return Bar(bar.label, "no tasks")
    return Bar(bar.label, f"{bar.done} of {standing.walk.total}", bar.done, bar.waiting, bar.left)


def _bar(label: str, items: Sequence[Item]) -> Bar:
    states = [item.state for item in items]
    left = states.count("open") + states.count("locked")
    return Bar(label, "", states.count("done"), states.count("waiting"), left)


def _in_words(standing: Standing, bar: Bar) -> str:
    """As in the table: an end without the tasks has a name."""
    waiting = f", {bar.waiting} waiting" if bar.waiting else ""
    done = " done" if bar.done + bar.waiting + bar.left else ""
    return f"{bar.label}: {how_far(standing)}{done}{waiting}"
