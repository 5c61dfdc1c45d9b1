"""Words as the search knows them: small, bare of endings, the same for a question and for what it is asked of.

We stem ourselves, and not the database, so that both databases find the same passages.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

LONGEST = 40
"""Characters of a word that count; what is longer is a number or an address nobody types twice."""

MOST = 12
"""Words of a question that count."""

_WORD = re.compile(r"[^\W_]+")
_POSSESSIVE = re.compile(r"['’]s\b")

_ENDINGS = (
    # Longest first; an ending goes only where enough of a word is left before it.
    *("izations", "ization", "ational", "ations", "ation", "atory", "ators", "ating", "ators", "ator", "ated", "ates"),
    *("itions", "ition", "ments", "ment", "ness", "ings", "ing", "ions", "ion", "ories", "ory", "ives", "ive"),
    *("ances", "ance", "ences", "ence", "able", "ible", "ities", "ity", "ers", "er", "ors", "or", "als", "al"),
    *("ies", "ied", "ate", "ed", "es", "ly", "e", "y", "s"),
)
_LEFT = 4
"""Letters that an ending leaves at least; three before the short ones of plurals and verbs."""
_SHORT = frozenset({"ing", "ings", "ed", "es", "s", "ies", "ied", "e", "y"})

_SMALL_WORDS = """
    a about above according add after again against all allow allowed also am an and any anybody anyone anything are
    around as ask asked at be because been before being below between both but by can cannot could did do document
    documents does doing don done down during each either else ever every find for from further get give given go goes
    got had has have having he hello help her here hers hey hi him his how i if in into is it its itself just kindly
    know let like long look make many may me mean means mention mentioned might mine more most much must my near need
    needed no none nor not now of off often ok okay on once one only or other our ours out over own per please say says
    saying see shall she should show so some somebody someone something still such tell than thank thanks that the
    their theirs them then there these they thing things this those through to too under until up upon us use want was
    way we well were what whatever when where whether which while who whom whose why will with within without would
    write written yes yet you your yours
"""
_SAYS_NOTHING = frozenset(_SMALL_WORDS.split())


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A word in small letters without its ending; what has a digit in it stays as it is."""
    if len(word) <= 3 or not word.isalpha():
        return word[:LONGEST]
    for ending in _ENDINGS:
        left = len(word) - len(ending)
        if left >= (3 if ending in _SHORT else _LEFT) and word.endswith(ending):
            if ending == "s" and word[left - 1] in "sui":
                continue  # business, status, basis
            word = word[:left]
            break
    return _undoubled(word)[:LONGEST]


def _undoubled(word: str) -> str:
    """`submitt` was `submit` before its ending; `policies` and `policy` meet in `polic`."""
    double = len(word) > 4 and word[-1] == word[-2] and word[-1] not in "aeiouls"
    return word[:-1] if double else word


def stems(text: str) -> Iterator[str]:
    """Every word of the text, stemmed, in order."""
    return map(stem, _words(text))


def _words(text: str) -> list[str]:
    small = text.casefold()
    if "'" in small or "’" in small:  # few texts have one, and looking for it costs as much as all the rest
        small = _POSSESSIVE.sub("", small)
    return _WORD.findall(small)


def asked(question: str) -> tuple[str, ...]:
    """The words of a question that say what it is about, stemmed, each once; at most `MOST`."""
    said = _words(question.replace("n't", ""))
    found = dict.fromkeys(stem(word) for word in said if word not in _SAYS_NOTHING and len(word) > 1)
    return tuple(found)[:MOST]
