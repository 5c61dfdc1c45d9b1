"""Which passages of a firm's documents answer a question, if any: most of its words, in one passage, or nothing."""

import math
from collections.abc import Mapping, Sequence

import msgspec

from flows.documents.words import stems
from flows.ports import Hits, Passage

ENOUGH = 0.72
"""Of a question's weight that one passage has to cover; a word weighs more the rarer it is in the documents."""

MOST = 3
"""Passages shown for one question."""

_NEXT_BEST = 0.85
"""Of the best passage's score that the others must have to be shown beside it."""


class Found(msgspec.Struct, frozen=True):
    """A passage of the firm's own that answers, word for word. `confidence` is above `ENOUGH` and at most 1."""

    document: str
    name: str
    """Of the document."""
    heading: str
    page: int | None
    text: str
    confidence: float


def find(words: Sequence[str], hits: Hits, names: Mapping[str, str]) -> tuple[Found, ...]:
    """The passages that answer, the best one first; none where no passage covers enough of what was asked.

    `words` are those of the question (`words.asked`), `names` the documents that count, by id: passages of others
    are left out, and a word that stands in a document's name counts as covered by its passages.
    """
    if not words:
        return ()
    weights = {word: _weight(hits, word) for word in words}
    named = {document: frozenset(stems(name)) for document, name in names.items()}
    scored = []
    for passage in hits.passages:
        if passage.document in names:
            confidence, score = _score(weights, passage, named[passage.document])
            if confidence >= ENOUGH:
                scored.append((score, confidence, passage))
    scored.sort(key=lambda each: -each[0])
    best = scored[:MOST]
    return tuple(
        Found(p.document, names[p.document], p.heading, p.page, p.text, round(confidence, 3))
        for score, confidence, p in best
        if score >= best[0][0] * _NEXT_BEST
    )


def _weight(hits: Hits, word: str) -> float:
    return math.log(1 + hits.total / max(hits.counts.get(word, 0), 0.5))


def _score(weights: Mapping[str, float], passage: Passage, named: frozenset[str]) -> tuple[float, float]:
    """How much of the question's weight the passage covers, and its place among others: closer together is better."""
    heading = set(stems(passage.heading))
    places = [(at, word) for at, word in enumerate(stems(passage.text)) if word in weights]
    within = {word for _, word in places}
    here = within | (heading & weights.keys())
    covered = here | (named & weights.keys())
    if not here or (len(weights) == 1 and not here & heading) or len(covered) < min(2, len(weights)):
        # One word alone is a subject, not a question: only a section that is called so is about it.
        return 0.0, 0.0
    total = sum(weights.values())
    confidence = min(1.0, sum(weights[word] for word in covered) / total)
    in_heading = sum(weights[word] for word in heading & weights.keys()) / total
    return confidence, confidence + 0.3 * _closeness(places, within) + 0.1 * in_heading


def _closeness(places: Sequence[tuple[int, str]], within: set[str]) -> float:
    """1 where the words stand side by side, towards 0 the wider the narrowest window with all of them is."""
    if not within:
        return 0.0
    counts: dict[str, int] = {}
    narrowest, start = math.inf, 0
    for at, word in places:
        counts[word] = counts.get(word, 0) + 1
        while len(counts) == len(within):
            first_at, first = places[start]
            narrowest = min(narrowest, at - first_at + 1)
            counts[first] -= 1
            if not counts[first]:
                del counts[first]
            start += 1
    return len(within) / narrowest
