"""The words of a roadmap's small world: what each may stand for, and which may be slips of the pen."""

from collections import Counter
from collections.abc import Mapping

import msgspec

from flows.questions.knowledge import English, Knowledge, forms, phrasings
from flows.questions.numbering import MONTHS
from flows.questions.units import Kind
from flows.questions.words import Stemmer, tidy, tokens

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
        known=frozenset(known) | set(MONTHS) | set(short),
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
