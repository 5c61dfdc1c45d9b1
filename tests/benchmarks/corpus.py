"""Text as a firm's documents have it, made up: words as frequent as in a language, the same ones each time."""

import itertools
import math
import random
import re

_TWO = "acreerinfomaexamamsuarlistvaquonlog"
_MORE = "port tion ment secu rity trade order custo policy super vis age nt cle fir date"
_VOCABULARY = 30_000
_EVERYWHERE = 100
"""The most frequent words, which a question's other words are about: nobody searches for `the`."""


def vocabulary() -> list[str]:
    """Thirty thousand words, the most frequent first."""
    chance, syllables = random.Random(1), [*re.findall("..", _TWO), *_MORE.split()]
    found: dict[str, None] = {}
    while len(found) < _VOCABULARY:
        found["".join(chance.choice(syllables) for _ in range(chance.randint(2, 4)))] = None
    return list(found)


def passages(number: int, words: int = 97) -> list[str]:
    """So many passages of so many words each."""
    chance, known = random.Random(2), vocabulary()
    weights = list(itertools.accumulate(1 / (rank + 2.7) for rank in range(len(known))))
    return [" ".join(chance.choices(known, cum_weights=weights, k=words)) for _ in range(number)]


def questions(number: int, texts: list[str]) -> list[list[str]]:
    """Half of them words that stand in one passage together, half words of any frequency that may not."""
    chance, known = random.Random(3), vocabulary()
    everywhere = set(known[:_EVERYWHERE])
    found = []
    for n in range(number):
        if n % 2:
            told = [word for word in chance.choice(texts).split() if word not in everywhere]
            found.append(list(dict.fromkeys(chance.sample(told, min(len(told), chance.randint(3, 7))))))
        else:
            ranks = [
                math.exp(chance.uniform(math.log(_EVERYWHERE), math.log(8000))) for _ in range(chance.randint(2, 8))
            ]
            found.append(list(dict.fromkeys(known[int(rank)] for rank in ranks)))
    return [each for each in found if each]
