"""Text as words: one spelling for what looks alike, sentences, stems, and slips of the pen put right."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

MOST_CHARACTERS = 2_400
"""Of a question that is read; of a longer one the beginning and the end, where the question is."""

_LINK = re.compile(r"<(?:https?://|mailto:|tel:)[^|>\s]*\|([^>]*)>|<[@#!][^>]*>|<?https?://[^\s>]+>?", re.IGNORECASE)
_PRINTED = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": " - ", "—": " - ", "…": ". ", "`": " ", "_": " "}
)
_SENTENCE = re.compile(r"(?<![.?!])([.?!]+)(?=\s|$|[\"')])|\n")
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_TOKEN = re.compile(r"\d+(?:[./-]\d+)+|\d*[a-z]+\d*|\d+|[+$]")
_VOWEL = re.compile(r"[aeiouy]")
_CLIPPED = re.compile(r"[^aeiou][aeiouy][^aeiouywxl]|[^aeiou]il")
"""What is left of such as `naming` and `filed`, which ended in e."""


def tidy(text: str) -> str:
    """Small letters without accents and marks, links and mentions as people see them, of bounded length."""
    if len(text) > MOST_CHARACTERS:
        text = f"{text[: MOST_CHARACTERS // 2]}\n{text[-MOST_CHARACTERS // 2 :]}"
    if "<" in text or "://" in text:
        text = _LINK.sub(lambda m: f" {m[1] or ''} ", text)
    plain = text.translate(_PRINTED).replace("&amp;", "&")
    if not plain.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return _DRAWN_OUT.sub(r"\1\1", plain.lower())


def sentences(text: str) -> list[tuple[str, bool]]:
    """The sentences of a tidy text, each with whether it ends with a question mark."""
    found, begin = [], 0
    for mark in _SENTENCE.finditer(text):
        found.append((text[begin : mark.start()].strip(), "?" in mark[0]))
        begin = mark.end()
    found.append((text[begin:].strip(), False))
    return [(sentence, asks) for sentence, asks in found if sentence]


def tokens(text: str) -> list[str]:
    """The words of a tidy text; a hyphen parts words, and numbers keep their inner marks."""
    return _TOKEN.findall(text.replace("'s ", " ").removesuffix("'s").replace("'", ""))


class Stemmer:
    """Words to their stems, so that any ending of a word is read."""

    def __init__(self, irregular: Mapping[str, str]) -> None:
        self._irregular = irregular
        self._known: dict[str, str] = {}

    def stem(self, word: str) -> str:
        """`submitted`, `submits` and `submitting` as one; short words and numbers as they are."""
        known = self._known.get(word)
        if known is None:
            known = _stem(self._irregular.get(word, word))
            if len(self._known) < 20_000:
                self._known[word] = known
        return known


def _stem(word: str) -> str:
    if len(word) < 4 or not word.isalpha():
        return word
    for ending, instead in (("ies", "i"), ("ied", "i"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh")):
        if word.endswith(ending):
            return word[: -len(ending)] + instead
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        bare = word.removesuffix(ending)
        if bare != word and len(bare) > 2 and _VOWEL.search(bare):
            doubled = bare[-1] == bare[-2] and bare[-1] not in "lsz"
            word = bare[:-1] if doubled else f"{bare}e" if _CLIPPED.fullmatch(bare) else bare
            break
    if len(word) > 4:
        word = word.removesuffix("e")
    return word[:-1] + "i" if word.endswith("y") and len(word) > 3 else word


class Speller:
    """Puts slips right: only of words not known otherwise, and only towards words of this small world."""

    def __init__(self, wanted: Mapping[str, int], known: Iterable[str]) -> None:
        """`wanted`: the words a slip may be for, with how often they stand in the data; `known`: left alone."""
        self._wanted = frozenset(wanted)
        self._known = frozenset(known) | self._wanted
        self._by_length: dict[int, list[tuple[str, int, int]]] = {}
        for word, count in wanted.items():
            if len(word) > 2 and word.isalpha():
                self._by_length.setdefault(len(word), []).append((word, _letters(word), count))
        self.right = lru_cache(maxsize=4_096)(self._right)

    def _right(self, word: str) -> tuple[str, ...]:
        """The word or words that were meant; the word itself where nothing is near."""
        if word in self._known or not 3 <= len(word) <= 24 or not word.isalpha():
            return (word,)
        squeezed = re.sub(r"(.)\1", r"\1", word)
        if squeezed in self._known:
            return (squeezed,)
        near = self._near(word)
        if near and near[0][0] <= 1:
            return (near[0][-1],)
        return self._parted(word) or ((near[0][-1],) if near else (word,))

    def _near(self, word: str) -> list[tuple[int, bool, bool, int, str]]:
        reach = 1 if len(word) < 7 else 2
        letters = _letters(word)
        near = []
        for length in range(len(word) - reach, len(word) + reach + 1):
            for other, others, count in self._by_length.get(length, ()):
                if (letters ^ others).bit_count() > 2 * reach:
                    continue
                distance = _distance(word, other, reach)
                swapped = sorted(word) == sorted(other)
                if distance <= reach and (swapped or len(word) > 3 or len(other) > 3):
                    near.append((distance, word[0] != other[0], not swapped, -count, other))
        return sorted(near)

    def _parted(self, word: str) -> tuple[str, ...]:
        """Two words written as one."""
        for i in range(3, len(word) - 2):
            if word[:i] in self._wanted and word[i:] in self._wanted:
                return (word[:i], word[i:])
        return ()


def _letters(word: str) -> int:
    found = 0
    for letter in word:
        found |= 1 << (ord(letter) & 31)
    return found


def _distance(a: str, b: str, reach: int) -> int:
    """How many letters are wrong, missing, too many or swapped with their neighbour; no further than `reach` + 1."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        older, before, row = before, row, [i]
        for j, y in enumerate(b, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                best = min(best, older[j - 2] + 1)
            row.append(best)
        if min(row) > reach:
            return reach + 1
    return row[-1]
