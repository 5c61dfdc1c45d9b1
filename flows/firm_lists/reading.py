"""What a table of firms says, line by line: a firm to set up, or what is wrong with the line, in words."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import TypeVar

import msgspec

from flows import dates, guard
from flows.events import Situation
from flows.far_off import must_not_be_far_off
from flows.firm_lists.text import lines, several
from flows.firms import Refusal
from flows.naming import compared
from flows.roadmap import Pack, Question
from flows.setting_up import check_crd, check_name, check_zone
from flows.trading_days import Calendar

MOST_FIRMS = 300
MOST_PEOPLE = 20
"""In one firm."""

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "firm": (
        "firm",
        "firmname",
        "name",
        "nameoffirm",
        "company",
        "client",
        "brokerdealer",
        "memberfirm",
    ),
    "crd": ("crd", "crdnumber", "crdno", "finracrd", "firmcrd"),
    "situation": ("situation", "status", "wherethefirmstands"),
    "lead": ("lead", "leads", "teamlead", "cco", "complianceofficer"),
    "members": ("members", "member", "people", "colleagues", "team"),
    "time zone": ("timezone", "tz", "zone"),
    "target": ("target", "targetdate", "targetday"),
    "onboarding": ("onboarding", "transactiononboarding", "transactiononboardingdone", "precheck"),
    "small": ("small", "smallfirm", "smallindustrymember", "smallmember", "profile"),
}
"""Each column by its own name, and what else it is called, without spaces and signs."""

SITUATIONS: Mapping[str, Situation] = {
    "": "new",
    "new": "new",
    "newtocaisreporting": "new",
    "newtocais": "new",
    "reporting": "reporting",
    "alreadyreporting": "reporting",
    "changing": "changing",
    "changingagent": "changing",
    "changingagentorclearingfirm": "changing",
}

ZONES: Mapping[str, str] = {
    **dict.fromkeys(("et", "est", "edt", "eastern", "easterntime", "newyork"), "America/New_York"),
    **dict.fromkeys(("ct", "cst", "cdt", "central", "centraltime", "chicago"), "America/Chicago"),
    **dict.fromkeys(("mt", "mst", "mdt", "mountain", "mountaintime", "denver"), "America/Denver"),
    **dict.fromkeys(("pt", "pst", "pdt", "pacific", "pacifictime", "losangeles"), "America/Los_Angeles"),
}

NO_FIRMS = Refusal("There is no firm in that list: a line with the names of the columns, then a line for each firm.")

T = TypeVar("T")


class Row(msgspec.Struct, frozen=True):
    """A firm to set up. `leads` and `members` are people as they were written, and later their ids."""

    line: int
    name: str
    crd: str = ""
    situation: Situation = "new"
    time_zone: str = ""
    target: date | None = None
    precheck: str = ""
    profile: str = ""
    leads: tuple[str, ...] = ()
    members: tuple[str, ...] = ()


class Wrong(msgspec.Struct, frozen=True):
    """A line that nothing is made of, and why. `firm` is its name, where that can be said again."""

    line: int
    firm: str
    why: str
    """Every fault that was found, a sentence each."""
    read: Row | None = None
    """What could be read of it, for whoever looks for more faults."""


class FirmList(msgspec.Struct, frozen=True):
    """What was read. `ignored` are the columns that mean nothing here."""

    rows: tuple[Row, ...]
    wrong: tuple[Wrong, ...]
    ignored: tuple[str, ...] = ()

    def looked_through(self, faults: Callable[[Row], Sequence[str]]) -> "FirmList":
        """The list after one more look at each line, the wrong ones too: all that is wrong with a line is said."""
        lines = [*((row, "") for row in self.rows), *((w.read, w.why) for w in self.wrong if w.read)]
        rows: list[Row] = []
        wrong = [w for w in self.wrong if w.read is None]
        for row, why in sorted(lines, key=lambda line: line[0].line):
            found = [*([why] if why else []), *faults(row)]
            if found:
                wrong.append(Wrong(row.line, row.name, " ".join(found), row))
            else:
                rows.append(row)
        return FirmList(tuple(rows), tuple(sorted(wrong, key=lambda w: w.line)), self.ignored)


def read(text: str, pack: Pack, *, today: date, calendar: Calendar, time_zone: str) -> FirmList:
    """The firms of a table. `time_zone` is for those that name none. Raises Refusal where it is no such table."""
    table = lines(text)
    if not table:
        raise NO_FIRMS
    columns, ignored = _columns(table[0][1])
    if len(table) < 2:
        raise NO_FIRMS
    if len(table) - 1 > MOST_FIRMS:
        raise Refusal(
            f"That list has {len(table) - 1:,} firms. I take {MOST_FIRMS} at once: hand it over in parts. "
            "Nothing was set up."
        )
    reader = _Reader(pack, columns, len(table[0][1]), today=today, calendar=calendar, time_zone=time_zone)
    rows: list[Row] = []
    wrong: list[Wrong] = []
    for number, cells in table[1:]:
        row = reader.row(number, cells)
        (rows if isinstance(row, Row) else wrong).append(row)  # type: ignore[arg-type]  # each into its own list
    return FirmList(tuple(rows), tuple(wrong), tuple(ignored)).looked_through(_doubles(rows))


def _columns(header: Sequence[str]) -> tuple[dict[str, int], list[str]]:
    """Where each column stands, and those nobody knows."""
    found: dict[str, int] = {}
    ignored = []
    for place, cell in enumerate(header):
        plain = _plain(cell)
        known = next((name for name, others in COLUMNS.items() if plain in others), "")
        if known in found:
            raise Refusal(f"Two columns are called “{known}”. Keep one, and hand the list over again.")
        if known:
            found[known] = place
        elif cell:
            ignored.append(cell[:40])
    if "firm" not in found:
        raise Refusal(
            f"The first line has to name the columns, one of them “firm”; there are {', '.join(COLUMNS)}. "
            "Nothing was set up."
        )
    return found, ignored


def _plain(word: str) -> str:
    return re.sub(r"[\W_]", "", word.casefold())


class _Reader:
    def __init__(
        self,
        pack: Pack,
        columns: Mapping[str, int],
        width: int,
        *,
        today: date,
        calendar: Calendar,
        time_zone: str,
    ) -> None:
        self._pack = pack
        self._columns = columns
        self._width = width
        self._today = today
        self._calendar = calendar
        self._zone = time_zone

    def row(self, number: int, cells: Sequence[str]) -> Row | Wrong:
        """One line, with everything that is wrong with it at once."""
        problems: list[str] = []

        def checked(take: Callable[[str], T], column: str, otherwise: T) -> T:
            place = self._columns.get(column, len(cells))
            try:
                return take(cells[place] if place < len(cells) else "")
            except Refusal as refusal:
                problems.append(refusal.sentence)
                return otherwise

        row = Row(
            line=number,
            name=checked(_name, "firm", ""),
            crd=checked(check_crd, "crd", ""),
            situation=checked(_situation, "situation", "new"),
            time_zone=checked(self._time_zone, "time zone", ""),
            target=checked(self._target, "target", None),
            precheck=checked(lambda cell: _option(self._pack.precheck, cell, "onboarding"), "onboarding", ""),
            profile=checked(lambda cell: _option(self._pack.profile, cell, "small"), "small", ""),
            leads=checked(_people, "lead", ()),
            members=checked(_people, "members", ()),
        )
        if any(cells[self._width :]):
            problems.append("It has more cells than the first line has names; what has a comma in it needs quotes.")
        return Wrong(number, row.name, " ".join(problems), row) if problems else row

    def _time_zone(self, cell: str) -> str:
        return check_zone(ZONES.get(_plain(cell), cell.replace(" ", "_")) if cell else self._zone)

    def _target(self, cell: str) -> date | None:
        if not cell:
            return None
        meant = dates.read(cell, today=self._today, calendar=self._calendar)
        if not isinstance(meant, dates.OnDay) or meant.on <= self._today:
            raise Refusal("The target has to be one day in the future, like 2027-05-28 or May 28, 2027, or nothing.")
        must_not_be_far_off(meant.on, self._today)
        return meant.on


def _name(cell: str) -> str:
    return check_name(cell, ())


def _situation(cell: str) -> Situation:
    found = SITUATIONS.get(_plain(cell))
    if found is None:
        raise Refusal("Its situation has to be “new”, “reporting” or “changing”.")
    return found


def _option(question: Question, cell: str, column: str) -> str:
    plain = _plain(cell)
    found = next((o.id for o in question.options if plain in (_plain(o.id), _plain(o.label))), "")
    if plain and not found:
        labels = ", ".join(f"“{o.label}”" for o in question.options)
        raise Refusal(f"What stands under “{column}” has to be one of {labels}, or nothing.")
    return found


def _people(cell: str) -> tuple[str, ...]:
    people = tuple(dict.fromkeys(several(cell)))
    if len(people) > MOST_PEOPLE:
        raise Refusal(f"At most {MOST_PEOPLE} people can be named in one cell; the others are added in Slack.")
    guard.check(people, ticket=False, way_on=False)
    return people


def _doubles(rows: Sequence[Row]) -> Callable[[Row], Sequence[str]]:
    """Finds lines with the name or CRD number of one before them; of lines that are right otherwise the first stays."""
    first: dict[str, int] = {}
    right = {row.line for row in rows}

    def faults(row: Row) -> Sequence[str]:
        same = [key for key in _keys(row) if key in first]
        if not same and row.line in right:
            first.update(dict.fromkeys(_keys(row), row.line))
        return [f"Line {first[key]} has the same {'CRD number' if key.startswith('crd') else 'name'}." for key in same]

    return faults


def _keys(row: Row) -> Iterator[str]:
    if row.name:
        yield f"name {compared(row.name)}"
    if row.crd:
        yield f"crd {row.crd}"
