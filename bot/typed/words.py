"""From what somebody typed to the command that is meant, the rest of the words, and the firm that is named."""

import html
import re
from collections.abc import Callable, Collection, Sequence
from difflib import get_close_matches
from typing import NamedTuple

from flows.naming import compared
from flows.ports import FirmSummary

CUT_OFF = 0.7
"""Similarity from which a mistyped command is offered: at difflib's own 0.6 "register" becomes "reset"."""

SHORTEST_BEGINNING = 3
"""Letters of a firm's name that are enough to mean it, so that "waiting for a" names nobody."""

LONGEST = 4000
"""So many characters people type at most; Slack's own field takes as many."""

LONGEST_COMMAND = 500
"""Behind a command that takes no text of one's own: many ways of reading it are tried, each of all of it."""

EVERY = ("all", "every", "everything")
"""What is typed for all of one's firms."""

_DECORATION = "*_`~\"'“”‘’ \t"
_PUNCTUATION = ".,;:!?…"
_NAMED = re.compile(r"(?:^|\s)(?:for\s+|@\s*)(?=\S)", re.IGNORECASE)
_FOR = re.compile(r"(?:^|\s)for\s+(?=\S)", re.IGNORECASE)


_THANKS = re.compile(r"(?:^|(?<=[^\s,])[\s,]+)(?:please|pls|plz|thanks|thank you)[.!\s]*$", re.IGNORECASE)


_THANKING = re.compile(
    r"(?:(?:all\s+)?done\W+)?(?:(?:many\s+)?thanks?|thx|ty|cheers)(?:\s+(?:you|a lot|so much|very much))*[.!\s]*",
    re.IGNORECASE,
)


_WIRE = re.compile(r"<([@#!]?)([^<>|\s]+)(?:\|([^<>]*))?>")


_UNWRITABLE = re.compile(r"[\x00\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


def writable(text: str) -> str:
    """Without what no database takes, the null character and halves of characters, and what turns text around.

    A name that turns the direction of writing shows another ending than it has, and turns what stands after it: in a
    record that somebody else reads, also digits of a hash. Letters that are written from the right need no such sign.
    """
    return _UNWRITABLE.sub("", text)


def plain(text: str, bot: str = "") -> str:
    """What was typed, as it read: mentions, channels and links as people see them, unescaped and trimmed.

    The mention of `bot` stays as Slack wrote it. A person whose name Slack does not send stays as the id.
    """

    def as_read(found: re.Match[str]) -> str:
        sign, target, label = found[1], found[2], found[3] or ""
        if sign == "@" and target == bot:
            return found[0]
        if sign in ("@", "#"):
            return f"{sign}{label.removeprefix(sign) or target}"
        if sign == "!":
            return label or f"@{target.partition('^')[0]}"
        return label if label and target.startswith(("mailto:", "tel:")) else target

    return writable(html.unescape(_WIRE.sub(as_read, text))).strip()


def mentions(text: str) -> dict[str, str]:
    """Who is mentioned: the name as `plain` shows it, lower case and without the sign, and Slack's id."""
    if "<@" not in text:
        return {}
    found = (mention for mention in _WIRE.finditer(text) if mention[1] == "@")
    return {((m[3] or "").removeprefix("@") or m[2]).casefold(): m[2] for m in found}


def without_slash(text: str) -> str:
    """The words of a plain message: `/cais next` typed as text means `next`."""
    return re.sub(r"^/?cais\b[\s,:]*", "", text, flags=re.IGNORECASE) if _begins_with_cais(text) else text


def _begins_with_cais(text: str) -> bool:
    return text.lower().startswith("/cais") or text.lower().rstrip(_PUNCTUATION) == "cais"


def without_mention(text: str, bot: str) -> str:
    """The words after the app was mentioned, or around it where it stands elsewhere."""
    return re.sub(rf"\s*<@{re.escape(bot)}(\|[^>]*)?>[\s,:]*", " ", text, count=1).strip()


def split(text: str, commands: Collection[str]) -> tuple[str, str] | None:
    """The command's name and the rest, or None where the words are no command. Empty text is the command ''.

    A name of two words wins over one of one. A single word of rest loses its trailing punctuation; longer rests are
    free text (a note, a reason) and stay as typed.
    """
    if text in commands:
        return text, ""
    tokens = text.split(None, 2)
    for count in (2, 1):
        name = " ".join(_word(token) for token in tokens[:count])
        if len(tokens) >= count and name in commands:
            return name, _rest(text, count)
    if not "".join(_word(token) for token in tokens) and "" in commands:
        return "", ""
    return None


def _word(token: str) -> str:
    return token.strip(_DECORATION).rstrip(_PUNCTUATION).strip(_DECORATION).lower()


def _rest(text: str, skipped: int) -> str:
    parts = text.split(None, skipped)
    rest = parts[skipped].strip() if len(parts) > skipped else ""
    return rest if " " in rest else rest.rstrip(_PUNCTUATION + _DECORATION)


def without_thanks(rest: str) -> str:
    """What is asked for, without the kind word behind it: `assign s1 to @lea, please`."""
    return _THANKS.sub("", rest)


def only_kind(rest: str) -> bool:
    """Whether there is nothing but a kind word, as in `done, thanks!`: no task and no reason."""
    return bool(rest) and re.search(r"\w", without_thanks(rest)) is None


def thanks(text: str) -> bool:
    """Whether that is all that is said, be it after something is done."""
    return _THANKING.fullmatch(text.strip()) is not None


def too_long(text: str, command: str | None, *, free_text: bool) -> str:
    """The sentence for more than is read, empty otherwise. `command` is None where the words are no command."""
    if len(text) > LONGEST:
        return f"That is too long to be read at once: write up to {LONGEST:,} characters. Nothing was changed."
    if command is None or free_text or len(text) <= LONGEST_COMMAND:
        return ""
    typed = f"/cais {command}".strip()
    return f"That is too long for `{typed}`: write up to {LONGEST_COMMAND} characters. Nothing was changed."


def near(text: str, commands: Collection[str]) -> tuple[str, ...]:
    """Commands that the first word may have meant, nearest first, three at most. They are offered and never run."""
    first = _word(text.split(None, 1)[0]) if text.split() else ""
    return tuple(get_close_matches(first, sorted(filter(None, commands)), n=3, cutoff=CUT_OFF)) if first else ()


_STOPPED = re.compile(
    r"(?:please\s+)?(?:stop|end|cancel|(?:turn|switch)\s+off)\s+(?:the\s+|my\s+|all\s+)*(summar|remind)", re.IGNORECASE
)


_PAUSED = re.compile(r"(?:please\s+)?pause\s+(?:the\s+|my\s+|all\s+)*reminders?\b\s*(until\s+.+)?", re.IGNORECASE)
_MOVED = re.compile(
    r"(?:please\s+)?(?:move|push|shift|postpone|reschedule|change|set)\s+(?:the\s+(?:due\s+)?date\s+(?:of|for)\s+)?"
    r"(.+?)\s+(?:back\s+)?(?:to|until)\s+(.+)",
    re.IGNORECASE,
)


_TARGET = re.compile(r"(?:(?:the|our|my)\s+)?(?:firm(?:['’]?s)?\s+)?target(?:\s+date)?", re.IGNORECASE)
_AROUND = re.compile(r"^(?:the|our|my)\s+|\s+task$", re.IGNORECASE)


_DONE = re.compile(
    r"(?:please\s+)?(?:mark\s+)?(.+?)\s+(?:(?:is|as|was)\s+)?(?:done|completed?|finished)"
    r"|(?:i(?:\s+have|['’]ve)?\s+(?:just\s+)?)?(?:completed?|finish(?:ed)?|did|done with)\s+(.+)",
    re.IGNORECASE,
)
_GIVEN = re.compile(r"(?:please\s+)?(?:give|hand)\s+(.+?)\s+to\s+(.+)", re.IGNORECASE)
_DUE = re.compile(r"(.+?)\s+(?:is\s+)?due\s+(.+)", re.IGNORECASE)
_PAUSE = re.compile(r"pause(\s+(?:until|till|for)\s+.+)?", re.IGNORECASE)
_SAID_OTHERWISE = {
    "packet": "export packet",
    "examiner packet": "export packet",
    "calendar": "export ics",
    "excel": "export xlsx",
    "spreadsheet": "export xlsx",
    "resume": "remind end pause",
    "go back": "undo",
    "timezone": "settings",
    "time zone": "settings",
}


def in_own_words(text: str, is_date: Callable[[str], bool], is_task: Callable[[str], bool]) -> str:
    """The command for what somebody says in their own words, as in `stop the summary`, `move s2 to Friday`.

    Empty for everything else, and where what shall be moved is no task. It is offered and never run.
    """
    said = " ".join(text[:LONGEST_COMMAND].split())
    if found := _STOPPED.match(said):
        return {"summar": "summary off", "remind": "remind off"}[found[1].casefold()]
    if found := _PAUSED.fullmatch(said):
        return f"remind pause {found[1] or ''}".strip()
    if found := _PAUSE.fullmatch(said):
        return f"remind pause{found[1] or ''}"
    if otherwise := _SAID_OTHERWISE.get(_word(said)):
        return otherwise
    if (found := _DONE.fullmatch(said.rstrip(_PUNCTUATION))) and is_task(named := found[1] or found[2]):
        return f"done {named}"
    if (found := _GIVEN.fullmatch(said)) and is_task(found[1]):
        return f"assign {found[1]} to {found[2]}"
    if (found := _DUE.fullmatch(said)) and is_date(found[2]) and is_task(found[1]):
        return f"due {found[1]} {found[2]}"
    found = _MOVED.fullmatch(said)
    if not found or not is_date(found[2]):
        return ""
    if _TARGET.fullmatch(found[1]):
        return f"target {found[2]}"
    task = _AROUND.sub("", found[1])
    return f"due {task} {found[2]}" if is_task(task) else ""


class Ending(NamedTuple):
    """The words without "for <firm>" or "@ <firm>" at their end, what was said there, and the firms it may name."""

    rest: str
    said: str
    firms: tuple[FirmSummary, ...]
    """One, or several whose names begin so."""
    whole: bool
    """It is a whole name, and not the beginning of one."""


def ending(
    text: str, firms: Sequence[FirmSummary], *, mentioned: Collection[str] = (), people: bool = False
) -> Ending | None:
    """The firm that is named at the end; None where none is.

    A whole name wins over a beginning, and the beginning of one name over that of several. `mentioned` are people's
    names in lower case, whom an `@` means; with `people` it means somebody unless a firm's whole name follows.
    """
    named = [(n, name) for n in _NAMED.finditer(text) if (name := _name(text[n.end() :]))]
    ways = [(n, name) for n, name in named if "@" not in n[0] or name.casefold() not in mentioned]
    for n, name in ways:
        if found := _so_called(name, firms):
            return Ending(text[: n.start()].strip(), text[n.start() :].strip(), found, whole=True)
    begun = [(n, _beginning(name, firms)) for n, name in ways if not (people and "@" in n[0])]
    for n, found in sorted((each for each in begun if each[1]), key=lambda each: len(each[1]) > 1):
        return Ending(text[: n.start()].strip(), text[n.start() :].strip(), found, whole=False)
    return None


def called(name: str, firms: Sequence[FirmSummary]) -> tuple[FirmSummary, ...]:
    """The firms a name may mean: that of this whole name, else all whose names begin so. A button may give the id."""
    by_id = tuple(f for f in firms if f.key.firm == name)
    return by_id or _so_called(_name(name), firms) or _beginning(_name(name), firms)


def begins_with_words(firm: FirmSummary, said: str) -> bool:
    """Whether what was said is whole words of the firm's name: "Client 05" of "Client 05 Brokers", and not "Clie"."""
    wanted = _plainly(_name(_NAMED.sub("", said, count=1)))
    return bool(re.match(rf"{re.escape(wanted)}(?!\w)", _plainly(firm.name)))


def _name(said: str) -> str:
    return said.strip().rstrip(_PUNCTUATION)


def _plainly(name: str) -> str:
    return " ".join(compared(name).split())


def _so_called(name: str, firms: Sequence[FirmSummary]) -> tuple[FirmSummary, ...]:
    wanted = _plainly(name)
    return tuple(f for f in firms if compared(f.name) in (wanted, wanted + ".")) if wanted else ()


def _beginning(name: str, firms: Sequence[FirmSummary]) -> tuple[FirmSummary, ...]:
    wanted = _plainly(name)
    if len(wanted) < SHORTEST_BEGINNING:
        return ()
    return tuple(f for f in firms if compared(f.name).startswith(wanted))


def only_a_firm(said: str) -> str:
    """The name where all that is said is "for <firm>" or "@ <firm>"; empty otherwise."""
    named = _NAMED.match(said)
    return said[named.end() :].strip().rstrip(_PUNCTUATION) if named else ""


def says_all(said: str) -> bool:
    """Whether every firm is meant."""
    return any(word in EVERY for word in said.casefold().replace(",", " ").split())


def stranger(said: str) -> tuple[str, str]:
    """The words before the first "for" or "@", and the name behind it, once a firm that is known was taken off the end.

    An empty name where none is.
    """
    named = _NAMED.search(said)
    return (said[: named.start()].strip(), _name(said[named.end() :])) if named else (said, "")


def named_last(said: str) -> tuple[str, str]:
    """The words before the last "for", and what stands behind it; empty where there is none."""
    found = list(_FOR.finditer(said))
    return (said[: found[-1].start()].strip(), _name(said[found[-1].end() :])) if found else (said, "")
