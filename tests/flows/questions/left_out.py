"""Figures on questions whose examples were left out: what to expect of questions that nobody has written down."""

import hashlib
import re
from collections.abc import Collection, Iterable
from typing import Any

from flows.questions.asking import Asker
from flows.questions.knowledge import Examples, load_english, load_examples, load_knowledge, phrasings
from flows.questions.learning import learn
from tests.flows.questions.shipped import ENGLISH, EXAMPLES, PACK, QUESTIONS

NEAR = 0.6
"""From here on, of all words of two questions together, so many are in both that one is a copy of the other."""


def asker_without(items: Iterable[dict[str, Any]]) -> Asker:
    """What answers, had nobody told it what these questions, or any that is nearly one of them, ask for."""
    left_out = [_words(item["question"]) for item in items]
    examples = load_examples(EXAMPLES)
    kept = Examples(
        schema=examples.schema,
        pack=examples.pack,
        subjects={name: _kept(block, left_out) for name, block in examples.subjects.items()},
        themes={name: _kept(block, left_out) for name, block in examples.themes.items()},
    )
    return Asker(learn(load_knowledge(QUESTIONS), load_english(ENGLISH), kept), PACK)


def is_own_check(item: dict[str, Any]) -> bool:
    """Whether a question belongs to the fifth that is in no examples and that nothing is to be tuned on."""
    return item["id"][:2] in ("QA", "QB", "QD") and int(hashlib.sha1(item["id"].encode()).hexdigest(), 16) % 5 == 0


def _is_near(text: str, others: Iterable[frozenset[str]]) -> bool:
    """Whether a text is nearly one of others, given as their words."""
    words = _words(text)
    least, most = NEAR * len(words), len(words) / NEAR
    for other in others:
        if least <= len(other) <= most:
            both = len(words & other)
            if both >= NEAR * (len(words) + len(other) - both):
                return True
    return False


def _kept(block: str, left_out: Collection[frozenset[str]]) -> str:
    return "\n".join(text for text in phrasings(block) if not _is_near(text, left_out))


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z0-9]+", text.lower()))
