"""Scores answers against question sets: what is answered right, wrong or not at all, and what is rightly declined.

A set is lines of JSON: `question`, `context`, and what is expected: the statements that answer it, facts that the text
must hold (patterns), yes or no; or that it is to be declined. The score is the harmonic mean of (right - half of the
wrong) among answerable questions and the part declined of the others.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.questions.answer import Answer, Context, citations_of, parts_of
from flows.questions.asking import Asker

SETS = Path(__file__).parent


@dataclass(frozen=True)
class Figures:
    """What came of a set, as parts of one."""

    questions: int
    right: float
    incomplete: float
    wrong: float
    missed: float
    declined: float

    @property
    def score(self) -> float:
        """From 0 to 100."""
        answered = max(0.0, self.right - self.wrong / 2)
        both = answered + self.declined
        return 200 * answered * self.declined / both if both else 0.0


def read_set(name: str) -> list[dict[str, Any]]:
    """The questions of one set."""
    return [json.loads(line) for line in (SETS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def figures(asker: Asker, items: Iterable[dict[str, Any]]) -> Figures:
    """Ask them all."""
    count = Counter(outcomes(asker, items))
    answerable = sum(count[o] for o in ("right", "incomplete", "wrong", "missed")) or 1
    outside = sum(count[o] for o in ("declined", "leaked")) or 1
    return Figures(
        questions=count.total(),
        right=count["right"] / answerable,
        incomplete=count["incomplete"] / answerable,
        wrong=count["wrong"] / answerable,
        missed=count["missed"] / answerable,
        declined=count["declined"] / outside,
    )


def outcomes(asker: Asker, items: Iterable[dict[str, Any]]) -> Iterator[str]:
    """What came of each."""
    for item in items:
        given = item.get("context") or {}
        context = Context(given.get("previous_question") or "", str(given.get("current_step") or ""))
        yield outcome(asker.ask(item["question"], context), item["expect"])


def outcome(answer: Answer, expected: dict[str, Any]) -> str:
    """Right, incomplete, wrong, missed; declined or leaked where there is no answer. A pointer to a guide is none."""
    cited = [citation.id for citation in citations_of(answer)]
    if not expected["answerable"]:
        return "declined" if not cited or cited[0] in expected.get("pointer_ok", []) else "leaked"
    if not cited:
        return "missed"
    said = parts_of(answer)[0].said
    contrary = bool(said and expected.get("polarity") and said != expected["polarity"])
    if cited[0] not in expected["statement_ids"] or contrary:
        return "wrong"
    text = " ".join(_told(answer))
    return "right" if all(re.search(fact, text, re.IGNORECASE) for fact in expected["must_contain"]) else "incomplete"


def _told(answer: Answer) -> Iterator[str]:
    for part in parts_of(answer):
        yield part.direct
        yield from (citation.quote for citation in part.citations)
        yield from (link.url for link in part.links)
        if part.contact:
            yield f"{part.contact.name} {part.contact.phone} {part.contact.email}"
