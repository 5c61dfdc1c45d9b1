"""From what somebody typed to the step, or the tasks, that are meant."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher, get_close_matches

from bot.typed.words import only_kind
from flows.firms import Refusal
from flows.position import Position, Recurring
from flows.roadmap import Pack, Part, Step
from flows.walk import LEFT, Item, Walk

_NUMBERS = {word: str(n) for n, word in enumerate(("one", "two", "three", "four", "five", "six"), start=1)}
_ROMAN = {"1": "I", "2": "II"}
NEAR = 0.55
"""Likeness from which a task is offered: "s6ii" is like "s6"."""
STEM = 6
"""Letters at the beginning that make words kin: "certification" and "certify"."""


LONGEST_TITLE = 40
"""Words; the titles there are have fewer, an agent's name among them."""


def step_meant(pack: Pack, words: str) -> tuple[Step, tuple[Part, ...]]:
    """The step, and its parts where some are named: `6`, `step six`, `6-II-A`, `6.2`. Raises Refusal for others."""
    found = step_named(pack, words)
    if found is None:
        first, last = pack.steps[0], pack.steps[-1]
        part = last.parts[-1].id
        raise Refusal(
            f"The roadmap has steps {first.id} to {last.id}. Try `/cais step 4`, or `/cais step {part}` for one part."
        )
    return found


def step_named(pack: Pack, words: str) -> tuple[Step, tuple[Part, ...]] | None:
    """Like `step_meant`, and None for other words."""
    tokens = re.findall(r"[a-z]+|\d+", words.casefold())
    if tokens and tokens[0] in ("step", "steps", "part"):
        tokens = tokens[1:]
    if not tokens:
        return None
    number, *rest = tokens
    step = next((s for s in pack.steps if s.id == _NUMBERS.get(number, number)), None)
    if step is None or not rest:
        return (step, ()) if step else None
    wanted = [step.id, *(_ROMAN.get(t, t.upper()) for t in rest)]
    parts = tuple(p for p in step.parts if p.id.split("-")[: len(wanted)] == wanted)
    return (step, parts) if parts else None


def tasks_meant(pack: Pack, walk: Walk, words: str, *, finished: bool = False) -> tuple[Item, ...]:
    """The tasks of this firm that the words may mean: a key or id, a step or part, or words of the title.

    Tasks still to be finished win over finished ones, or the other way round where `finished` ones are meant. One that
    comes later is one of them: whoever names a whole step does not mean the only task that can be done now.
    No words: the next task, else those that wait.
    """
    wanted = " ".join(words.split()).casefold()
    if not wanted:
        return (walk.next,) if walk.next else walk.waiting
    there = [i for i in walk.items if i.state not in ("not_applicable", "later")]
    named = [i for i in there if wanted in (i.key.casefold(), i.task.id.casefold(), i.title.casefold())]
    if not named:
        named = _of_step(pack, there, words)
    if not named:
        terms = re.findall(r"\w+", wanted)
        named = [i for i in there if terms and set(terms) <= _words_of(i)]
    fitting = [i for i in named if (i.state in ("done", "set_aside")) == finished]
    return tuple(fitting or named)


def out_of_reach(walk: Walk, words: str) -> Item | None:
    """The task the words name by its id or title although it does not apply, or not yet."""
    wanted = " ".join(words.split()).casefold()
    aside = [i for i in walk.items if i.state in ("not_applicable", "later")]
    return next((i for i in aside if wanted in (i.key.casefold(), i.task.id.casefold(), i.title.casefold())), None)


def named_before(walk: Walk, words: str) -> tuple[Item, ...]:
    """Those that an answer may still bring, by their id or whole title: of what comes once for each agent, all."""
    wanted = " ".join(words.split()).casefold()
    return tuple(i for i in _later(walk) if wanted in (i.key.casefold(), i.task.id.casefold(), i.title.casefold()))


def meant_before(walk: Walk, words: str) -> tuple[Item, ...]:
    """Those that an answer may still bring, by words of their titles, all of which fit."""
    terms = set(re.findall(r"\w+", words.casefold()))
    return tuple(i for i in _later(walk) if terms and terms <= _words_of(i))


def _later(walk: Walk) -> list[Item]:
    return [i for i in walk.items if i.state == "later"]


def names_for_certain(pack: Pack, walk: Walk, words: str) -> bool:
    """Whether the words are a step, a part, or the id or whole title of a task, and not some words of it."""
    said = words.casefold()
    return bool(step_named(pack, said)) or any(
        said in (i.key.casefold(), i.task.id.casefold(), i.title.casefold()) for i in walk.items
    )


def yearly_meant(position: Position, words: str) -> tuple[Recurring, ...]:
    """The firm's dates of every year that the words may mean: one of this name, else all that have these words."""
    terms = re.findall(r"\w+", words.casefold())
    known = [(r, re.findall(r"\w+", r.name.casefold())) for r in position.recurring] if terms else []
    whole = [r for r, name in known if name == terms]
    return tuple(whole or (r for r, name in known if set(terms) <= set(name)))


def near_tasks(walk: Walk, words: str, *, finished: bool = False) -> tuple[Item, ...]:
    """Tasks that are or may be to do, whose id or words are spelled nearly so, nearest first, three at most.

    Where `finished` ones are meant, those.
    """
    said = re.findall(r"\w+", words.casefold())
    states = ("done", "set_aside") if finished else (*LEFT, "later")
    there = [i for i in walk.items if i.state in states]
    likeness = {i.key: _likeness(i, said) for i in there}
    close = [i for i in there if likeness[i.key] >= NEAR]
    return tuple(sorted(close, key=lambda i: -likeness[i.key])[:3])


def _likeness(item: Item, said: Sequence[str]) -> float:
    """How much the words are like the task's id, or how many of them are like words of its title."""
    of_id = SequenceMatcher(None, "".join(said), re.sub(r"\W", "", item.task.id.casefold())).ratio()
    known = sorted(_words_of(item))
    of_title = sum(1 for word in said if _is_like_one_of(word, known))
    return max(of_id, of_title / len(said) if said else 0)


def _is_like_one_of(word: str, known: Sequence[str]) -> bool:
    kin = len(word) >= STEM and any(one.startswith(word[:STEM]) for one in known)
    return kin or (len(word) > 3 and bool(get_close_matches(word, known, n=1, cutoff=0.8)))


def _words_of(item: Item) -> set[str]:
    """The words a task can be called by: those of its title, with the agent's name, and its id."""
    return set(re.findall(r"\w+", f"{item.task.id} {item.title}".casefold()))


def _of_step(pack: Pack, items: Sequence[Item], words: str) -> list[Item]:
    found = step_named(pack, words)
    if found is None:
        return []
    step, parts = found
    ids = {t for p in (parts or step.parts) for t in p.tasks}
    return [i for i in items if i.task.id in ids]


def task_and_reason(pack: Pack, walk: Walk, words: str) -> tuple[tuple[Item, ...], str]:
    """For `reopen s3 wrong person`: the finished tasks that are meant, and the reason behind them."""
    whole = tasks_meant(pack, walk, words, finished=True) if words.strip() else ()
    if whole:
        return whole, ""
    tokens = words.split()
    heads = [(" ".join(tokens[:n]), n) for n in range(min(len(tokens) - 1, LONGEST_TITLE), 0, -1)]
    # Of "s3e the wrong person" only the id is the task's, though "the" is a word of its title.
    for head, count in sorted(heads, key=lambda each: not names_for_certain(pack, walk, each[0])):
        if found := tasks_meant(pack, walk, head, finished=True):
            return found, _reason(" ".join(tokens[count:]))
    return (), ""


def nearly_and_reason(walk: Walk, words: str) -> tuple[tuple[Item, ...], str]:
    """For `reopen regsiter wrong person`: the finished tasks that its first word is nearly that of, and the rest."""
    first, _, reason = words.strip().partition(" ")
    return near_tasks(walk, first, finished=True), _reason(reason.strip())


def _reason(said: str) -> str:
    """A kind word is no reason."""
    return "" if only_kind(said) else said
