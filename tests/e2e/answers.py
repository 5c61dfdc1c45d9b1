"""What each act was answered, noted at the moment it comes: the record is held to what people then read."""

import json
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.actions import unpack
from bot.buttons import UndoChange
from bot.sandbox.slack import Slack
from tests.bot.conversing import Json, words_of
from tests.e2e.clicking import cause_of

SAYS_RECORDED = ("*Recorded:*", "*Undone:*", "*Brought back:*")
APOLOGY = "Something went wrong on our side"
NOTHING_CHANGED = "Nothing was changed."

REMEMBERED = 3000
"""Acts whose later answers are still told apart: some come half a minute after them."""


class Receipt(NamedTuple):
    """Somebody reads that this event of a firm's history was recorded, and can undo it."""

    firm: str
    sequence: int


@dataclass
class Act:
    """One click, command, form or message, and what came of it."""

    kind: str
    user: str
    at: float
    """When Slack first told the bot of it, in UNIX seconds."""
    cause: str = ""
    """What it is called in the history."""
    told: int = 0
    """How often Slack delivered it; once, but for events and for clicks that are repeated on purpose."""
    told_at: float = 0.0
    """When it was delivered last: `status` and `ms` are of that."""
    status: int | str = ""
    acked: bool = False
    ms: float = 0.0
    closed: bool = False
    """The ack closed a form: that says recorded."""
    tries: int = 0
    """Calls by which the bot answered it, whether or not they got through."""
    words: list[str] = field(default_factory=list)
    """What got through, the ack's own words included."""
    receipts: list[Receipt] = field(default_factory=list)


class Answers:
    """Of everybody in one pretend Slack. `look` at least every few hundred exchanges: Slack keeps a thousand."""

    def __init__(self, slack: Slack) -> None:
        self._traffic = slack.traffic
        self._traffic._belonging._causes = deque(maxlen=REMEMBERED)
        self._changes = slack.changes.watch(None)
        self._acts: dict[int, Act] = {}
        self._by_cause: dict[str, Act] = {}
        self.read: list[Receipt] = []
        """Every receipt that reached anybody, in whatever message."""
        self.faults: list[str] = []
        """The kind of fault that each delivery and call met, where it met one."""

    @property
    def acts(self) -> Sequence[Act]:
        """Oldest first."""
        return list(self._acts.values())

    def look(self) -> None:
        """Takes in what went over the wire since the last time."""
        while not self._changes.empty():
            change = self._changes.get_nowait()
            assert change["type"] != "missed", "looked too seldom"
            if change["type"] == "traffic":
                entry = change["entry"]
                (self._told if entry["direction"] == "to_bot" else self._called)(entry)

    def _told(self, entry: Json) -> None:
        if entry["kind"] not in ("slash_commands", "interactive", "events_api"):
            return
        first = self._acts.get(entry.get("part_of") or 0)
        act = first if first is not None and first.kind == entry["kind"] else None
        if act is None:
            act = self._acts.setdefault(entry["n"], Act(entry["kind"], entry["who"], entry["at"]))
        if entry["status"] is None:
            return
        self._met(entry)
        _, payload, ack = self._whole(entry["n"])
        act.cause = str(payload.get("event_id") or cause_of(payload))
        self._by_cause[act.cause] = act
        act.told += 1
        act.told_at = entry["at"]
        act.status, act.ms = entry["status"], float(entry["ms"])
        if not entry.get("refused"):
            act.acked = True
            act.closed |= payload.get("type") == "view_submission" and (ack or {}).get("response_action") == "clear"
            self._take(act, {**(ack or {}), **((ack or {}).get("view") or {})})
            act.words += map(str, ((ack or {}).get("errors") or {}).values())

    def _called(self, entry: Json) -> None:
        if entry["status"] in (None, ""):
            return
        self._met(entry)
        _, args, _ = self._whole(entry["n"])
        act = self._answered_by(entry, args)
        if act:
            act.tries += 1
        if entry["status"] == 200 and not entry.get("refused"):  # also where Slack's reply got lost afterwards
            self._take(act, args)

    def _answered_by(self, entry: Json, args: Json) -> Act | None:
        """Only where it is certain: by the address, the trigger or the cause that it carries."""
        if entry["name"] == "response_url" or "trigger_id" in args:
            return self._acts.get(entry.get("part_of") or 0)
        payload = (args.get("metadata") or {}).get("event_payload") or {}
        return self._by_cause.get(str(payload.get("cause", "")))

    def _take(self, act: Act | None, shown: Json) -> None:
        found = list(receipts(shown))
        self.read += found
        if act and (said := words_of(shown)):
            act.words.append(said)
            act.receipts += found

    def _met(self, entry: Json) -> None:
        self.faults += [entry["fault"]] if entry.get("fault") else []

    def _whole(self, n: int) -> tuple[Json, Json, Json | None]:
        whole = self._traffic.whole(n)
        assert whole is not None, "looked too seldom"
        entry, request, answer = whole
        ack = json.loads(answer)
        return entry, json.loads(request), ack if isinstance(ack, dict) else None


def receipts(shown: Json) -> Iterator[Receipt]:
    """What a message says to be recorded, by the buttons that undo it."""
    for block in shown.get("blocks") or ():
        said = (block.get("text") or {}).get("text", "") if isinstance(block.get("text"), dict) else ""
        button = block.get("accessory") or {}
        if said.startswith(SAYS_RECORDED) and button.get("value"):
            undo = unpack(UndoChange, button["value"])
            yield Receipt(undo.firm, undo.of)
