"""How far one firm is, or many, as a picture in a summary; its alternative text says the same."""

from collections.abc import Sequence

from bot.surfaces import Bar, Picture
from bot.views.blocks import clip
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
    said = "; ".join(f"{bar.label.lower()}, {_in_words(bar)}" for bar in bars)
    return Picture(clip(f"Progress of {standing.name}: {said}.", ALT), bars, across=True)


def of_many(standings: Sequence[Standing]) -> Picture:
    """A bar for each of the first firms, which come with the worst first."""
    bars = tuple(_firm(each) for each in standings[:MOST])
    left = len(standings) - len(bars)
    more = f"and {counted(left, 'more firm')}" if left else ""
    said = "; ".join(f"{bar.label}, {_in_words(bar)}" for bar in bars)
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


def _in_words(bar: Bar) -> str:
    total = bar.done + bar.waiting + bar.left
    if not total:
        return "nothing to do as things are"
    waiting = f", {bar.waiting} waiting" if bar.waiting else ""
    return f"{bar.done} of {total} done{waiting}"
