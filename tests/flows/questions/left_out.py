"""Figures on questions whose examples were left out: what to expect of questions that nobody has written down."""

import hashlib
from collections.abc import Iterable
from typing import Any

from flows.questions.asking import Asker
from flows.questions.knowledge import Examples, load_english, load_examples, load_knowledge, phrasings
from tests.flows.questions.shipped import ENGLISH, EXAMPLES, PACK, QUESTIONS


def asker_without(items: Iterable[dict[str, Any]]) -> Asker:
    """What answers, had nobody told it what these questions ask for."""
    left_out = {_even(item["question"]) for item in items}
    examples = load_examples(EXAMPLES)
    return Asker(
        load_knowledge(QUESTIONS),
        load_english(ENGLISH),
        PACK,
        Examples(
            schema=examples.schema,
            pack=examples.pack,
            subjects={name: _kept(block, left_out) for name, block in examples.subjects.items()},
            themes={name: _kept(block, left_out) for name, block in examples.themes.items()},
        ),
    )


def is_own_check(item: dict[str, Any]) -> bool:
    """Whether a question belongs to the fifth that is in no examples and that nothing is to be tuned on."""
    return item["id"][:2] in ("QA", "QB", "QD") and int(hashlib.sha1(item["id"].encode()).hexdigest(), 16) % 5 == 0


def _kept(block: str, left_out: set[str]) -> str:
    return "\n".join(text for text in phrasings(block) if _even(text) not in left_out)


def _even(text: str) -> str:
    return " ".join(text.split())
