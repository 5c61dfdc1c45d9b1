"""From what somebody typed after `history` to the task, the person and the period that are meant."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import takewhile
from typing import NamedTuple

from bot.typed.dates import with_single_tokens
from bot.typed.tasks import step_named, tasks_meant
from flows.dates import WhichDay
from flows.periods import Period
from flows.roadmap import Pack
from flows.walk import Walk

ReadPeriod = Callable[[str], Period | WhichDay | None]
"""Reads words as a period, today."""

_LONGEST_NAME = 4
"""Words a name has at most."""

_BEFORE_PERSON = frozenset({"by", "of", "from"})
_BEFORE_PERIOD = frozenset({"in", "since", "from", "between", "before", "after", "until", "till", "on", "last", "this"})
_ME = frozenset({"me", "myself", "i", "mine"})
_BEFORE_TASK = re.compile(r"^(?:(?:of|about|on|for|task|the|entries|everything|all|history)\s+)+", re.IGNORECASE)
_ENTRY = re.compile(r"(entry(?:\s+(?:no\.?|number))?\s*#?\s*|#\s*)?([1-9]\d{0,8})", re.IGNORECASE)
_SAYS_NOTHING = frozenset({"all", "everything", "entries", "history", "of", "about", "for", "the"})


class HistoryWords(NamedTuple):
    """What was understood. Of `tasks` and `people` several may fit, and then it is asked which."""

    tasks: tuple[str, ...] = ()
    """As `flows.looking_back.Filter` has them."""
    people: tuple[str, ...] = ()
    period: Period = Period()
    unclear: WhichDay | None = None
    """A day that can be read in two ways."""
    stranger: str = ""
    """Who was named and is nobody known to this firm's history."""
    unknown: str = ""
    """What is neither task nor period."""


class Known(NamedTuple):
    """What the words may name: the roadmap, people by id with their names, mentions by name, and the asker's id."""

    pack: Pack
    walk: Walk
    people: Mapping[str, str]
    mentions: Mapping[str, str]
    """The name as typed, lower case, and our own id."""
    me: str
    read: ReadPeriod


def history_words(text: str, known: Known) -> HistoryWords:
    """`1a by @dana in May`, `since June`, `by me last week`, `step 3`."""
    ids = {name: person.rpartition("/")[2] for name, person in known.mentions.items()}
    tokens = with_single_tokens(text, ids).split()
    found, ways, stranger = _person(tokens, known)
    read = [_task_and_period(way, known) for way in ways]
    said = next((each for each in read if not each.unknown and not each.unclear), read[0])
    return said._replace(people=found, stranger=stranger)


def entry_named(text: str, *, else_understood: bool) -> int:
    """The entry of the history that `entry 19`, `#19` or a mere `19` means; 0 where none is.

    A mere number may be a step or a year: where it means something else, it is no entry.
    """
    found = _ENTRY.fullmatch(text.strip().rstrip(".,?!"))
    return int(found[2]) if found and (found[1] or not else_understood) else 0


# --- the person ---------------------------------------------------------------------------------------------------


def _person(tokens: list[str], known: Known) -> tuple[tuple[str, ...], list[list[str]], str]:
    """Who is named, the other words, and who was named and is nobody.

    Of a stranger nobody knows how many words are the name: the others are as many ways, the shortest name first.
    """
    for at, token in enumerate(tokens):
        begins = at if token.startswith("@") and len(token) > 1 else at + 1
        if begins > at and token.casefold() not in _BEFORE_PERSON:
            continue
        for ends in range(min(begins + _LONGEST_NAME, len(tokens)), begins, -1):
            if found := _called(" ".join(tokens[begins:ends]), known):
                return found, [tokens[:at] + tokens[ends:]], ""
        if begins < len(tokens) and (begins == at or token.casefold() == "by"):
            more = takewhile(lambda word: word.casefold() not in _BEFORE_PERIOD, tokens[begins + 1 :])
            longest = min(1 + len(list(more)), _LONGEST_NAME)
            return (), [tokens[:at] + tokens[begins + words :] for words in range(1, longest + 1)], tokens[begins]
    return (), [tokens], ""


def _called(name: str, known: Known) -> tuple[str, ...]:
    """Everybody with this name, or with this first or last name."""
    wanted = " ".join(name.casefold().strip(".,;:?!").removeprefix("@").removesuffix("'s").split())
    if wanted in _ME:
        return (known.me,)
    if wanted in known.mentions:
        return (known.mentions[wanted],)
    if by_id := [person for person in known.people if person.casefold().rpartition("/")[2] == wanted]:
        return tuple(by_id)
    if mentioned := [person for person in known.mentions.values() if person.casefold().rpartition("/")[2] == wanted]:
        return tuple(mentioned[:1])
    whole = [person for person, has in known.people.items() if has.casefold() == wanted]
    return tuple(whole or [person for person, has in known.people.items() if wanted in has.casefold().split()])


# --- task and period ----------------------------------------------------------------------------------------------


def _task_and_period(tokens: Sequence[str], known: Known) -> HistoryWords:
    """The longest period at either end beside which a task or step is named, or nothing."""
    if all(token.casefold() in _SAYS_NOTHING for token in tokens):
        return HistoryWords()
    unclear: WhichDay | None = None
    for count in range(len(tokens)):
        for head, tail in (
            (tokens[:count], tokens[count:]),
            (tokens[len(tokens) - count :], tokens[: len(tokens) - count]),
        ):
            meant = known.read(" ".join(tail))
            tasks = named_tasks(" ".join(head), known)
            beside = not head or tasks or all(token.casefold() in _SAYS_NOTHING for token in head)
            if isinstance(meant, Period) and beside:
                return HistoryWords(tasks, period=meant)
            if isinstance(meant, WhichDay) and beside:
                unclear = unclear or meant
    if tasks := named_tasks(" ".join(tokens), known):
        return HistoryWords(tasks)
    return HistoryWords(unclear=unclear) if unclear else HistoryWords(unknown=" ".join(tokens))


def named_tasks(words: str, known: Known) -> tuple[str, ...]:
    """The tasks or the step that are named: `s3e`, `3e`, `s6a cedar`, `step 6-II-A`, words of a title."""
    said = _BEFORE_TASK.sub("", words.strip().casefold()).rstrip(":,.?!")
    if not said:
        return ()
    keys = (*known.pack.tasks, *(item.key for item in known.walk.items))
    for wanted in (said, f"s{said}"):
        if exact := next((key for key in keys if key.casefold() == wanted), ""):
            return (exact,)
    if step := step_named(known.pack, said):
        whole, parts = step
        return (f"step {_common(part.id for part in parts) if parts else whole.id}",)
    first, _, rest = said.partition(" ")
    of_agent = [i.key for i in known.walk.items if i.task.id.casefold() in (first, f"s{first}") and rest]
    if named := [key for key in of_agent if _agent_of(key, known).startswith(rest)]:
        return tuple(named)
    if len(said) < 3 or said in _SAYS_NOTHING:
        return ()
    return tuple(dict.fromkeys(item.key for item in tasks_meant(known.pack, known.walk, said)))


def _agent_of(key: str, known: Known) -> str:
    item = known.walk.item(key)
    return item.name.casefold() if item else ""


def _common(ids: Iterable[str]) -> str:
    """What the ids of some parts begin with: `6-II-A` and `6-II-B` are `6-II`."""
    same = []
    for names in zip(*(each.split("-") for each in ids), strict=False):
        if len(set(names)) > 1:
            break
        same.append(names[0])
    return "-".join(same)
