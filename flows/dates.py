"""Dates in plain English: what was typed becomes a day, a day of every year, or a question; nothing is guessed."""

import re
from calendar import isleap, monthrange
from collections.abc import Callable, Sequence
from datetime import MAXYEAR, MINYEAR, date, timedelta
from difflib import get_close_matches

import msgspec

from flows.date_spans import MONTHS, WEEKDAYS, months_on, named, nth_within, span_named
from flows.trading_days import Calendar

LATELY = 120
"""Days for which a day without a year that has just passed is asked about, instead of taken for next year's."""


NO_HOUR = "Dates have no hour here: each ends at 11:59 PM New York time."


class OnDay(msgspec.Struct, frozen=True):
    """One day is meant."""

    on: date


class EveryYear(msgspec.Struct, frozen=True):
    """A day of every year."""

    month: int
    day: int


class NoDate(msgspec.Struct, frozen=True):
    """The date that is there shall go."""


class WhichDay(msgspec.Struct, frozen=True):
    """Several days may be meant, or one that has passed. `ask` is a sentence; `choices` may be empty."""

    ask: str
    choices: tuple[date, ...] = ()


Meant = OnDay | EveryYear | NoDate | WhichDay


def only(asked: WhichDay, is_taken: Callable[[date], bool], ask: str) -> WhichDay:
    """The same question about those days alone that would be taken; it is `ask` where one of them would not."""
    choices = tuple(day for day in asked.choices if is_taken(day))
    return asked if choices == asked.choices else WhichDay(ask, choices)


_IN_ORDER = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty",
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth",
    "today tomorrow yesterday next last this month months week weeks year quarter business trading working days every "
    "from before after clear none",
)
_COUNTED, _NTH, _OTHER_WORDS = map(str.split, _IN_ORDER)
_CLEAR = frozenset({"clear", "none", "no date", "nothing", "remove", "delete", "cancel", "never", "unset", "no"})
_LEADING = re.compile(r"^(?:(?:(?:no|not) later than|by|on|until|till|due|at|the)\s+)+")
_NTH_OF = re.compile(
    rf"(last|\d{{1,2}}(?:st|nd|rd|th)|{'|'.join(_NTH)}) ([a-z]+|(?:business|trading|working|work) day) (?:of|in) "
    r"(?:the )?(.+)"
)
_TURNED = re.compile(r"(?:(?:(this|next) )?(month|quarter|year)s?|(q[1-4]))[ -]?end(?: (20\d\d))?")
_AT = (
    r"(?:(?:at|by|before|from) )?(?:(?:1[0-2]|0?[1-9])(?::[0-5]\d)? ?[ap] ?m|(?:[01]?\d|2[0-3]):[0-5]\d|noon|midnight"
    r"|(?:in the )?(?:morning|afternoon|evening)|first thing)"
    r"(?: (?:e|c|m|p)[sd]?t| eastern| pacific| central| new york)?(?: time)?"
)
_HOUR = re.compile(rf"^{_AT} (?=\S)|(?<=\S) {_AT}$")
_END_OF_DAY = re.compile(r"\b(?:eod|cob|end of (?:the )?(?:business )?day|close of business)\b(?: (?:on|of))?")


def read_past(text: str, *, today: date, calendar: Calendar) -> Meant | None:
    """Like `read`, for a day that may have been: one without a year is the last there was."""
    said = _LEADING.sub("", _tidy(text))
    return _Reading(today, calendar, past=True).of(said) if said else None


def near(text: str, *, today: date, calendar: Calendar) -> str:
    """The words with what is mistyped or missing in them put right, where they are a day then; else empty."""
    known = {*MONTHS, *WEEKDAYS, *_COUNTED, *_NTH, *_OTHER_WORDS}
    mended = []
    for word in _tidy(text).split():
        close = get_close_matches(word, sorted(known), n=1, cutoff=0.75) if word.isalpha() and len(word) > 3 else []
        mended.append(close[0] if close and word not in known else word)
    said = " ".join(mended)
    for offered in (f"in {said}", said):
        found = read_due(offered, today=today, calendar=calendar)
        if offered != _tidy(text) and _is_some_day(found):
            return offered
    return ""


def _is_some_day(found: Meant | None) -> bool:
    """Not that the date shall go: what is nearly a word for it, such as "noon", may mean anything."""
    return isinstance(found, OnDay | EveryYear) or (isinstance(found, WhichDay) and bool(found.choices))


def read(text: str, *, today: date, calendar: Calendar) -> Meant | None:
    """What the words mean on this day, or None where they are no date."""
    said = _tidy(text)
    if said in _CLEAR:
        return NoDate()
    if yearly := re.fullmatch(r"(?:every|each)(?: year)?(?: on)? (.+)|(?:yearly|annually)(?: on)? (.+)", said):
        return _every_year(_LEADING.sub("", yearly[1] or yearly[2]), today)
    if behind := re.fullmatch(r"(.+) (?:(?:every|each) year|yearly|annually)", said):
        meant = _every_year(_LEADING.sub("", behind[1]), today)
        if isinstance(meant, EveryYear):
            return meant
    ends_today = bool(_END_OF_DAY.search(said))
    said = " ".join(_END_OF_DAY.sub(" ", said).split())
    said = _LEADING.sub("", said)
    if not said:
        return OnDay(today) if ends_today else None
    return _Reading(today, calendar).of(said)


def read_due(text: str, *, today: date, calendar: Calendar, own: date | None = None) -> Meant | None:
    """Like `read`, for the day something is wanted by: where an hour stands beside it, the day is asked about.

    `own` is the day it is where somebody is who types for a firm of another zone: where it is another one there, and
    words such as "tomorrow" mean another day, that is asked.
    """
    found = _read_due(text, today, calendar)
    if own is None or own == today:
        return found
    theirs = _read_due(text, own, calendar)
    if not isinstance(found, OnDay | WhichDay) or not isinstance(theirs, OnDay | WhichDay):
        return found
    days = {*_days(found), *(on for on in _days(theirs) if on >= today)}
    if days == set(_days(found)) and (isinstance(found, WhichDay) or found == theirs):
        return found
    here = f"It is {_long(own)} where you are, and {_long(today)} for your firm."
    return WhichDay(
        f"{here} {'Which day do you mean?' if len(days) > 1 else 'Do you mean this day?'}", tuple(sorted(days))
    )


def _read_due(text: str, today: date, calendar: Calendar) -> Meant | None:
    found = read(text, today=today, calendar=calendar)
    if found is not None or not (hour := _HOUR.search(said := _tidy(text))):
        return found
    match read(said[: hour.start()] or said[hour.end() :], today=today, calendar=calendar):
        case OnDay(on):
            return WhichDay(f"{NO_HOUR} Do you mean this day?", (on,))
        case WhichDay(ask, choices):
            return WhichDay(f"{NO_HOUR} {ask}", choices)
    return None


def _tidy(text: str) -> str:
    """Lower case, single spaces, no decoration, no commas, and full stops only within numbers."""
    said = re.sub(r"(?<=\s)['’](?=\d\d(?:\W|$))", "20", text.casefold())  # Dec 15 '26
    said = re.sub(r"[\"'“”‘’`*_()]", "", said)
    said = re.sub(r"(?<=[a-z]{3})-(?=\d)|(?<=\d)-(?=[a-z]{3})", " ", said)  # 15-Dec-2026
    said = re.sub(r",|\.(?!\d)|[!?;]", " ", said)
    return " ".join(said.split())


class _NoSuchDayError(ValueError):
    """A day that its month does not have; the words are a sentence for whoever typed it."""


class _Reading:
    """One reading of some words on one day. Each rule gives a meaning, or None for words that are not its own."""

    def __init__(self, today: date, calendar: Calendar, *, past: bool = False) -> None:
        self.today = today
        self.calendar = calendar
        self.past = past

    def of(self, said: str) -> Meant | None:
        rules: Sequence[Callable[[str], Meant | None]] = (
            self._by_name,
            self.of_numbers,
            self._counted,
            self._nth_of,
            self._weekday,
            self._edge,
            self.of_month_and_day,
            self._span,
        )
        for rule in rules:
            try:
                found = rule(said)
            except _NoSuchDayError as no_such_day:
                return WhichDay(str(no_such_day))
            except (ValueError, OverflowError):  # a month 13, or a day far beyond the calendar
                return None
            if found is not None:
                return found
        return None

    # --- rules ------------------------------------------------------------------------------------------------

    def _by_name(self, said: str) -> Meant | None:
        days = {"today": 0, "tonight": 0, "now": 0, "tomorrow": 1, "tmrw": 1, "tmr": 1, "day after tomorrow": 2}
        days |= {"yesterday": -1, "day before yesterday": -2, "a week today": 7, "a week tomorrow": 8}
        return self._away(self.today + timedelta(days[said])) if said in days else None

    def of_numbers(self, said: str) -> Meant | None:
        """`2027-05-31`, `5/31/2027`, `5/31`, `31.5.2027`: both orders are asked about where both are days."""
        if iso := re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", said):
            return self._day(_real(int(iso[1]), int(iso[2]), int(iso[3])))
        found = re.fullmatch(r"(\d{1,2})([-/.])(\d{1,2})(?:\2(\d{4}|\d{2}))?", said)
        if not found:
            return None
        first, second = int(found[1]), int(found[3])
        if first > 12 or second > 12 or first == second:
            month, day = (second, first) if first > 12 else (first, second)
            return self._in_some_year(month, day, found[4])
        readings = [self._in_some_year(m, d, found[4]) for m, d in ((first, second), (second, first))]
        days = tuple(dict.fromkeys(d for r in readings for d in _days(r)))
        if len(days) > 1:
            return WhichDay(f"“{said}” can be read in two ways. Which day do you mean?", days)
        return readings[0]

    def _counted(self, said: str) -> Meant | None:
        """`in 3 business days`, `in 3 bd`, `next trading day`, `two weeks from now`, `5 trading days before May 31`."""
        if one := re.fullmatch(r"next (?:business|trading|working|work) day(?: (?:from|after) (.+))?", said):
            return self._counted(f"1 trading day after {one[1]}" if one[1] else "in 1 trading day")
        said = re.sub(r"(?<=\d) ?bds?\b", " business days", said, count=1)
        number = r"(\d{1,4}|an?|" + "|".join(_COUNTED) + r"|a couple of|a few)"
        kind = r"(business|trading|working|work|week)?\s*(days?|weeks?|fortnights?|months?|years?)"
        found = re.fullmatch(rf"(?:in |within )?{number} {kind}(?: (from|after|before|ago)(?: (.+))?)?", said)
        if not found or (not said.startswith(("in ", "within ")) and not found[4]):
            return None
        if found[1] == "a few":
            return WhichDay("How many days do you mean?")
        n = _count(found[1]) * (-1 if found[4] in ("before", "ago") else 1)
        start: Meant | None = OnDay(self.today)
        if found[5] and found[5] not in ("now", "today"):
            start = self.of(_LEADING.sub("", found[5]))
        if found[4] in ("after", "before") and not found[5]:
            return None
        if not isinstance(start, OnDay | WhichDay) or not _days(start):
            return start
        ends = [self._further(day, n, bool(found[2]), found[3].rstrip("s")) for day in _days(start)]
        if isinstance(start, OnDay):
            return self._away(ends[0])
        return WhichDay("That can be counted from several days. Which one do you mean?", self._to_come(*ends))

    def _further(self, day: date, n: int, trading: bool, unit: str) -> date:
        if trading and unit == "day":
            return self.calendar.plus(day, n) if n >= 0 else self.calendar.minus(day, -n)
        if unit in ("month", "year"):
            return months_on(day, n * (12 if unit == "year" else 1))
        return day + timedelta({"day": 1, "week": 7, "fortnight": 14}[unit] * n)

    def _weekday(self, said: str) -> Meant | None:
        """`Friday`, `this Friday`, `next Friday`, `Friday Dec 18`: where two readings differ, both are offered."""
        found = re.fullmatch(r"(this |this coming |coming |next |last )?([a-z]+)(?: (next week|week|.+))?", said)
        index = named(found[2], WEEKDAYS) if found else None
        if found is None or index is None:
            return None
        ahead = self.today + timedelta((index - self.today.weekday()) % 7)
        of_next_week = self.today + timedelta(7 - self.today.weekday() + index)
        which, rest = (found[1] or "").strip(), found[3] or ""
        if rest == "next week":
            return self._day(of_next_week)
        name = WEEKDAYS[index].capitalize()
        if rest == "week":
            # Like "a week from Friday": on a Friday it can be counted from today, and from the Friday to come.
            if ahead == self.today:
                in_one, in_two = ahead + timedelta(7), ahead + timedelta(14)
                return WhichDay(f"Today is {name}. Do you mean in a week, or in two?", (in_one, in_two))
            return self._day(ahead + timedelta(7))
        if rest:
            return self._checked(index, rest)
        if which == "last":
            return self._away(ahead - timedelta(7))
        if self.past and which in ("", "this"):
            return self._weekday_before(name, ahead - timedelta(7))
        if which == "next":
            coming = ahead if ahead > self.today else ahead + timedelta(7)
            if coming == of_next_week:
                return OnDay(coming)
            return WhichDay(
                f"Which {name} do you mean: the one to come, or the one of next week?", (coming, of_next_week)
            )
        if ahead == self.today:
            return WhichDay(f"Today is {name}. Do you mean today, or in a week?", (ahead, ahead + timedelta(7)))
        return OnDay(ahead)

    def _weekday_before(self, name: str, before: date) -> Meant:
        """Where the past is spoken of: the last there was, and on that very weekday a question."""
        if before == self.today - timedelta(7):
            return WhichDay(f"Today is {name}. Do you mean today, or a week ago?", (before, self.today))
        return OnDay(before)

    def _checked(self, index: int, rest: str) -> Meant | None:
        """A weekday beside a date must be its weekday."""
        meant = self.of(_LEADING.sub("", rest))
        if not isinstance(meant, OnDay) or meant.on.weekday() == index:
            return meant
        real, said = WEEKDAYS[meant.on.weekday()].capitalize(), WEEKDAYS[index].capitalize()
        near = meant.on + timedelta((index - meant.on.weekday() + 3) % 7 - 3)
        asked = f"{_short(meant.on)} is a {real}, not a {said}. Which day do you mean?"
        return WhichDay(asked, self._to_come(meant.on, near))

    def _nth_of(self, said: str) -> Meant | None:
        """`last Friday of January`, `first Monday in June 2027`, `second business day of next month`."""
        found = _NTH_OF.fullmatch(said)
        fits = self._kind(found[2]) if found else None
        if found is None or fits is None:
            return None
        nth = -1 if found[1] == "last" else _day_number(re.sub(r"(?<=\d)[a-z]+", "", found[1]))
        fitting = [(span, nth_within(span, nth, fits)) for span in self._spans(found[3])] if nth else []
        days = [on for _, on in fitting if on]
        for (first, last), on in [] if self.past else fitting:
            if on and on >= self.today:
                break
            if on is None and last >= self.today:
                kind = found[2] if " " in found[2] else found[2].capitalize()
                no_such = f"There is no {found[1]} {kind} from {_short(first)} to {_short(last)}."
                return WhichDay(no_such, self._to_come(*days))
        return self._first_fitting(days)

    def _spans(self, said: str) -> list[tuple[date, date]]:
        """Those of a name, this year's first; one that names its year, or is counted from today, is one only."""
        if re.match(r"next (?!week|month|quarter|year)", said):  # "next June" may be this year's or the one after it
            return []
        this = self.today.year
        years = (this, this - 1) if self.past else (this, this + 1)
        found = [span_named(f"{said} {year}", self.today) for year in years]
        found = found if any(found) else [span_named(said, self.today)]
        return [span for span in found if span]

    def _kind(self, said: str) -> Callable[[date], bool] | None:
        """Whether a day is one of a kind: a weekday by its name, or a trading day."""
        if re.fullmatch(r"(?:business|trading|working|work) day", said):
            return self.calendar.is_trading_day
        index = named(said, WEEKDAYS)
        return None if index is None else lambda day: day.weekday() == index

    def _first_fitting(self, days: Sequence[date]) -> Meant | None:
        """The one to come, or the last there was; one that has passed lately is asked about, as in `_in_some_year`."""
        if self.past:
            return next((OnDay(day) for day in days if day <= self.today), None)
        near = [day for day in days if (self.today - day).days <= LATELY] or days
        if not near or near[0] >= self.today:
            return OnDay(near[0]) if near else None
        again = self._to_come(*near)
        return WhichDay(
            f"{_long(near[0])} has passed. {'Do you mean the one to come?' if again else 'Pick a day to come.'}", again
        )

    def _edge(self, said: str) -> Meant | None:
        """`end of month`, `end of May 2027`, `end of the quarter`, `eoy`, `year end 2027`, `start of next week`."""
        short = {"eom": "end of month", "eow": "end of week", "eoy": "end of year", "eoq": "end of quarter"}
        said = short.get(said, said)
        if turned := _TURNED.fullmatch(said):
            return self._turned(*turned.groups(""))
        found = re.fullmatch(r"(end|last day|start|beginning|first day) of (?:the )?(.+)", said)
        if not found:
            return None
        span = span_named(found[2], self.today, past=self.past)
        if span is None:
            return None
        edge = 1 if found[1] in ("end", "last day") else 0
        days = [one[edge] for one in self._spans(found[2])]
        if len(days) > 1:  # a month or quarter without its year, of which this year's may have passed lately
            return self._first_fitting(days)
        current = re.fullmatch(r"(?:this )?(week|month|quarter|year)", found[2])
        if current and span[edge] < self.today and not self.past:  # of this week on a Saturday, of the next one then
            following = span_named(f"next {current[1]}", self.today)
            return WhichDay(
                f"{_long(span[edge])} has passed. Do you mean the one to come?", (following[edge],) if following else ()
            )
        return self._day(span[edge])

    def _turned(self, which: str, unit: str, quarter: str, year: str) -> Meant | None:
        """`month end`, `year end 2027`, `q1 end`; "next quarter end" may be the one to come or the one after it."""
        if which == "next":
            ends = [self._edge(f"end of {unit}"), self._edge(f"end of next {unit}")]
            ask = f"Which {unit} end do you mean: the one to come, or the one after it?"
            return WhichDay(ask, tuple(on for end in ends if end for on in _days(end)))
        return self._edge(f"end of {year}" if unit == "year" and year else f"end of {quarter or unit} {year}".strip())

    def _span(self, said: str) -> Meant | None:
        """A whole week, month or quarter is no day: its first and last are offered."""
        span = span_named(said, self.today, past=self.past)
        if span is None:
            return None
        if span[1] < self.today and not self.past:
            return WhichDay(f"{_long(span[1])}, the last day of that, has passed. Pick a day to come.")
        return WhichDay("That is more than one day. Which one do you mean?", self._to_come(*span))

    def of_month_and_day(self, said: str) -> Meant | None:
        """`Dec 15`, `December 15th 2027`, `15 December`, `15th of December`, `first of June`, `June first`."""
        of = re.sub(r"\bof\b", " ", said)
        tokens = re.sub(r"(\d)(st|nd|rd|th)\b", r"\1", of).split()
        if len(tokens) == 1 and re.fullmatch(r"\d{1,2}(st|nd|rd|th)", of):
            return self._of_the_month(int(tokens[0]))
        year = tokens.pop() if len(tokens) == 3 and re.fullmatch(r"\d{4}", tokens[2]) else ""
        if len(tokens) != 2:
            return None
        for month_word, day_word in (tokens, tokens[::-1]):
            month, day = named(month_word, MONTHS), _day_number(day_word)
            if month is not None and day:
                return self._in_some_year(month + 1, day, year)
        return None

    def _of_the_month(self, day: int) -> Meant | None:
        """`the 15th`: the next one there is, or the last there was."""
        if not 1 <= day <= 31:
            return None
        step = -1 if self.past else 1
        months = (months_on(self.today.replace(day=1), step * n) for n in range(4))
        days = (m.replace(day=day) for m in months if day <= monthrange(m.year, m.month)[1])
        return OnDay(next(d for d in days if (d <= self.today if self.past else d >= self.today)))

    # --- within -----------------------------------------------------------------------------------------------

    def _in_some_year(self, month: int, day: int, year: str | None) -> Meant:
        """The day in its year; without one, the next there is, unless it has passed lately: that is asked."""
        if year:
            return self._day(_real(int(year) + (2000 if len(year) == 2 else 0), month, day))
        this = _in_year(self.today.year, month, day)
        if self.past:
            return OnDay(this if this and this <= self.today else _last_year_with(self.today.year - 1, month, day))
        following = this if this and this >= self.today else _next_year_with(self.today.year + 1, month, day)
        if this and this < self.today and (self.today - this).days <= LATELY:
            return WhichDay(f"{_long(this)} has passed. Do you mean the one to come?", (following,))
        return OnDay(following)

    def _to_come(self, *days: date) -> tuple[date, ...]:
        return tuple(d for d in days if self.past or d >= self.today)

    def _away(self, day: date) -> Meant:
        """A day so far from today, which would not be meant for another year."""
        return (
            OnDay(day) if self.past or day >= self.today else WhichDay(f"{_long(day)} has passed. Pick a day to come.")
        )

    def _day(self, day: date) -> Meant:
        """A day that has passed is no date for something still to be done: it is asked about."""
        if self.past or day >= self.today:
            return OnDay(day)
        again = _next_year_with(self.today.year, day.month, day.day)
        if again < self.today:
            again = _next_year_with(self.today.year + 1, day.month, day.day)
        return WhichDay(f"{_long(day)} has passed. Which day do you mean?", (again,))


def _every_year(said: str, today: date) -> Meant | None:
    """`every March 15`, `every 15th of March`, `every year on 3/15`. What comes back more often is not kept here."""
    reading = _Reading(date(2000, 1, 1), Calendar())  # a leap year, so that February 29 is a day
    of_each_month = re.fullmatch(r"\d{1,2}(?:st|nd|rd|th)", said)  # a day without a month is no day of a year
    try:
        meant = None if of_each_month else reading.of_month_and_day(said) or reading.of_numbers(said)
    except _NoSuchDayError as no_such_day:
        return WhichDay(str(no_such_day))
    except (ValueError, OverflowError):
        meant = None
    if isinstance(meant, OnDay):
        return EveryYear(meant.on.month, meant.on.day)
    if isinstance(meant, WhichDay):
        return WhichDay("That can be read in two ways. Write the month as a word, like “every March 4”.")
    return WhichDay("Dates that come back do so once a year here, like “every March 15”.")


def _days(meant: Meant) -> tuple[date, ...]:
    return (meant.on,) if isinstance(meant, OnDay) else meant.choices if isinstance(meant, WhichDay) else ()


def _count(word: str) -> int:
    if word.isdecimal():
        return int(word)
    return {"a": 1, "an": 1, "a couple of": 2}.get(word) or _COUNTED.index(word)


def _day_number(word: str) -> int:
    if word.isdecimal() and len(word) <= 2:
        return int(word)
    return _NTH.index(word) + 1 if word in _NTH else 0


def _real(year: int, month: int, day: int) -> date:
    """The day, where there is one. A day its month does not have is told from what is no date at all."""
    if MINYEAR <= year <= MAXYEAR and 1 <= month <= 12 and not 1 <= day <= monthrange(year, month)[1]:
        of_that_year = f", {year}" if (month, day) == (2, 29) else ""
        raise _NoSuchDayError(f"There is no {MONTHS[month - 1].capitalize()} {day}{of_that_year}.")
    return date(year, month, day)


def _in_year(year: int, month: int, day: int) -> date | None:
    return None if (month, day) == (2, 29) and not isleap(year) else _real(year, month, day)


def _next_year_with(year: int, month: int, day: int) -> date:
    """The day in this year or the first one after that has it: February 29 is not in every year."""
    found = None
    while found is None:
        found, year = _in_year(year, month, day), year + 1
    return found


def _last_year_with(year: int, month: int, day: int) -> date:
    found = None
    while found is None:
        found, year = _in_year(year, month, day), year - 1
    return found


def _long(day: date) -> str:
    return f"{day:%A}, {_short(day)}"


def _short(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"
