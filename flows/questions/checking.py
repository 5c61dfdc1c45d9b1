"""Checking what is known of a pack: quotes at their lines, references, wording, every phrasing understood."""

from collections.abc import Iterator

from flows.pack_check import wording
from flows.pack_rules import Fault, misquoted
from flows.pack_text import Path, Problem, Text
from flows.packs import PackError
from flows.questions.answer import parts_of
from flows.questions.asking import Asker
from flows.questions.knowledge import (
    NO_EXAMPLES,
    Examples,
    Knowledge,
    Subject,
    load_english,
    load_examples,
    load_knowledge,
    of_examples,
    phrasings,
)
from flows.questions.learning import learn
from flows.roadmap import Pack, Quote

_TYPED = frozenset({"asked", "yes", "no", "words", "vocabulary", "statements"})
"""Where people's words stand, and the source's: our wording does not hold there."""


def check_questions(
    questions_yaml: str, english_yaml: str, pack: Pack, source_text: str, examples: Examples = NO_EXAMPLES
) -> list[Problem]:
    """Every problem, in the order of the lines; none means that it is fit for use."""
    try:
        knowledge, english = load_knowledge(questions_yaml), load_english(english_yaml)
    except PackError as error:
        return error.problems
    text = Text(questions_yaml)
    for rule in (_statements(knowledge, pack, source_text), _subjects(knowledge, pack), _themes(knowledge, pack)):
        for fault in rule:
            text.problem(fault.path, fault.sentence, fault.id)
    for fault in wording(text.tree):
        if not _TYPED.intersection(str(p) for p in fault.path):
            text.problem(fault.path, fault.sentence)
    if not text.problems:
        asker = Asker(learn(knowledge, english, examples), pack)
        text.problems += [*_understood(knowledge, asker, text), *_declined(knowledge, asker, text)]
    return sorted(set(text.problems))


def check_examples(examples_yaml: str, knowledge: Knowledge) -> list[Problem]:
    """Every example must stand under a subject or theme that there is, and under one only."""
    try:
        examples = load_examples(examples_yaml)
    except PackError as error:
        return error.problems
    text = Text(examples_yaml)
    if examples.pack != knowledge.pack:
        text.problem(("pack",), f"these are examples of `{examples.pack}`, not of `{knowledge.pack}`")
    for kind, named, known in (
        ("subject", examples.subjects, knowledge.subjects),
        ("theme", examples.themes, knowledge.themes),
    ):
        for name in [n for n in named if n not in known]:
            text.problem((f"{kind}s", name), f"there is no {kind} `{name}`")
    first: dict[str, str] = {}
    for name, example in of_examples(examples):
        if first.setdefault(example.casefold(), name) != name:
            at = ("themes", name.removeprefix("out:")) if name.startswith("out:") else ("subjects", name)
            text.problem(at, f"“{example}” stands under `{first[example.casefold()]}` too")
    return sorted(set(text.problems))


def _statements(knowledge: Knowledge, pack: Pack, source_text: str) -> Iterator[Fault]:
    lines = source_text.split("\n")
    steps = {step.id for step in pack.steps}
    for key, statement in knowledge.statements.items():
        at: Path = ("statements", key)
        wrong = misquoted(Quote(text=statement.text, lines=statement.lines), lines)
        if wrong:
            yield Fault(at, wrong)
        if statement.step and statement.step not in steps:
            yield Fault((*at, "step"), f"there is no step `{statement.step}`")
        yield from _unknown((*at, "links"), statement.links, pack.links, "link")
    if knowledge.pack != pack.id:
        yield Fault(("pack",), f"these are the questions of `{knowledge.pack}`, not of `{pack.id}`")
    if knowledge.contact not in pack.contacts:
        yield Fault(("contact",), f"there is no contact `{knowledge.contact}`")
    milestones = {m.id for m in pack.milestones}
    yield from _unknown(("passed",), tuple(knowledge.passed), milestones, "milestone")


def _subjects(knowledge: Knowledge, pack: Pack) -> Iterator[Fault]:
    for key, subject in knowledge.subjects.items():
        at: Path = ("subjects", key)
        for cited in _cited(subject):
            if not cited:
                yield Fault((*at, "cite"), "an answer cites at least one statement")
            yield from _unknown((*at, "cite"), cited, knowledge.statements, "statement")
        yield from _unknown((*at, "links"), subject.links, pack.links, "link")
        yield from _unknown((*at, "dates"), subject.dates, {m.id for m in pack.milestones}, "milestone")
        if subject.contact and subject.contact not in pack.contacts:
            yield Fault((*at, "contact"), f"there is no contact `{subject.contact}`")
        if subject.also and subject.also not in knowledge.subjects:
            yield Fault((*at, "also"), f"there is no subject `{subject.also}`")
        vocabulary = knowledge.vocabulary
        heads = {*vocabulary.asks, *vocabulary.environments, *vocabulary.paths, *vocabulary.topics}
        yield from _unknown((*at, "unless"), subject.unless, heads, "head")
        if subject.firm not in ("", "next", *(step.id for step in pack.steps)):
            yield Fault((*at, "firm"), f"there is no step `{subject.firm}`, and it is not `next`")


def _cited(subject: Subject) -> list[tuple[str, ...]]:
    return [subject.cite] if isinstance(subject.cite, tuple) else list(subject.cite.values())


def _themes(knowledge: Knowledge, pack: Pack) -> Iterator[Fault]:
    for key, theme in knowledge.themes.items():
        if theme.near and theme.near not in knowledge.statements:
            yield Fault(("themes", key, "near"), f"there is no statement `{theme.near}`")


def _unknown(path: Path, ids: tuple[str, ...], known: object, what: str) -> Iterator[Fault]:
    names = set(known) if isinstance(known, set | dict) else set()
    yield from (Fault(path, f"there is no {what} `{each}`") for each in ids if each not in names)


# --- every phrasing is asked ---------------------------------------------------------------------------------------


def _understood(knowledge: Knowledge, asker: Asker, text: Text) -> Iterator[Problem]:
    """A subject's own phrasing must lead to a statement that the subject cites."""
    for name, subject in knowledge.subjects.items():
        own = {statement for cited in _cited(subject) for statement in cited}
        for group in ("asked", "yes", "no"):
            begins = text.line(("subjects", name, group))
            for i, phrasing in enumerate(phrasings(getattr(subject, group)), 1):
                parts = parts_of(asker.ask(phrasing))
                if not parts:
                    yield Problem(begins + i, name, f"“{phrasing}” is not answered")
                elif own.isdisjoint(part.citations[0].id for part in parts):
                    yield Problem(begins + i, name, f"“{phrasing}” is answered by `{parts[0].subject}`")


def _declined(knowledge: Knowledge, asker: Asker, text: Text) -> Iterator[Problem]:
    """What a theme lists must be declined."""
    for name, theme in knowledge.themes.items():
        begins = text.line(("themes", name, "asked"))
        for i, phrasing in enumerate(phrasings(theme.asked), 1):
            parts = parts_of(asker.ask(phrasing))
            if parts:
                yield Problem(begins + i, name, f"“{phrasing}” is answered by `{parts[0].subject}`")
