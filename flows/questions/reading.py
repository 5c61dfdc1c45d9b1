"""Reading a question: its sentences as units of meaning, each with the heads of the vocabulary it may stand for."""

import re
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from flows.questions.numbering import NUMBERED, marked, numbered
from flows.questions.units import Kind, Reading, Unit, counted_on, turned
from flows.questions.vocabulary import Words
from flows.questions.words import Speller, Stemmer, sentences, tidy, tokens

MOST_WORDS = 160
"""That a reading looks at; a question is shorter."""
MOST_KEPT = 256
"""Questions of which what they come to is kept: people ask the same things."""
_SHORT, _MOST_LONG_KEPT = 200, 16
"""Characters of a question that many are kept of; of longer ones a few, for memory has to stay as it is."""

_WORD = re.compile(r"\w+")
_ASKING = (
    r"(?:who|whom|what|when|where|why|how|which|by when|by what|in what|in which"
    r"|is|are|do|does|did|can|could|may|must|should|will|has|have)"
)
_BREAK = re.compile(
    rf"(?:[,;:]|\b(?:and|plus|or|but)\b|&|\s-+\s)(?:\s+(?:and|also|then|or))*\s+(?={_ASKING}\b)"
    r"|\bplus\b|;|\band\b|&|\+|\bas well as\b"
)
"""Where another question may begin."""
_AND = re.compile(r"and|plus|as well|[&+;]")
_MOST_BREAKS = 6
_FIRM = re.compile(rf"\s*{_ASKING}\b")


class Reader:
    """Reads with the words of one roadmap and of plain English. Made once; reading changes nothing in it."""

    def __init__(self, words: Words) -> None:
        self._stemmer = Stemmer(words.irregular)
        self._endings = words.endings
        self._short = words.short
        self._shortened = re.compile(
            r"(?<![\w])(?:" + "|".join(re.escape(k) for k in sorted(self._short, key=len, reverse=True)) + r")(?![\w'])"
        )
        self._shorts = frozenset(first[0] for first in map(_WORD.match, self._short) if first)
        """How short forms begin: where none of these is a word of a question, it has no short form."""
        self._forms = {key: (kind, heads) for key, kind, heads in words.forms}
        self._longest: dict[str, int] = {}
        for key in self._forms:
            self._longest[key[0]] = max(self._longest.get(key[0], 0), len(key))
        self._stems = words.stems
        self._speller = Speller(words.wanted, words.known)
        self._kept = lru_cache(maxsize=MOST_KEPT)(self._read)
        self._kept_long = lru_cache(maxsize=_MOST_LONG_KEPT)(self._read)

    def read(self, text: str) -> Reading:
        """The question as units. Kept: it is read alone, beside the one before it, and as what the next one follows."""
        return (self._kept if len(text) <= _SHORT else self._kept_long)(text)

    def _read(self, text: str) -> Reading:
        """The question as units; what is courtesy or filler is left out."""
        plain = self._written_out(tidy(text))
        units: list[Unit] = []
        asks: list[bool] = []
        firm: set[int] = set()
        loose: set[int] = set()
        stems: list[tuple[str, int]] = []
        left, clause = MOST_WORDS, 0
        for number, (sentence, asking) in enumerate(sentences(plain)):
            firm |= {clause} if asking and any(asks) else set()
            asks.append(asking)
            found = self._words(sentence)[:left]
            left -= len(found)
            breaks = self._breaks(sentence)
            here = 0
            stems += self._with_clauses(found, [at for at, _, _ in breaks], clause)
            end = 0
            for unit, place in self._units(found, number):
                while here < len(breaks) and breaks[here][0] <= place:
                    if breaks[here][0] < end:
                        here += 1  # the `and` of "one and the same"
                        continue
                    clause += 1
                    loose |= {clause} if breaks[here][2] else set()
                    firm |= {clause} if breaks[here][1] else set()
                    here += 1
                units.append(msgspec.structs.replace(unit, clause=clause) if clause else unit)
                end = place + len(unit.said.split())
            clause += 1
        units = counted_on(turned(units))
        return Reading(
            units=tuple(units),
            asks=tuple(asks),
            firm_breaks=frozenset(firm),
            loose_breaks=frozenset(loose),
            opening=tuple(tokens(plain[:60])[:4]),
            stems=tuple(stems),
        )

    def _with_clauses(self, words: list[str], breaks: list[int], first: int) -> Iterator[tuple[str, int]]:
        for place, word in enumerate(words):
            yield self._stemmer.stem(word), first + sum(1 for at in breaks if at <= place)

    def _breaks(self, sentence: str) -> list[tuple[int, bool, bool]]:
        """Before which of its words another clause begins; whether with a word that asks; whether after an `and`."""
        return [
            (
                len(self._words(sentence[: m.end()])),
                _FIRM.match(sentence[m.end() :]) is not None,
                _AND.search(m[0]) is not None,
            )
            for m in _BREAK.finditer(sentence)
        ][:_MOST_BREAKS]

    def _written_out(self, text: str) -> str:
        if "'" in text:
            for ending, whole in self._endings.items():
                text = text.replace(ending, f" {whole}")
        if not self._shorts.isdisjoint(_WORD.findall(text)):
            text = self._shortened.sub(lambda m: self._short[m[0]], text)
        return numbered(text)

    def _words(self, sentence: str) -> list[str]:
        found: list[str] = []
        for nth, piece in enumerate(NUMBERED.split(sentence)):
            if nth % 2:
                found.append(piece)
            else:
                for token in tokens(piece):
                    found.extend(self._speller.right(token) if self._unknown(token) else (token,))
        return found

    def _unknown(self, token: str) -> bool:
        return self._stemmer.stem(token) not in self._stems

    def _units(self, words: list[str], sentence: int) -> Iterator[tuple[Unit, int]]:
        """The units, each with the place of its first word."""
        stems = [self._stemmer.stem(w) for w in words]
        i = 0
        while i < len(words):
            kind = marked(words[i])
            if kind:
                yield Unit(said=words[i], heads=frozenset({words[i]}), kind=kind, sentence=sentence), i
                i += 1
                continue
            length, known, heads = self._longest_form(stems, i)
            said = " ".join(words[i : i + length])
            if heads:
                yield Unit(said=said, heads=heads, kind=known, sentence=sentence), i
            elif not length and not words[i].isdigit():
                yield Unit(said=words[i], heads=frozenset({f"w:{stems[i]}"}), kind="word", sentence=sentence), i
            i += max(length, 1)

    def _longest_form(self, stems: list[str], i: int) -> tuple[int, Kind, frozenset[str]]:
        for length in range(min(self._longest.get(stems[i], 0), len(stems) - i), 0, -1):
            known = self._forms.get(tuple(stems[i : i + length]))
            if known is not None:
                return length, known[0], known[1]
        return 0, "word", frozenset()
