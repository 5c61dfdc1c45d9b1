"""Reads the fixtures: a reason, what happens, and what is sent, one a line.

    A reason in a sentence.
      2026-11-23 10:05 ana sets up Apex
      2026-11-23 10:06 ana answers yes in Apex
      2026-11-23 10:07 ana dates s2 2026-12-07 in Apex
      until 2026-12-08
      -> 2026-11-23 10:07 ana: s2

Times are New York's unless a zone follows the time in brackets. `in Apex` may be left out.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.simulation import script as s

HERE = Path(__file__).parent / "fixtures"
NEW_YORK = "America/New_York"
NOBODY = "nobody"


@dataclass(frozen=True)
class Fixture:
    """One case: the reason is its name."""

    reason: str
    script: s.Script
    messages: tuple[s.Message, ...]


def fixtures() -> list[Fixture]:
    """All of them, of all files."""
    return [_fixture(block) for path in sorted(HERE.glob("*.txt")) for block in _blocks(path.read_text())]


def fixture(text: str) -> Fixture:
    """One, from its text."""
    (lines,) = _blocks(text.strip())
    return _fixture(lines)


def _blocks(text: str) -> Iterator[list[str]]:
    for block in re.split(r"\n(?=\S)", text):
        lines = [line for line in block.splitlines() if line.strip() and not line.startswith("#")]
        if lines:
            yield lines


def _fixture(lines: list[str]) -> Fixture:
    happenings: list[s.Happening] = []
    zones: dict[str, str] = {}
    down: list[s.Down] = []
    messages: list[s.Message] = []
    until: datetime | None = None
    for line in map(str.strip, lines[1:]):
        if found := re.fullmatch(r"until (\S+)", line):
            until = _instant(found[1], "00:00", "")
        elif found := re.fullmatch(r"(\S+) is in (\S+)", line):
            zones[found[1]] = found[2]
        elif found := re.fullmatch(rf"{WHEN} (down|revoked) until (\S+) (\S+)", line):
            ends = _instant(found[5], found[6], "")
            down.append(s.Down(_instant(*found.groups()[:3]), ends, revoked=found[4] == "revoked"))
        elif found := re.fullmatch(rf"-> {WHEN} (\S+): (.+)", line):
            items = frozenset(_item(item) for item in found[5].split(", "))
            messages.append(s.Message(found[4], _instant(*found.groups()[:3]), items))
        else:
            happenings.append(_happening(line))
    assert until, f"no end: {lines[0]}"
    return Fixture(lines[0], s.Script(tuple(happenings), zones, until, tuple(down)), tuple(messages))


WHEN = r"(\d{4}-\d\d-\d\d) (\d\d:\d\d)(?: \[(\S+)\])?"


def _instant(day: str, hour: str, zone: str | None) -> datetime:
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(hour), ZoneInfo(zone or NEW_YORK)).astimezone(
        UTC
    )


def _item(words: str) -> tuple[str, str]:
    found = re.fullmatch(r"(?:(\w+)/)?(.+)", words)
    assert found
    firm, subject = found[1] or "Apex", found[2]
    if re.fullmatch(r"s\d\S*", subject):
        subject = f"task:{subject}"
    return firm, subject


Make = Callable[[dict, re.Match[str]], s.Happening]
DAY = r"(\d{4}-\d\d-\d\d|nothing)"
IN = r"(?: in (?P<firm>\w+))?"


def _day(text: str) -> date | None:
    return None if text == "nothing" else date.fromisoformat(text)


SENTENCES: list[tuple[str, Make]] = [
    (
        rf"sets up (?P<firm>\w+)(?: in (\S+))?(?: for {DAY})?",
        lambda k, m: s.SetsUp(**k, zone=m[2] or NEW_YORK, target=_day(m[3] or "nothing")),
    ),
    (rf"adds (\w+) as (\w+){IN}", lambda k, m: s.Adds(**k, person=m[1], role=m[2])),
    (rf"removes (\w+){IN}", lambda k, m: s.Removes(**k, person=m[1])),
    (
        rf"answers (yes|no|unsure)(?: until {DAY})?{IN}",
        lambda k, m: s.Answers(**k, fact="fdid_duty", value=(m[1],), again=_day(m[2] or "nothing")),
    ),
    (
        rf"reports by ([\w,]+)(?: through ([\w,]+))?{IN}",
        lambda k, m: s.Answers(
            **k, fact="methods", value=tuple(m[1].split(",")), agents=tuple((m[2] or "").split(",")) if m[2] else ()
        ),
    ),
    (rf"does (\S+){IN}", lambda k, m: s.Does(**k, task=m[1])),
    (rf"sets aside (\S+){IN}", lambda k, m: s.SetsAside(**k, task=m[1])),
    (rf"opens (\S+) again{IN}", lambda k, m: s.OpensAgain(**k, task=m[1])),
    (
        rf"waits on (\S+) since {DAY}(?: until {DAY})?{IN}",
        lambda k, m: s.Waits(**k, task=m[1], since=date.fromisoformat(m[2]), look_again=_day(m[3] or "nothing")),
    ),
    (rf"waits no more on (\S+){IN}", lambda k, m: s.EndsWait(**k, task=m[1])),
    (rf"dates step (\S+) {DAY}{IN}", lambda k, m: s.DatesStep(**k, step=m[1], day=_day(m[2]))),
    (rf"dates (s\d\S*) {DAY}{IN}", lambda k, m: s.Dates(**k, task=m[1], day=_day(m[2]))),
    (rf"targets {DAY}{IN}", lambda k, m: s.Targets(**k, day=_day(m[1]))),
    (rf"gives (\S+) to (\w+){IN}", lambda k, m: s.Gives(**k, task=m[1], to=None if m[2] == NOBODY else m[2])),
    (rf"dates (\w+) every (\d+)-(\d+){IN}", lambda k, m: s.DatesYearly(**k, name=m[1], month=int(m[2]), day=int(m[3]))),
    (rf"finishes (\w+) of {DAY}{IN}", lambda k, m: s.FinishesYearly(**k, name=m[1], on=date.fromisoformat(m[2]))),
    (rf"removes yearly (\w+){IN}", lambda k, m: s.RemovesYearly(**k, name=m[1])),
    (rf"reminds (\S+) days before{IN}", lambda k, m: s.SetsRules(**k, before=tuple(map(int, m[1].split(","))))),
    (rf"reminds at (\S+){IN}", lambda k, m: s.SetsRules(**k, hour=time.fromisoformat(m[1]))),
    (rf"undoes{IN}", lambda k, m: s.Undoes(**k)),
    (rf"snoozes (\S+) (hour|tomorrow|week){IN}", lambda k, m: s.Snoozes(**k, subject=_item(m[1])[1], choice=m[2])),
    (r"moves to (\S+)", lambda k, m: s.Moves(**k, zone=m[1])),
    (r"takes no messages", lambda k, m: s.TakesNoMessages(**k)),
    (r"leaves unnoted", lambda k, m: s.Leaves(**k, noted=False)),
    (r"leaves", lambda k, m: s.Leaves(**k)),
    (r"wants (\S+)", lambda k, m: s.PicksHour(**k, hour=time.fromisoformat(m[1]))),
    (rf"pauses until {DAY}", lambda k, m: s.Pauses(**k, until=date.fromisoformat(m[1]))),
    (r"turns (on|off)", lambda k, m: s.TurnsOff(**k, off=m[1] == "off")),
    (rf"closes the exchange {DAY}", lambda k, m: s.ClosesExchange(**k, day=date.fromisoformat(m[1]))),
    (
        rf"revises (\w+) to (?:{DAY} - )?{DAY} announced {DAY}",
        lambda k, m: s.Revises(
            **k,
            deadline=m[1],
            opens=date.fromisoformat(m[2]) if m[2] else None,
            day=date.fromisoformat(m[3]),
            first=date.fromisoformat(m[4]),
            last=date.fromisoformat(m[4]),
        ),
    ),
]


def _happening(line: str) -> s.Happening:
    begun = re.fullmatch(rf"{WHEN} (\w+) (.+)", line)
    assert begun, f"cannot be read: {line}"
    at, by, words = _instant(*begun.groups()[:3]), begun[4], begun[5]
    for sentence, make in SENTENCES:
        if found := re.fullmatch(sentence, words):
            kept = {"at": at, "by": by}
            if "firm" in found.groupdict():
                kept["firm"] = found["firm"] or "Apex"
            return make(kept, found)
    raise AssertionError(f"no such sentence: {line}")
