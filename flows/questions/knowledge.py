"""What is known of the roadmap's small world, as frozen records: statements, words, subjects, and what lies outside."""

from collections.abc import Iterator, Mapping
from typing import Literal, TypeVar

import msgspec

from flows.pack_text import Text
from flows.packs import PackError
from flows.roadmap import Environment

T = TypeVar("T")

SCHEMA = "roadmap-questions/1"
ENGLISH = "plain-english/1"
EXAMPLES = "roadmap-examples/1"

Group = Literal["asked", "yes", "no"]
"""How a phrasing is answered: with the direct line alone, or beginning with yes or no."""

ByEnvironment = Mapping[Environment, tuple[str, ...]]


class Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One sentence of the source, verbatim, with the step it stands in (empty outside the steps) and its lines."""

    step: str
    lines: tuple[int, int]
    text: str
    links: tuple[str, ...] = ()


class Vocabulary(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Heads and the forms people use for them, a comma between forms."""

    asks: Mapping[str, str]
    environments: Mapping[str, str]
    paths: Mapping[str, str]
    topics: Mapping[str, str]
    alternatives: tuple[tuple[str, ...], ...] = ()
    """Heads that take each other's place when a follow-up names one of them."""


class Subject(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something the text answers: which statements, how it is said in one line, and how people ask for it."""

    cite: tuple[str, ...] | ByEnvironment
    say: str | Mapping[Environment, str] = ""
    say_yes: str = ""
    say_no: str = ""
    asked: str = ""
    yes: str = ""
    no: str = ""
    env: Environment | None = None
    path: Literal["agent", "self"] | None = None
    step: str = ""
    dates: tuple[str, ...] = ()
    """Milestones of the pack that the direct line names."""
    links: tuple[str, ...] = ()
    """Shown before those of the statements."""
    contact: str = ""
    also: str = ""
    """A subject that is offered as a second reading."""
    unless: tuple[str, ...] = ()
    """Heads of the vocabulary that leave no doubt: where a question has one, nothing is offered beside it."""
    firm: str = ""
    """Where a firm's own position adds to the text: `next` for what is next, or the number of a step."""

    def cited(self, env: Environment | None) -> tuple[str, ...]:
        """The statements for this environment; where there is none and the text has one for each, the first's."""
        return self.cite if isinstance(self.cite, tuple) else _of(self.cite, env, ())

    def says(self, env: Environment | None) -> str:
        """The direct line for this environment."""
        return self.say if isinstance(self.say, str) else _of(self.say, env, "")


def _of(each: Mapping[Environment, T], env: Environment | None, otherwise: T) -> T:
    return each[env] if env and env in each else next(iter(each.values()), otherwise)


class Theme(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something people ask that the text does not say. `near`: the statement that comes closest, where one helps."""

    say: str
    words: str = ""
    asked: str = ""
    near: str = ""


class English(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the reader knows of the language, whatever the roadmap."""

    schema: str
    contractions: Mapping[str, str]
    irregular: Mapping[str, str]
    courtesy: str
    filler: str
    faint: str
    negation: str
    ordinary: str = ""
    """Words without any part in this: they are no slips of the pen for one that has."""


class Knowledge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of it, for one pack."""

    schema: str
    pack: str
    statements: Mapping[str, Statement]
    vocabulary: Vocabulary
    subjects: Mapping[str, Subject]
    themes: Mapping[str, Theme]
    contact: str
    """Of the pack: whom to ask what the text does not say."""
    passed: Mapping[str, str] = {}
    """What is said of a milestone that has passed, where the pack's own sentence speaks of what is shown beside it."""


class Examples(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Questions as people put them, by the subject or theme that they ask for, one on each line."""

    schema: str
    pack: str
    subjects: Mapping[str, str]
    themes: Mapping[str, str]


NO_EXAMPLES = Examples(schema=EXAMPLES, pack="", subjects={}, themes={})


def load_knowledge(questions_yaml: str) -> Knowledge:
    """The knowledge, as far as its form goes; `flows.questions.checking` looks further. Raises PackError."""
    return _load(questions_yaml, Knowledge, SCHEMA)


def load_english(english_yaml: str) -> English:
    """The language. Raises PackError."""
    return _load(english_yaml, English, ENGLISH)


def load_examples(examples_yaml: str) -> Examples:
    """The examples; `flows.questions.checking` looks whether their names are known. Raises PackError."""
    return _load(examples_yaml, Examples, EXAMPLES)


def _load(yaml_text: str, kind: type[T], schema: str) -> T:
    text = Text(yaml_text)
    if not text.problems and text.tree.get("schema") != schema:
        text.problem(("schema",), f"this version reads `schema: {schema}`")
    found = None if text.problems else text.convert((), kind, text.tree)
    if found is None:
        raise PackError(text.problems)
    return found


def forms(block: str) -> list[str]:
    """The forms of a list in which commas and line ends part them."""
    return [form.strip() for line in block.splitlines() for form in line.split(",") if form.strip()]


def phrasings(block: str) -> list[str]:
    """The questions of a block, one on each line."""
    return [line.strip() for line in block.splitlines() if line.strip()]


def of_examples(examples: Examples) -> Iterator[tuple[str, str]]:
    """Each example with the name of its subject, or of its theme after `out:`."""
    for name, block in examples.subjects.items():
        yield from ((name, text) for text in phrasings(block))
    for name, block in examples.themes.items():
        yield from ((f"out:{name}", text) for text in phrasings(block))
