"""From what somebody typed to several people who are listed there: `s1 to Lea and Conrad` after `assign`."""

import re
from collections.abc import Callable, Mapping

from bot.typed.dates import Assigned, Read, Someone, someone_named, with_single_tokens, without_date
from bot.typed.tasks import tasks_meant
from flows.position import Position
from flows.roadmap import Pack
from flows.walk import Walk

_BETWEEN = r"\s*(?:[,;&+/]|\b(?:and|or)\b)\s*"
_LISTED = re.compile(rf"{_BETWEEN}(?:(?:and|or|to)\b\s*)*", re.IGNORECASE)
_MENTIONED = re.compile(rf"@\S+?{_BETWEEN}@", re.IGNORECASE)
_TO = re.compile(r"(?:^|\s+)(?:to|->|→)?(?:\s+(?:both|either))?$", re.IGNORECASE)
_THERE_TO = re.compile(r"^(?:to|->|→)\s+", re.IGNORECASE)
_BEHIND_TO = re.compile(r"(.+?)\s+(?:to|->|→)\s+(\S+(?:\s+\S+){0,2})", re.IGNORECASE)
_A_NAME = re.compile(r"(?!.*(?:\d|\bto\b))\S+(?:\s+\S+){0,2}", re.IGNORECASE)
_FROM = re.compile(r"\bfrom\b", re.IGNORECASE)

_Called = Callable[[str], Someone | None]


def several_people(
    pack: Pack, walk: Walk, text: str, mentions: Mapping[str, str], position: Position, me: str, read: Read
) -> Assigned | None:
    """The task and all who are listed for it, before or behind; None where that is no list of people.

    Where one of them is nobody who is known here, that name is what is unknown.
    """

    def called(name: str) -> Someone | None:
        return someone_named(name, mentions, position, me)

    first, *others = _LISTED.split(with_single_tokens(text, mentions).strip())
    if not others:
        return None
    *between, last = others
    before, begins, one = _at_the_end(first, called)
    ends, other, behind = _at_the_beginning(last, called)
    found = [(one, begins), *((name, called(name)) for name in between), (other, ends)]
    known = tuple(dict.fromkeys(someone for _, someone in found if someone))
    strangers = [name for name, someone in found if someone is None]
    if not known or not all(_A_NAME.fullmatch(name) for name in strangers):
        return None
    if _FROM.search(text) or any(when for name in strangers for _, when in without_date(name, read)):
        return None  # `s1 from Conrad, to Lea` and `s1 to Lea, due Friday` list nobody
    words = f"{_TO.sub('', before)} {_THERE_TO.sub('', behind)}".strip()
    ways = [way for way in without_date(words, read) if tasks_meant(pack, walk, way[0])]
    if strangers:
        is_one = ways and not tasks_meant(pack, walk, strangers[0])
        return Assigned(ways[0][0], unknown=strangers[0]) if is_one else None
    task, when = ways[0] if ways else (words, "")
    return Assigned(task, known, when=when)


def are_listed(text: str, mentions: Mapping[str, str]) -> bool:
    """Whether two who are mentioned are listed: `@lea and @ben`, `@lea, @ben`."""
    return _MENTIONED.search(with_single_tokens(text, mentions)) is not None


def _at_the_end(text: str, called: _Called) -> tuple[str, Someone | None, str]:
    """The words before a name, who it is, and the name: the longest, or what is behind `to`."""
    tokens = text.split()
    for place in range(len(tokens)):
        if found := called(" ".join(tokens[place:])):
            return " ".join(tokens[:place]), found, " ".join(tokens[place:])
    to = _BEHIND_TO.fullmatch(text)
    return (to[1], None, to[2]) if to else ("", None, "")


def _at_the_beginning(text: str, called: _Called) -> tuple[Someone | None, str, str]:
    """Who is named first, the name, and the words behind it."""
    tokens = text.split()
    for place in range(len(tokens), 0, -1):
        if found := called(" ".join(tokens[:place])):
            return found, " ".join(tokens[:place]), " ".join(tokens[place:])
    return None, text, ""
