"""Typed builders for plain Block Kit dicts; what is too long for Slack is cut at the edge, visibly.

Limits: Slack's Block Kit reference. Views are dicts because the SDK's models cost more than the rest of a request.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, time
from functools import lru_cache
from typing import Any, Literal

from bot.actions import MAX_VALUE, Carried, action_id, pack
from bot.surfaces import Block
from flows import time_words

Element = dict[str, Any]

SECTION = 3000
BUTTON = 75
OPTION = 75
HEADER = 150
BLOCKS_IN_MESSAGE = 50
FIELD = 2000
CONTEXT = 2000


@lru_cache(maxsize=4096)
def escape(text: str) -> str:
    """Text of people or of the roadmap, safe in mrkdwn: it shows as typed and notifies nobody."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@lru_cache(maxsize=4096)
def literal(text: str) -> str:
    """Like `escape`, and marks that would format are look-alikes that never do.

    Slack has no escape for them, and a zero-width space beside a mark makes things worse: it ends a word, so that
    Slack formats even in mid-word. An underscore between letters formats nothing and stays, for names and addresses.
    """
    return _UNDERSCORE_AT_AN_EDGE.sub("\uff3f", escape(text).translate(_LOOK_ALIKES))


_LOOK_ALIKES = str.maketrans({"*": "\u2217", "~": "\u223c", "`": "\u02cb"})
_UNDERSCORE_AT_AN_EDGE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_BROKEN_ENTITY = re.compile(r"&(?:a|am|amp|l|lt|g|gt)?$")


_MARKED = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+)(?<=\S)\*(?![\w*])|`([^`\n]+)`")


def unmarked(text: str) -> str:
    """A sentence without the marks of its bold words and its code, for places where Slack formats nothing."""
    return _MARKED.sub(lambda found: found[1] or found[2], text)


def clip(text: str, length: int) -> str:
    """The text, with an ellipsis where it had to be cut; no escaped character is cut in two."""
    if len(text) <= length:
        return text
    return _BROKEN_ENTITY.sub("", text[: length - 1]).rstrip() + "…"


def day(value: date) -> str:
    """A date written out: `Monday, November 23, 2026`."""
    return f"{value:%A, %B} {value.day}, {value.year}"


def short_day(value: date) -> str:
    """A date as in lists: `Nov 23, 2026`."""
    return time_words.day(value)


def mrkdwn(text: str, length: int = SECTION) -> Element:
    return {"type": "mrkdwn", "text": text if len(text) <= length else clip(text, length)}


def plain(text: str, length: int) -> Element:
    return {"type": "plain_text", "text": text if len(text) <= length else clip(text, length), "emoji": True}


@lru_cache(maxsize=1024)
def _label(text: str) -> Element:
    # Most buttons have one of a few labels. Shared between messages, so nobody may change it.
    return plain(text, BUTTON)


def header(text: str) -> Block:
    return {"type": "header", "text": plain(text, HEADER)}


def section(text: str, *, accessory: Element | None = None, fields: Sequence[str] = ()) -> Block:
    block: Block = {"type": "section", "text": mrkdwn(text)}
    if fields:
        block["fields"] = [mrkdwn(f, FIELD) for f in fields[:10]]
    if accessory:
        block["accessory"] = accessory
    return block


def table(rows: Sequence[Sequence[str]], *, wrapped: Sequence[int]) -> Block:
    """A table of plain text, the first row its head; Slack takes one in a message. An empty cell shows a dash.

    `wrapped` are the columns whose text may take several lines; the others are as wide as what they say.
    """
    cells = [[{"type": "raw_text", "text": text or "–"} for text in row] for row in rows]
    return {
        "type": "table",
        "rows": cells,
        "column_settings": [{"is_wrapped": n in wrapped} for n in range(len(rows[0]))],
    }


def divider() -> Block:
    return {"type": "divider"}


def context(*texts: str) -> Block:
    return {"type": "context", "elements": [mrkdwn(t, CONTEXT) for t in texts[:10]]}


def actions(*elements: Element, block_id: str = "") -> Block:
    """A row of buttons. Buttons of one kind are numbered, since Slack wants their ids to differ."""
    row = list(elements)
    verbs: list[str] = []
    for place, element in enumerate(elements):
        verb = element["action_id"]
        if verb in verbs:
            row[place] = {**element, "action_id": f"{verb}#{verbs.count(verb) + 1}"}
        verbs.append(verb)
    block: Block = {"type": "actions", "elements": row}
    if block_id:
        block["block_id"] = block_id
    return block


class BlankRow:
    """A row of buttons drawn before it is known for which firm, and at which version: that is filled in for each card.

    Most rows are the same for every firm, and to draw them anew each time took a tenth of the time of `/cais next`.
    """

    def __init__(self, elements: Sequence[Element]) -> None:
        """`elements` carry neither firm nor version."""
        self._row: Sequence[Element] = actions(*elements)["elements"]
        self._rests = [_after_firm(element["value"]) for element in self._row]
        self._longest = max(map(len, self._rests), default=0)

    def filled(self, carried: Carried) -> Block:
        """The row for the firm and the version that `carried` holds, which are what every record begins with.

        Raises ValueError as `button` does.
        """
        begun = pack(carried).removesuffix("}")
        if len(begun) + self._longest > MAX_VALUE:
            raise ValueError(f"a button carries more than {MAX_VALUE} characters")
        filled = [{**e, "value": begun + rest} for e, rest in zip(self._row, self._rests, strict=True)]
        return {"type": "actions", "elements": filled}


def _after_firm(value: str) -> str:
    """A packed record as it goes on behind firm and version."""
    return "}" if value == "{}" else f",{value[1:]}"


def button(
    label: str,
    carried: Carried,
    *,
    style: Literal["primary", "danger"] | None = None,
    says: str = "",
    confirm: Element | None = None,
) -> Element:
    """A button. `says` is what a screen reader says where the label alone is not enough.

    Raises ValueError where what it carries is longer than Slack takes: cut, it would mean something else.
    """
    value = pack(carried)
    if len(value) > MAX_VALUE:
        raise ValueError(f"a button {carried.verb} carries {len(value)} characters, more than {MAX_VALUE}")
    element: Element = {
        "type": "button",
        "text": _label(label),
        "action_id": carried.verb,
        "value": value,
    }
    if style:
        element["style"] = style
    if says:
        # Whoever speaks to the machine says what is on the button, so the longer name holds that too.
        seen = label.rstrip("…")
        if not says.startswith(seen) and seen.casefold() not in says.casefold():
            says = f"{seen}: {says}"
        element["accessibility_label"] = says if len(says) <= BUTTON else clip(says, BUTTON)
    if confirm:
        element["confirm"] = confirm
    return element


def confirm(title: str, text: str, yes: str, no: str = "Cancel") -> Element:
    """Asks before a button acts."""
    return {"title": plain(title, 100), "text": plain(text, 300), "confirm": plain(yes, 30), "deny": plain(no, 30)}


def option(label: str, value: str, explain: str = "") -> Element:
    chosen: Element = {"text": plain(label, OPTION), "value": clip(value, 150)}
    if explain:
        chosen["description"] = plain(explain, OPTION)
    return chosen


def menu(placeholder: str, carried: Carried, options: Iterable[Element]) -> Block:
    """A select in a row of its own; what it carries is in the block's id, since a select has no value of its own."""
    element = select(placeholder, type(carried), options)
    return {"type": "actions", "block_id": clip(pack(carried), 255), "elements": [element]}


def select(placeholder: str, kind: type[Carried], options: Iterable[Element]) -> Element:
    """A select among buttons; what it carries is in the id of the row, which `actions` is given."""
    return {
        "type": "static_select",
        "action_id": action_id(kind),
        "placeholder": plain(placeholder, 150),
        "options": list(options)[:100],
    }


def field(block_id: str, label: str, element: Element, *, hint: str = "", optional: bool = False) -> Block:
    """A modal's field; its value comes back under `block_id`."""
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, 2000),
        "element": {"action_id": "value", **element},
        "optional": optional,
    }
    if hint:
        block["hint"] = plain(hint, 2000)
    return block


def text_input(*, initial: str = "", multiline: bool = False, longest: int = 1500, placeholder: str = "") -> Element:
    element: Element = {"type": "plain_text_input", "multiline": multiline, "max_length": longest}
    if initial:
        element["initial_value"] = clip(initial, longest)
    if placeholder:
        element["placeholder"] = plain(placeholder, 150)
    return element


def date_input(initial: date | None = None, placeholder: str = "Pick a day") -> Element:
    element: Element = {"type": "datepicker", "placeholder": plain(placeholder, 150)}
    if initial:
        element["initial_date"] = initial.isoformat()
    return element


def time_input(initial: time) -> Element:
    return {"type": "timepicker", "initial_time": f"{initial:%H:%M}", "placeholder": plain("Pick a time", 150)}


def radio_input(options: Sequence[Element], initial: str = "") -> Element:
    element: Element = {"type": "radio_buttons", "options": list(options)[:10]}
    chosen = next((o for o in options if o["value"] == initial), None)
    if chosen:
        element["initial_option"] = chosen
    return element


def checkbox_input(options: Sequence[Element], initial: Sequence[str] = ()) -> Element:
    element: Element = {"type": "checkboxes", "options": list(options)[:10]}
    chosen = [o for o in options if o["value"] in initial]
    if chosen:
        element["initial_options"] = chosen
    return element


def select_input(options: Sequence[Element], initial: str = "", placeholder: str = "Choose") -> Element:
    element: Element = {
        "type": "static_select",
        "options": list(options)[:100],
        "placeholder": plain(placeholder, 150),
    }
    chosen = next((o for o in options if o["value"] == initial), None)
    if chosen:
        element["initial_option"] = chosen
    return element


def user_input(initial: str = "") -> Element:
    element: Element = {"type": "users_select", "placeholder": plain("Pick a person", 150)}
    if initial:
        element["initial_user"] = initial
    return element


def channel_input(initial: str = "") -> Element:
    element: Element = {"type": "conversations_select", "placeholder": plain("Pick a channel", 150)}
    if initial:
        element["initial_conversation"] = initial
    element["filter"] = {"include": ["public", "private"], "exclude_bot_users": True}
    return element


def file_input(endings: Sequence[str], most: int) -> Element:
    """No endings: any file."""
    element: Element = {"type": "file_input", "max_files": most}
    return {**element, "filetypes": list(endings)} if endings else element


TICKET_FIELD = "ticket"


def ticket_field() -> Block:
    """The way on where a ticket number was taken for personal data."""
    box = checkbox_input([option("It is a ticket number, not personal data", "yes")])
    return field(TICKET_FIELD, "Was this refused by mistake?", box, optional=True)
