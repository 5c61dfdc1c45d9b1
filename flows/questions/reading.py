"""Reading a question: its sentences as units of meaning, each with the heads of the vocabulary it may stand for."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Literal

import msgspec

from flows.questions.knowledge import English, Knowledge, forms, phrasings
from flows.questions.words import Speller, Stemmer, sentences, tidy, tokens

Kind = Literal["ask", "env", "path", "step", "date", "topic", "outside", "not", "word", "faint"]

MOST_WORDS = 160
"""That a reading looks at; a question is shorter."""

_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven")
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh")
_STEP = re.compile(
    r"\b(?:steps?|stage)\s*(?:no\.?|nr\.?|number|#)?\s*(\d|" + "|".join(_NUMBERS) + r")\b"
    r"|\b(\d)(?:st|nd|rd|th) (?:step|stage)|\b(" + "|".join(_ORDINALS[1:]) + r") (?:step|stage)\b"
)
_STEPS_MORE = re.compile(r"(step\.\d)\s*(?:or|and|/|,|vs\.?|to)\s*(?:step\s*)?([1-7])\b(?![./]\d)")
_COUNTED = (
    r"(?![\d.,/:%]*\d)(?! ?(?:%|[ap]\.?m\b|o.clock|[a-z]+s\b"
    r"|more|other|different|of|clearing|reporting|new|person|man))"
)
"""After a bare number: not what is counted, nor the time of day."""
_OR = re.compile(rf"\b([1-6]) (?:or|and|vs) ([1-6])\b{_COUNTED}")
_BARE = re.compile(
    r"\b(go to|proceed to|skip to|skip|after|before|with|finished|done|completed|do|need|past|from) ([1-7])\b"
    + _COUNTED
)
_SECTION = re.compile(r"\b(?:section|sec|chapter|sect|§)\.?\s*(\d(?:\.\d)?)\b|(?<![\d./$])(3\.2|6\.1)(?![\d./%])")
_PART = re.compile(
    r"\b(?:part|section)\s*\(?(i{1,3}|a|b|c)\)?(?=$|[\s?.,])|\(([abc])\)|\b6[- .]?(?:ii|i)[- .]?([abc])\b"
)
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
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATE = re.compile(
    rf"\b{_MONTH} (\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? ((?:19|20)\d\d))?|\b(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}"
    r"|\b(\d{1,2})/(\d{1,2})(?:/(?:20)?\d\d)?\b|\b20\d\d-(\d\d)-(\d\d)\b"
)


class Unit(msgspec.Struct, frozen=True, array_like=True):
    """A word or a few that mean one thing. `heads`: what they may stand for; `kind`: the part they play."""

    said: str
    heads: frozenset[str]
    kind: Kind
    sentence: int = 0
    clause: int = 0
    """Counted through the whole question; a new one begins where another question may."""


class Reading(msgspec.Struct, frozen=True):
    """A question as units, with which sentences ask."""

    units: tuple[Unit, ...]
    asks: tuple[bool, ...]
    """For each sentence, whether it ends with a question mark."""
    firm_breaks: frozenset[int] = frozenset()
    """The clauses that begin with a word that asks, so that they are questions of their own."""
    loose_breaks: frozenset[int] = frozenset()
    """The clauses that begin after an `and`."""
    opening: tuple[str, ...] = ()
    """The first words, as they are typed: they tell a follow-up."""
    stems: tuple[tuple[str, int], ...] = ()
    """Every word, courtesies and all, as its stem, with its clause."""

    def of(self, sentence: int) -> tuple[Unit, ...]:
        """The units of one sentence."""
        return tuple(u for u in self.units if u.sentence == sentence)


_KINDS: dict[str, Kind] = {"asks": "ask", "environments": "env", "paths": "path", "topics": "topic"}


class Words(msgspec.Struct, frozen=True):
    """What a reader knows, worked out from the data: plain values, so that they can be kept."""

    irregular: Mapping[str, str]
    endings: Mapping[str, str]
    short: Mapping[str, str]
    forms: tuple[tuple[tuple[str, ...], Kind, frozenset[str]], ...]
    """A word or a few, as stems, with what they may stand for."""
    wanted: Mapping[str, int]
    """Words that a slip may be for, with how often they stand in the data."""
    known: frozenset[str]
    stems: frozenset[str]


def words_of(knowledge: Knowledge, english: English) -> Words:
    """The words of one roadmap and of plain English."""
    found = _Forms(Stemmer(english.irregular))
    found.gather(knowledge, english)
    wanted, known = _spelling(knowledge, english)
    endings = {k: v for k, v in english.contractions.items() if k.startswith("'") or k == "n't"}
    short = {k: v for k, v in english.contractions.items() if k not in endings}
    stems = frozenset(found.stemmer.stem(t) for t in (*wanted, *known))
    wanted.update({t: 1 for form in forms(english.filler) for t in tokens(tidy(form)) if len(t) > 2})
    return Words(
        irregular=english.irregular,
        endings=endings,
        short=short,
        forms=tuple((key, kind, frozenset(heads)) for key, (kind, heads) in found.forms.items()),
        wanted=dict(wanted),
        known=frozenset(known) | set(_MONTHS) | set(short),
        stems=stems,
    )


class _Forms:
    """Every form of the data, as stems."""

    def __init__(self, stemmer: Stemmer) -> None:
        self.stemmer = stemmer
        self.forms: dict[tuple[str, ...], tuple[Kind, set[str]]] = {}

    def gather(self, knowledge: Knowledge, english: English) -> None:
        for form in (*forms(english.courtesy), *forms(english.filler)):
            self._add(form, "word")
        for form in forms(english.faint):
            self._add(form, "faint", f"w:{self._stemmed(form)}")
        for section, kind in _KINDS.items():
            for head, block in getattr(knowledge.vocabulary, section).items():
                for form in forms(block):
                    self._add(form, kind, head)
        for name, theme in knowledge.themes.items():
            for form in forms(theme.words):
                self._add(form, "outside", f"out:{name}", f"out:{name}:{self._stemmed(form)}")
        for form in forms(english.negation):
            self._add(form, "not", "not")

    def _add(self, form: str, kind: Kind, *heads: str) -> None:
        key = tuple(self.stemmer.stem(t) for t in tokens(tidy(form)))
        if not key:
            return
        known = self.forms.get(key)
        if known is None or not known[1] or known[0] == "faint":
            self.forms[key] = (kind, set(heads))
        elif kind != "outside" or known[0] == "outside":
            self.forms[key] = (known[0], known[1] | set(heads))

    def _stemmed(self, form: str) -> str:
        return "_".join(self.stemmer.stem(t) for t in tokens(tidy(form)))


def _spelling(knowledge: Knowledge, english: English) -> tuple[Counter[str], set[str]]:
    """The words that matter here, with how often they stand in the data; and those to be left alone."""
    wanted: Counter[str] = Counter()
    for section in _KINDS:
        for block in getattr(knowledge.vocabulary, section).values():
            wanted.update(t for form in forms(block) for t in tokens(tidy(form)))
    for subject in knowledge.subjects.values():
        for block in (subject.asked, subject.yes, subject.no):
            wanted.update(t for line in phrasings(block) for t in tokens(tidy(line)))
    plain = [english.courtesy, english.filler, english.faint, english.ordinary, english.negation, *english.irregular]
    outside = [t for theme in knowledge.themes.values() for t in (theme.words, theme.asked)]
    return wanted, {t for block in (*plain, *outside) for form in forms(block) for t in tokens(tidy(form))}


class Reader:
    """Reads with the words of one roadmap and of plain English. Made once; reading changes nothing in it."""

    def __init__(self, words: Words) -> None:
        self._stemmer = Stemmer(words.irregular)
        self._endings = words.endings
        self._short = words.short
        self._shortened = re.compile(
            r"(?<![\w])(?:" + "|".join(re.escape(k) for k in sorted(self._short, key=len, reverse=True)) + r")(?![\w'])"
        )
        self._forms = {key: (kind, heads) for key, kind, heads in words.forms}
        self._longest: dict[str, int] = {}
        for key in self._forms:
            self._longest[key[0]] = max(self._longest.get(key[0], 0), len(key))
        self._stems = words.stems
        self._speller = Speller(words.wanted, words.known)
        self.read = lru_cache(maxsize=64)(self._read)
        """Kept for a while: a question is read alone, beside the one before it, and as what the next one follows."""

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
                units.append(msgspec.structs.replace(unit, clause=clause))
                end = place + len(unit.said.split())
            clause += 1
        units = counted_on(_turned(units))
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
        for ending, whole in self._endings.items():
            text = text.replace(ending, f" {whole}")
        text = self._shortened.sub(lambda m: self._short[m[0]], text)
        text = _STEP.sub(lambda m: f" step.{_digit(m[1] or m[2] or m[3])} ", text)
        text = _OR.sub(r" step.\1 or step.\2 ", text)
        text = _BARE.sub(r"\1 step.\2 ", text)
        text = _STEPS_MORE.sub(r"\1 step.\2", text)
        text = _SECTION.sub(lambda m: f" section.{(m[1] or m[2]).replace('.', '_')} ", text)
        text = _PART.sub(lambda m: f" part.{m[1] or m[2] or m[3]} ", text)
        return _DATE.sub(_dated, text)

    def _words(self, sentence: str) -> list[str]:
        found: list[str] = []
        for piece in re.split(r"((?:step|section|part|date)\.[\w-]+)", sentence):
            if re.fullmatch(r"(?:step|section|part|date)\.[\w-]+", piece):
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
            marked = _marked(words[i])
            if marked:
                yield Unit(said=words[i], heads=frozenset({words[i]}), kind=marked, sentence=sentence), i
                i += 1
                continue
            length, kind, heads = self._longest_form(stems, i)
            said = " ".join(words[i : i + length])
            if heads:
                yield Unit(said=said, heads=heads, kind=kind, sentence=sentence), i
            elif not length and not words[i].isdigit():
                yield Unit(said=words[i], heads=frozenset({f"w:{stems[i]}"}), kind="word", sentence=sentence), i
            i += max(length, 1)

    def _longest_form(self, stems: list[str], i: int) -> tuple[int, Kind, frozenset[str]]:
        for length in range(min(self._longest.get(stems[i], 0), len(stems) - i), 0, -1):
            known = self._forms.get(tuple(stems[i : i + length]))
            if known is not None:
                return length, known[0], known[1]
        return 0, "word", frozenset()


def counted_on(units: list[Unit]) -> list[Unit]:
    """With what comes after or before a step as one meaning: `after.3`."""
    steps = [u for u in units if u.kind == "step"]
    heads = heads_of(units)
    asked = "before" if "before" in heads else "next" if "next" in heads else ""
    if not asked or not steps:
        return units
    last = max(steps, key=lambda u: u.said)
    head = f"{'after' if asked == 'next' else 'before'}.{last.said.rpartition('.')[2]}"
    counted = msgspec.structs.replace(last, heads=frozenset({head}))
    return [counted if u is last else u for u in units if u not in steps or u is last]


_OTHER_PATH = {frozenset({"agent"}): frozenset({"self"}), frozenset({"self"}): frozenset({"agent"})}
_REFUSED = ("not", "without", "no", "none", "never")
"""Words of a negation that, right before a way of reporting, mean the other way."""


def _turned(units: list[Unit]) -> list[Unit]:
    """Who does not go by an agent goes alone, and the other way round."""
    found: list[Unit] = []
    before = ""
    for unit in units:
        turned = before in _REFUSED and unit.kind == "path" and unit.heads in _OTHER_PATH
        found.append(msgspec.structs.replace(unit, heads=_OTHER_PATH[unit.heads]) if turned else unit)
        if unit.kind != "faint":
            before = unit.said if unit.kind == "not" else ""
    return found


def _marked(word: str) -> Kind | None:
    if word.startswith("step."):
        return "step"
    if word.startswith(("section.", "part.")):
        return "topic"
    return "date" if word.startswith("date.") else None


def _digit(said: str) -> str:
    if said.isdigit():
        return said
    return str((_NUMBERS if said in _NUMBERS else _ORDINALS).index(said) + 1)


def _dated(m: re.Match[str]) -> str:
    if m[1]:
        return f" date.{_MONTHS.index(m[1]) + 1}-{int(m[2])} "
    if m[5]:
        return f" date.{_MONTHS.index(m[5]) + 1}-{int(m[4])} "
    month, day = (m[6], m[7]) if m[6] else (m[8], m[9])
    return f" date.{int(month)}-{int(day)} "


def heads_of(units: Iterable[Unit]) -> frozenset[str]:
    """Every head that stands in these units."""
    return frozenset(h for u in units for h in u.heads)
