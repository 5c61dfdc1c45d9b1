"""What must hold before a pack is used at all: references that lead somewhere, sane conditions, verbatim quotes."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date

import msgspec

from flows.pack_text import Path
from flows.roadmap import Condition, Pack, Question, Quote, Task


class Fault(msgspec.Struct, frozen=True):
    """Something wrong at a place in a pack, before its line is looked up. `id` is empty where the place names it."""

    path: Path
    sentence: str
    id: str = ""


def essential(pack: Pack, source_text: str) -> Iterator[Fault]:
    """Everything that must hold, in the order a person would look."""
    yield from _tasks(pack)
    yield from _steps(pack)
    yield from _conditions(pack)
    yield from _traits(pack)
    yield from _circles(pack)
    yield from _endings(pack)
    yield from _proofs(pack)
    yield from _source(pack, source_text)


# --- references ---


def _unknown(path: Path, ids: Iterable[str], known: Iterable[str], what: str) -> Iterator[Fault]:
    names = set(known)
    for i, each in enumerate(ids):
        if each not in names:
            yield Fault((*path, i), f"there is no {what} `{each}`")


def _tasks(pack: Pack) -> Iterator[Fault]:
    for task in pack.tasks.values():
        at: Path = ("tasks", task.id)
        yield from _unknown((*at, "needs"), task.needs, pack.tasks, "task")
        yield from _unknown((*at, "prefers"), task.prefers, pack.tasks, "task")
        yield from _unknown((*at, "links"), task.links, pack.links, "link")
        yield from _taken_back(pack, task, at)
        if task.contact and task.contact not in pack.contacts:
            yield Fault((*at, "contact"), f"there is no contact `{task.contact}`")
        yield from _people(pack, task, at)
        yield from _asking(pack, task, at)
        if bool(task.warning) != bool(task.prefers):
            yield Fault((*at, "warning"), "`prefers` and the `warning` it brings go together")
        if not task.quotes and not task.placed_by_us:
            yield Fault(at, "a task quotes the source, or says in `placed_by_us` that the source does not have it")


def _taken_back(pack: Pack, task: Task, at: Path) -> Iterator[Fault]:
    of_agents = ("agents", "former_agents")
    undoing = pack.tasks.get(task.undone_by)
    if task.undone_by and (undoing is None or not {task.for_each, undoing.for_each} <= set(of_agents)):
        yield Fault((*at, "undone_by"), f"`{task.undone_by}` is no task of an agent that takes back one of an agent")
    sparing = pack.tasks.get(task.spared_by)
    if task.spared_by and (sparing is None or task.for_each or sparing.for_each):
        yield Fault((*at, "spared_by"), f"`{task.spared_by}` is no task done once that spares one done once")


def _people(pack: Pack, task: Task, at: Path) -> Iterator[Fault]:
    owner = pack.roles.get(task.owner)
    if owner is None or owner.outside:
        yield Fault((*at, "owner"), f"the owner `{task.owner}` is not a role inside the firm")
    waited = pack.roles.get(task.wait_for)
    if task.wait_for and (waited is None or not waited.outside):
        yield Fault((*at, "wait_for"), f"`{task.wait_for}` is not a role outside the firm")
    if task.kind == "confirmation" and not task.wait_for:
        yield Fault(at, "a confirmation says in `wait_for` who does what is confirmed")
    if task.ask_again_after < 1:
        yield Fault((*at, "ask_again_after"), "a wait is looked at again after one trading day or more")


def _asking(pack: Pack, task: Task, at: Path) -> Iterator[Fault]:
    if (task.kind == "question") != bool(task.sets):
        yield Fault((*at, "sets"), "a question, and nothing else, sets a fact")
    question = pack.questions.get(task.sets)
    if task.sets and question is None:
        yield Fault((*at, "sets"), f"there is no question `{task.sets}`")
    if question:
        yield from _unknown((*at, "options"), task.options, (o.id for o in question.options), "option")
    if task.kind == "question" and task.outcomes:
        yield Fault((*at, "outcomes"), "a question ends with its answer and has no outcomes")
    if len({o.id for o in task.outcomes}) < len(task.outcomes):
        yield Fault((*at, "outcomes"), "two outcomes have the same id")


def _steps(pack: Pack) -> Iterator[Fault]:
    parts = {(s.id, p.id) for s in pack.steps for p in s.parts}
    if len({s.id for s in pack.steps}) < len(pack.steps) or len(parts) < sum(len(s.parts) for s in pack.steps):
        yield Fault(("steps",), "two steps or two parts have the same id")
    for task in pack.tasks.values():
        if (task.step, task.part) not in parts:
            yield Fault(("tasks", task.id, "step"), f"there is no step `{task.step}` with a part `{task.part}`")
    for i, step in enumerate(pack.steps):
        yield from _unknown(("steps", i, "links"), step.links, pack.links, "link")
        for j, part in enumerate(step.parts):
            if not part.tasks:
                yield Fault(("steps", i, "parts", j), f"no task belongs to part `{part.id}`")


# --- conditions, traits, order ---


def _conditions(pack: Pack) -> Iterator[Fault]:
    for path, condition in conditions(pack):
        repeats = path[0] == "tasks" and pack.tasks[str(path[1])].for_each
        yield from _condition(pack, path, condition, bool(repeats))


def conditions(pack: Pack) -> Iterator[tuple[Path, Condition]]:
    """Every condition of the pack, with where it stands."""
    for task in pack.tasks.values():
        if task.when:
            yield ("tasks", task.id, "when"), task.when
    for key, outcome in pack.outcomes.items():
        if outcome.when:
            yield ("outcomes", key, "when"), outcome.when
    for i, banner in enumerate(pack.banners):
        yield ("banners", i, "when"), banner.when


def _condition(pack: Pack, path: Path, condition: Condition, repeats: bool) -> Iterator[Fault]:
    said = [condition.fact, condition.each, condition.all_, condition.any_, condition.not_]
    if sum(bool(s) for s in said) != 1 or bool(condition.fact) != (bool(condition.is_) != bool(condition.has)):
        yield Fault(path, "a condition says one thing: a fact with `is` or `has`, `each`, `all`, `any` or `not`")
        return
    if condition.fact:
        yield from _fact(pack, path, condition)
    if condition.each and (condition.each not in pack.traits or not repeats):
        yield Fault((*path, "each"), f"`{condition.each}` is no trait, or this does not repeat for anything")
    for name, inner in (("all", condition.all_), ("any", condition.any_)):
        for i, each in enumerate(inner):
            yield from _condition(pack, (*path, name, i), each, repeats)
    if condition.not_:
        yield from _condition(pack, (*path, "not"), condition.not_, repeats)


def _fact(pack: Pack, path: Path, condition: Condition) -> Iterator[Fault]:
    question = pack.questions.get(condition.fact)
    if question is None:
        yield Fault((*path, "fact"), f"there is no question `{condition.fact}`")
        return
    asked, word = condition.is_ or condition.has, "is" if condition.is_ else "has"
    if (question.kind == "set") != (word == "has"):
        yield Fault((*path, word), f"a {question.kind} is asked with `{'has' if question.kind == 'set' else 'is'}`")
    if asked not in {o.id for o in question.options}:
        yield Fault((*path, word), f"`{asked}` is no option of the question `{condition.fact}`")


def _traits(pack: Pack) -> Iterator[Fault]:
    for key, trait in pack.traits.items():
        yield from _unknown(("traits", key, "added_after"), trait.added_after, pack.tasks, "task")
        if trait.done and trait.done not in pack.tasks:
            yield Fault(("traits", key, "done"), f"there is no task `{trait.done}`")
        if trait.answered_before and trait.answered_before not in pack.questions:
            yield Fault(("traits", key, "answered_before"), f"there is no question `{trait.answered_before}`")
        yield from _unknown(
            ("traits", key, "situations"), trait.situations, ("new", "reporting", "changing"), "situation"
        )


def _circles(pack: Pack) -> Iterator[Fault]:
    settled: set[str] = set()

    def follow(task_id: str, above: tuple[str, ...]) -> Iterator[Fault]:
        if task_id in above:
            circle = " > ".join([*above[above.index(task_id) :], task_id])
            yield Fault(("tasks", task_id, "needs"), f"tasks that wait for each other can never be done: {circle}")
        elif task_id in pack.tasks and task_id not in settled:
            task = pack.tasks[task_id]
            for first in (*task.needs, *task.prefers):
                yield from follow(first, (*above, task_id))
            settled.add(task_id)

    for task_id in pack.tasks:
        yield from follow(task_id, ())


# --- ends, proofs ---


def _endings(pack: Pack) -> Iterator[Fault]:
    if sum(1 for o in pack.outcomes.values() if o.when is None) != 1:
        yield Fault(("outcomes",), "exactly one outcome has no `when`: the end of the whole roadmap")
    for key, outcome in pack.outcomes.items():
        if outcome.contact and outcome.contact not in pack.contacts:
            yield Fault(("outcomes", key, "contact"), f"there is no contact `{outcome.contact}`")
    for i, milestone in enumerate(pack.milestones):
        if milestone.step and milestone.step not in {s.id for s in pack.steps}:
            yield Fault(("milestones", i, "step"), f"there is no step `{milestone.step}`")
        for task in milestone.tasks:
            if task not in pack.tasks or pack.tasks[task].step != milestone.step:
                yield Fault(("milestones", i, "tasks"), f"there is no task `{task}` in its step")
        yield from _dated(("milestones", i, "date"), milestone.date, milestone.quote)
    if _day(pack.edition) is None:
        yield Fault(("pack", "edition"), "an edition is a day, such as 2024-05-31")


def _dated(path: Path, text: str, quote: Quote) -> Iterator[Fault]:
    day = _day(text)
    if day is None or f"{day:%B} {day.day}, {day.year}" not in quote.text:
        yield Fault(path, f"`{text}` is not the day, written as 2024-05-31, that the quote names")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _proofs(pack: Pack) -> Iterator[Fault]:
    for i, proof in enumerate(pack.proofs):
        at: Path = ("proofs", i)
        yield from _unknown((*at, "path"), proof.path, pack.tasks, "task")
        if proof.outcome not in pack.outcomes:
            yield Fault((*at, "outcome"), f"there is no outcome `{proof.outcome}`")
        for fact, value in proof.facts.items():
            yield from _proven(pack.questions.get(fact), (*at, "facts", fact), fact, value)


def _proven(question: Question | None, path: Path, fact: str, value: str | tuple[str, ...]) -> Iterator[Fault]:
    if question is None:
        yield Fault(path, f"there is no question `{fact}`")
        return
    chosen = (value,) if isinstance(value, str) else value
    if not chosen or (question.kind == "choice") != isinstance(value, str):
        yield Fault(path, "a choice is answered with one option, a set with a list of them")
    yield from _unknown(path, chosen, (o.id for o in question.options), "option")


# --- the source ---


def _source(pack: Pack, source_text: str) -> Iterator[Fault]:
    found = hashlib.sha256(source_text.encode()).hexdigest()
    if found != pack.source_sha256:
        yield Fault(
            ("source", "sha256"), f"the source text is not the one this pack was made from; its SHA-256 is {found}"
        )
    lines = source_text.split("\n")
    for path, quote in quotes(pack):
        sentence = misquoted(quote, lines)
        if sentence:
            yield Fault(path, sentence)


def quotes(pack: Pack) -> Iterator[tuple[Path, Quote]]:
    """Every quote of the pack, with where it stands."""
    groups: list[tuple[Path, tuple[Quote, ...]]] = [
        *((("steps", i, "quotes"), s.quotes) for i, s in enumerate(pack.steps)),
        *((("tasks", t.id, "quotes"), t.quotes) for t in pack.tasks.values()),
        *((("banners", i, "quotes"), b.quotes) for i, b in enumerate(pack.banners)),
    ]
    for path, group in groups:
        for i, quote in enumerate(group):
            yield (*path, i), quote
    for question in pack.questions.values():
        for n, option in enumerate(question.options):
            for i, ground in enumerate(option.grounds):
                yield ("questions", question.id, "options", n, "grounds", i, "quote"), ground.quote
    for key, contact in pack.contacts.items():
        yield ("contacts", key, "quote"), contact.quote
    for i, milestone in enumerate(pack.milestones):
        yield ("milestones", i, "quote"), milestone.quote


def misquoted(quote: Quote, lines: list[str]) -> str:
    """What is wrong with a quote, empty where it stands at its lines word for word. Only white space is folded."""
    first, last = quote.lines
    if not 1 <= first <= last <= len(lines):
        return f"the source has no lines {first} to {last}"
    words = _folded(quote.text)
    if not words or words not in _folded(" ".join(lines[first - 1 : last])):
        return f"this is not what lines {first} to {last} of the source say: “{quote.text}”"
    narrower = first < last and any(
        words in _folded(" ".join(lines[a:b])) for a, b in ((first, last), (first - 1, last - 1))
    )
    return f"the quote stands on fewer lines than {first} to {last}" if narrower else ""


def _folded(text: str) -> str:
    return " ".join(text.split())
