"""From what somebody typed after `due` and `assign` to the task or step that is meant, the date and the person."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from bot.typed.tasks import meant_before, named_before, names_for_certain, step_named, tasks_meant
from flows.dates import EveryYear, Meant, NoDate, WhichDay
from flows.position import Position
from flows.roadmap import Pack, Part, Step
from flows.walk import LEFT, Item, Walk

Read = Callable[[str], Meant | None]
"""Reads words as a date, today."""

LIKE = 0.7
"""Likeness from which a member is offered for a name that is nobody's."""

QUOTES = "\"“”'‘’«»"
_NO_NAME = re.compile(rf"^([{QUOTES}]\s*[{QUOTES}])(?!\w)\s*(.*)$")
"""Quotes with nothing between them, and what stands behind."""
_QUOTED = re.compile(r"^[\"“”'‘’«](.+?)[\"“”'‘’»]\s*(.*)$")
_RHYTHM = re.compile(r"^(.*)\s*\b((every|each)\b\s*(.*))$", re.IGNORECASE)
_YEARLY = re.compile(r"yearly|annual|annually", re.IGNORECASE)
_LEADING = re.compile(r"^(?:to|for|is|by|due|at|of|the date of)\s+", re.IGNORECASE)
_ME = frozenset({"me", "myself", "i", "@me"})
_AND = frozenset({"and", "&", "+", "or"})
_TO = re.compile(r"^(?:to|->|→)\s+|\s+(?:to|->|→)$", re.IGNORECASE)
_NOBODY = frozenset({"nobody", "none", "no one", "noone", "clear", "unassign", "unassigned", "remove"})


class Subject(NamedTuple):
    """What a date is for: tasks, of which several may fit the words, or a step or part of one, by its id."""

    items: tuple[Item, ...] = ()
    step: str = ""


class DueWords(NamedTuple):
    """What was typed after `due`. `name` is that of a date of every year; `rest` what could not be read as a date.

    `when`: the words that were read as one.
    `yearly`: every year was said, with a name or without. `unknown`: before a date, what is nothing of the roadmap.
    `unnamed`: no task was named, so that the one at hand was taken.
    """

    subject: Subject = Subject()
    meant: Meant | None = None
    name: str = ""
    rest: str = ""
    yearly: bool = False
    unknown: str = ""
    unnamed: bool = False
    when: str = ""


def due_words(pack: Pack, walk: Walk, text: str, read: Read) -> DueWords:
    """The task or step and the date: `s2 Dec 15`, `step 4 next Friday`, `"SAA review" every March 15`, `tomorrow`."""
    said = " ".join(text.split())  # a name in quotes may be typed over two lines
    if nothing := _NO_NAME.match(said):
        return DueWords(name=nothing[1], meant=read(nothing[2]) if nothing[2] else None, rest=nothing[2], yearly=True)
    quoted = _QUOTED.match(said)
    if quoted and not subject_of(pack, walk, quoted[1]):
        return DueWords(name=quoted[1].strip(), meant=read(quoted[2]) if quoted[2] else None, rest=quoted[2])
    tokens = said.split()
    if yearly := _every_year_behind(tokens, read):
        return yearly
    if rhythm := _rhythm(said, read):
        return rhythm
    found = _date_behind(pack, walk, tokens, read) or _date_before(pack, walk, tokens, read)
    return found or _no_date(pack, walk, said, read)


def before(text: str, found: DueWords) -> str:
    """What was typed before the date, without quotes: the name that somebody may have meant; empty without a date."""
    return found.when and " ".join(text.split()).removesuffix(found.when).strip(f"{QUOTES} :,")


def _every_year_behind(tokens: list[str], read: Read) -> DueWords | None:
    """A day of every year at the end, whatever its name has before: `SAA yearly review every March 15`."""
    for count in range(len(tokens)):
        meant = read(" ".join(tokens[count:]))
        if isinstance(meant, EveryYear):
            return DueWords(name=" ".join(tokens[:count]).strip(" :,"), meant=meant, yearly=True)
    return None


def _rhythm(said: str, read: Read) -> DueWords | None:
    """`every Friday` is a rhythm we do not keep, and is told so; "each" may stand in a task's title."""
    found = _RHYTHM.match(said)
    meant = read(found[2]) if found else None
    if found and isinstance(meant, WhichDay) and (found[3].casefold() == "every" or read(found[4])):
        return DueWords(name=found[1].strip(" :,"), meant=meant, yearly=True)
    return None


def as_yearly(found: DueWords, read: Read) -> str:
    """What to type for a date of every year, where what is no task sounds like one: `SAA yearly review March 15`."""
    when = _LEADING.sub("", found.rest)
    every = _sounds_yearly(found.unknown) and isinstance(read(f"every {when}"), EveryYear)
    return f'due "{found.unknown}" every {when}' if every else ""


def _sounds_yearly(words: str) -> bool:
    return any(_YEARLY.fullmatch(word) for word in words.split())


def is_a_name(words: str, read: Read) -> bool:
    """Whether a date of every year may be called that: not nothing, and not a word that takes one off."""
    return bool(words.strip(f"{QUOTES} ")) and not isinstance(read(words), NoDate)


def _date_behind(pack: Pack, walk: Walk, tokens: list[str], read: Read) -> DueWords | None:
    """The longest date at the end, before which something of the roadmap is named, or nothing at all."""
    for count in range(len(tokens)):
        head, tail = " ".join(tokens[:count]), " ".join(tokens[count:])
        meant = read(tail)
        if meant is None:
            continue
        # "yearly review March 15" is the rest of a name, and no question about the date of what it begins with.
        begins_a_name = isinstance(meant, WhichDay) and _sounds_yearly(tokens[count])
        if begins_a_name and not names_for_certain(pack, walk, head):
            continue
        subject = _dated(pack, walk, head) if head else Subject(items=tasks_meant(pack, walk, ""))
        if subject:
            return DueWords(subject, meant, unnamed=not head, when=tail)
    return None


def _date_before(pack: Pack, walk: Walk, tokens: list[str], read: Read) -> DueWords | None:
    """The other way round: `clear s2`, `tomorrow for s2`."""
    for count in range(len(tokens) - 1, 0, -1):
        meant = read(head := " ".join(tokens[:count]))
        if meant is not None and (subject := _dated(pack, walk, " ".join(tokens[count:]))):
            return DueWords(subject, meant, when=head)
    return None


def _no_date(pack: Pack, walk: Walk, said: str, read: Read) -> DueWords:
    """The longest beginning that names something; what follows was not read. Else a date behind what is unknown."""
    tokens = said.split()
    dated = _behind_unknown(tokens, read)
    # A yearly review that begins with a word of a title is not that task's.
    sounds_yearly = dated is not None and _sounds_yearly(dated.unknown)
    for count in range(len(tokens), 0, -1):
        head = " ".join(tokens[:count])
        named = _dated(pack, walk, head)
        if named and (names_for_certain(pack, walk, head) or not sounds_yearly):
            return DueWords(named, rest=" ".join(tokens[count:]))
    return dated or DueWords(rest=said)


def _behind_unknown(tokens: list[str], read: Read) -> DueWords | None:
    """The longest date at the end that is the date of no name of ours, and what stands before it."""
    for count in range(1, len(tokens)):
        meant = read(tail := " ".join(tokens[count:]))
        if meant is not None and not (isinstance(meant, WhichDay) and _sounds_yearly(tokens[count])):
            return DueWords(rest=tail, unknown=" ".join(tokens[:count]).strip(" :,"))
    return None


def subject_of(pack: Pack, walk: Walk, words: str) -> Subject | None:
    """The step, part or tasks that the words name; a step with its number, a task by its id or words of its title.

    One that an answer may still bring is named by its id or whole title: like its step, it may have a date before.
    """
    said = words.strip().rstrip(":,")
    said = _LEADING.sub("", said) or said
    found = step_named(pack, said)
    if found:
        step, parts = found
        return Subject(step=_id_of(step, parts)) if len(parts) < 2 else Subject(items=_items_of(walk, parts))
    items = tasks_meant(pack, walk, said) if re.search(r"\w{2}", said) else ()
    items = items or named_before(walk, said)
    return Subject(items=items) if items else None


def _dated(pack: Pack, walk: Walk, words: str) -> Subject | None:
    """What a date was typed for: as `subject_of` has it, or words of the title of what an answer may still bring."""
    if subject := subject_of(pack, walk, words):
        return subject
    items = meant_before(walk, _LEADING.sub("", words)) if re.search(r"\w{2}", words) else ()
    return Subject(items=items) if items else None


def _id_of(step: Step, parts: tuple[Part, ...]) -> str:
    return parts[0].id if parts else step.id


def _items_of(walk: Walk, parts: tuple[Part, ...]) -> tuple[Item, ...]:
    ids = {task for part in parts for task in part.tasks}
    return tuple(i for i in walk.items if i.task.id in ids and i.state in LEFT)


class Someone(NamedTuple):
    """A person who was named: Slack's id, or our own id for a member called by name. Empty for nobody at all."""

    slack_id: str = ""
    person: str = ""


class People(NamedTuple):
    """Who was named, and how. `task`: the other words; `people`: each behind `to`, `from` or nothing, in order.

    `unknown`: what looked like a person and was none.
    """

    task: str = ""
    people: tuple[tuple[str, Someone], ...] = ()
    unknown: str = ""

    def behind(self, *words: str) -> tuple[Someone, ...]:
        """Those before whom one of these words stood; `""` for none of them."""
        return tuple(dict.fromkeys(someone for word, someone in self.people if word in words))


_BEFORE_PEOPLE = {"to": "to", "->": "to", "→": "to", "from": "from"}


def assign_words(
    text: str, mentions: Mapping[str, str], position: Position, me: str
) -> tuple[str, tuple[Someone, ...], str]:
    """The words that name a task, the people in order, and what looked like a person and was none."""
    found = people_named(text, mentions, position, me)
    return found.task, tuple(someone for _, someone in found.people), found.unknown


def people_named(text: str, mentions: Mapping[str, str], position: Position, me: str) -> People:
    """Whom the words name: whoever is behind `from` gives, whatever the order, so it is kept which word it was.

    `mentions` are Slack's ids by the name as typed. A member may be called by name where that is one only.
    """
    task: list[str] = []
    people: list[tuple[str, Someone]] = []
    unknown = ""
    tokens = with_single_tokens(text, mentions).split()
    place = 0
    while place < len(tokens):
        token, count = tokens[place], 1
        plain = token.strip(".,;:").casefold()
        last = place == len(tokens) - 1
        before = _BEFORE_PEOPLE.get(tokens[place - 1].casefold(), "") if place else ""
        if plain.startswith("@"):
            found, count = _behind_at(tokens, place, mentions, position)
            unknown = unknown if found else token.strip(".,;:")
            people += [(before, found)] if found else []
        elif plain in _ME | _NOBODY and (last or before or place == 0):
            people.append((before, Someone(person=me if plain in _ME else "")))
        elif before and (called := _name_at(position, tokens, place)):
            people.append((before, Someone(person=called[0])))
            count = called[1]
        elif plain not in _BEFORE_PEOPLE or last:
            task.append(token)
        place += count
    if not people and not unknown and tokens and (person := person_called(position, tokens[-1])):
        people, task = [("", Someone(person=person))], task[:-1]
    return People(" ".join(task), tuple(people), unknown)


def _behind_at(
    tokens: Sequence[str], place: int, mentions: Mapping[str, str], position: Position
) -> tuple[Someone | None, int]:
    """Who stands behind this `@`, and in how many words: a whole name that was typed by hand is no link of Slack's."""
    for count in range(len(tokens) - place, 1, -1):
        name = " ".join(tokens[place : place + count]).removeprefix("@").strip(".,;:")
        if person := person_called(position, name):
            return Someone(person=person), count
    return _mentioned(tokens[place].strip(".,;:")[1:], mentions, position), 1


def _name_at(position: Position, tokens: Sequence[str], place: int) -> tuple[str, int] | None:
    """The member whose name reaches from here to the end, or to where somebody else is spoken of, and its length."""
    ends = (n for n in range(place + 1, len(tokens)) if tokens[n].casefold() in _BEFORE_PEOPLE)
    end = next(ends, len(tokens))
    person = person_called(position, " ".join(tokens[place:end]).strip(".,;:"))
    return (person, end - place) if person else None


class Assigned(NamedTuple):
    """What was typed after `assign`. `when`: words of a date that stood behind it, which assigning does not set.

    `taken_from`: who was named behind `from`, which makes nobody an owner.
    """

    task: str
    people: tuple[Someone, ...] = ()
    unknown: str = ""
    when: str = ""
    taken_from: tuple[Someone, ...] = ()


def assigned(
    pack: Pack, walk: Walk, text: str, mentions: Mapping[str, str], position: Position, me: str, read: Read
) -> Assigned:
    """As `people_named` has it; where that names no task, also a member's name before it, and a date behind it."""
    named = people_named(text, mentions, position, me)
    words, unknown = named.task, named.unknown
    words = " ".join(w for w in words.split() if w.casefold() not in _AND) if len(named.people) > 1 else words
    as_read = Assigned(words, named.behind("", "to"), unknown, taken_from=named.behind("from"))
    if tasks_meant(pack, walk, words):
        return as_read
    if named.people or unknown:
        dated = ((head, when) for head, when in without_date(words, read) if tasks_meant(pack, walk, head))
        if found := next(dated, None):
            return as_read._replace(task=found[0], when=found[1])
    if not mentions and not unknown:
        for head, when in without_date(text, read):
            if found := _task_and_member(pack, walk, position, head):
                return Assigned(found[0], (Someone(person=found[1]),), when=when)
    return as_read


def without_date(text: str, read: Read) -> Iterator[tuple[str, str]]:
    """The words whole, then those before each date that may end them, with the date, the longest date first."""
    tokens = text.split()
    yield " ".join(tokens), ""
    for count in range(len(tokens)):
        tail = " ".join(tokens[count:])
        if read(tail) is not None:
            yield " ".join(tokens[:count]), _LEADING.sub("", tail)


def _task_and_member(pack: Pack, walk: Walk, position: Position, text: str) -> tuple[str, str] | None:
    """A task and a member's name beside each other, whichever comes first: `Ben s2`, `s2 Ben Cole`."""
    tokens = text.split()
    for place in range(1, len(tokens)):
        head, tail = _TO.sub("", " ".join(tokens[:place])), _TO.sub("", " ".join(tokens[place:]))
        for task, name in ((tail, head), (head, tail)):
            person = person_called(position, name)
            if person and tasks_meant(pack, walk, task):
                return task, person
    return None


def task_and_stranger(pack: Pack, walk: Walk, text: str) -> tuple[str, str]:
    """The words of a task, and those of a person nobody here is called by: `s2 Zorro`, `Zorro s2`, `s2 to Zorro`.

    Both are empty where the words may as well be those of a task that is not there: only a task's id, its step or its
    whole title tells them apart, or a `to` between the two.
    """
    tokens = text.split()
    for place in range(len(tokens) - 1, 0, -1):
        head, tail = tokens[:place], tokens[place:]
        to = tail[0].casefold() in ("to", "->", "→") and len(tail) > 1
        stranger, named = " ".join(tail[to:]), " ".join(head)
        if names_for_certain(pack, walk, named) or (to and tasks_meant(pack, walk, named)):
            return named, stranger
        if names_for_certain(pack, walk, stranger):
            return stranger, named
    return "", ""


def people_called_nearly(position: Position, name: str) -> tuple[str, ...]:
    """Members of the firm with this name, or with one that is spelled nearly so, the nearest first; four at most."""
    wanted = " ".join(name.casefold().lstrip("@").split())
    known = {m.person: [m.name.casefold(), *m.name.casefold().split()] for m in position.members.values() if m.name}
    likeness = {p: max(SequenceMatcher(None, wanted, n).ratio() for n in names) for p, names in known.items()}
    close = [person for person, how in likeness.items() if how >= LIKE]
    return tuple(sorted(close, key=lambda p: -likeness[p])[:4])


def with_ids(text: str, mentions: Mapping[str, str]) -> str:
    """Each mention as Slack's id, for words that are read again where nobody says any more who was mentioned."""
    for name in sorted(mentions, key=len, reverse=True):
        text = re.sub(rf"@{re.escape(name)}(?!\w)", f"@{mentions[name]}", text, flags=re.IGNORECASE)
    return text


def with_single_tokens(text: str, mentions: Mapping[str, str]) -> str:
    """A mention whose name has several words becomes Slack's id, so that it is one word."""
    for name in sorted((n for n in mentions if " " in n), key=len, reverse=True):
        text = re.sub(re.escape(f"@{name}"), f"@{mentions[name]}", text, flags=re.IGNORECASE)
    return text


def someone_named(name: str, mentions: Mapping[str, str], position: Position, me: str) -> Someone | None:
    """Who that is by a mention, a member's name, `me` or `nobody`; None where it is none of these."""
    plain = name.strip(".,;:").casefold()
    if plain.startswith("@"):
        return _mentioned(name.strip(".,;:")[1:], mentions, position)
    if plain in _ME | _NOBODY:
        return Someone(person=me if plain in _ME else "")
    person = person_called(position, plain)
    return Someone(person=person) if person else None


def _mentioned(as_typed: str, mentions: Mapping[str, str], position: Position) -> Someone | None:
    name = as_typed.casefold()
    if name in mentions:
        return Someone(slack_id=mentions[name])
    if name.upper() in mentions.values() or (
        re.fullmatch(r"[uw][a-z0-9]{2,20}", name) and any(c.isdigit() for c in name)
    ):
        return Someone(slack_id=name.upper())
    if person := person_called(position, name):
        return Someone(person=person)
    # Of Slack's ids one in twenty has no digit. In a button they stand as Slack gives them.
    return Someone(slack_id=as_typed) if re.fullmatch(r"[UW][A-Z0-9]{8,20}", as_typed) else None


def person_called(position: Position, name: str) -> str:
    """The one person with this name, or with this first or last name: a member, or an owner who has left the firm."""
    wanted = " ".join(name.casefold().split())
    names = {owner.person: owner.name for owner in position.owners.values()}
    names |= {member.person: member.name for member in position.members.values()}
    whole = [person for person, known in names.items() if known.casefold() == wanted]
    part = [person for person, known in names.items() if wanted in known.casefold().split()]
    found = whole or part
    return found[0] if wanted and len(found) == 1 else ""
