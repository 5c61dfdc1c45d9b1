"""Dates in plain English: what was typed becomes a day, a day of every year, or a question; nothing is guessed."""

import re
from calendar import isleap, monthrange
from collections.abc import Callable, Sequence
from datetime import MAXYEAR, MINYEAR, date, timedelta
from difflib import get_close_matches

import msgspec

from flows.trading_days import Calendar

LATELY = 120
"""Days for which a day without a year that has just passed is asked about, instead of taken for next year's."""


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

_IN_ORDER = (
    "january february march april may june july august september october november december",
    "monday tuesday wednesday thursday friday saturday sunday",
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty",
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth",
    "today tomorrow yesterday next this month months week weeks year quarter business trading days every from before "
    "after clear none",
)
MONTHS, WEEKDAYS, _COUNTED, _NTH, _OTHER_WORDS = map(str.split, _IN_ORDER)
_CLEAR = frozenset({"clear", "none", "no date", "nothing", "remove", "delete", "cancel", "never", "unset", "no"})
_LEADING = re.compile(r"^(?:(?:by|on|until|till|due|at|the)\s+)+")
_END_OF_DAY = re.compile(r"\b(?:eod|cob|end of (?:the )?(?:business )?day|close of business)\b(?: (?:on|of))?")


def read_past(text: str, *, today: date, calendar: Calendar) -> Meant | None:
    """Like `read`, for a day that may have been: one without a year is the last there was."""
    said = _LEADING.sub("", _tidy(text))
    return _Reading(today, calendar, past=True).of(said) if said else None


def near(text: str, *, today: date, calendar: Calendar) -> str:
    """The words with what is mistyped in them put right, where they are a date then; empty where they are none."""
    known = {*MONTHS, *WEEKDAYS, *_COUNTED, *_NTH, *_OTHER_WORDS}
    mended = []
    for word in _tidy(text).split():
        close = get_close_matches(word, sorted(known), n=1, cutoff=0.75) if word.isalpha() and len(word) > 3 else []
        mended.append(close[0] if close and word not in known else word)
    said = " ".join(mended)
    if said == _tidy(text):
        return ""
    found = read(said, today=today, calendar=calendar)
    nowhere = found is None or (isinstance(found, WhichDay) and not found.choices)
    return "" if nowhere else said


def read(text: str, *, today: date, calendar: Calendar) -> Meant | None:
    """What the words mean on this day, or None where they are no date."""
    said = _tidy(text)
    if said in _CLEAR:
        return NoDate()
    if yearly := re.fullmatch(r"(?:every|each)(?: year)?(?: on)? (.+)|(?:yearly|annually)(?: on)? (.+)", said):
        return _every_year(_LEADING.sub("", yearly[1] or yearly[2]), today)
    ends_today = bool(_END_OF_DAY.search(said))
    said = " ".join(_END_OF_DAY.sub(" ", said).split())
    said = _LEADING.sub("", said)
    if not said:
        return OnDay(today) if ends_today else None
    return _Reading(today, calendar).of(said)


def _tidy(text: str) -> str:
    """Lower case, single spaces, no decoration, no commas, and full stops only within numbers."""
    said = re.sub(r"[\"'“”‘’`*_()]", "", text.casefold())
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
        """`in 3 business days`, `two weeks from now`, `5 trading days before May 31 2027`."""
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
            return _months_on(day, n * (12 if unit == "year" else 1))
        return day + timedelta({"day": 1, "week": 7, "fortnight": 14}[unit] * n)

    def _weekday(self, said: str) -> Meant | None:
        """`Friday`, `this Friday`, `next Friday`, `Friday Dec 18`: where two readings differ, both are offered."""
        found = re.fullmatch(r"(this |this coming |coming |next |last )?([a-z]+)(?: (next week|week|.+))?", said)
        index = _named(found[2], WEEKDAYS) if found else None
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

    def _checked(self, index: int, rest: str) -> Meant | None:
        """A weekday beside a date must be its weekday."""
        meant = self.of(_LEADING.sub("", rest))
        if not isinstance(meant, OnDay) or meant.on.weekday() == index:
            return meant
        real, said = WEEKDAYS[meant.on.weekday()].capitalize(), WEEKDAYS[index].capitalize()
        near = meant.on + timedelta((index - meant.on.weekday() + 3) % 7 - 3)
        asked = f"{_short(meant.on)} is a {real}, not a {said}. Which day do you mean?"
        return WhichDay(asked, self._to_come(meant.on, near))

    def _edge(self, said: str) -> Meant | None:
        """`end of month`, `end of next month`, `end of May 2027`, `end of the quarter`, `eoy`, `start of next week`."""
        short = {"eom": "end of month", "eow": "end of week", "eoy": "end of year", "eoq": "end of quarter"}
        said = short.get(said, said)
        found = re.fullmatch(r"(end|last day|start|beginning|first day) of (?:the )?(.+)", said)
        if not found:
            return None
        span = self._named_span(found[2])
        if span is None:
            return None
        return self._day(span[1] if found[1] in ("end", "last day") else span[0])

    def _span(self, said: str) -> Meant | None:
        """A whole week, month or quarter is no day: its first and last are offered."""
        span = self._named_span(said)
        if span is None:
            return None
        return WhichDay("That is more than one day. Which one do you mean?", self._to_come(*span))

    def _named_span(self, said: str) -> tuple[date, date] | None:
        """First and last day; of a week the trading days' Monday and Friday."""
        found = re.fullmatch(r"(?:(this|next) )?(?:(week|month|quarter|year)|([a-z]+)|q([1-4]))(?: (\d{4}))?", said)
        if not found and (year := re.fullmatch(r"(20\d\d)", said)):
            return date(int(year[1]), 1, 1), date(int(year[1]), 12, 31)
        if not found:
            return None
        on = 1 if found[1] == "next" else 0
        year_said = int(found[5]) if found[5] else 0
        if found[2]:
            return None if year_said else self._this(found[2], on)
        first, months = (_named(found[3], MONTHS), 1) if found[3] else (3 * (int(found[4]) - 1), 3)
        if first is None or found[1] == "this":
            return None
        start = date(year_said or self.today.year, first + 1, 1)
        if not year_said and _last_of(start, months) < self.today:
            start = date(self.today.year + 1, first + 1, 1)
        return start, _last_of(start, months)

    def _this(self, unit: str, on: int) -> tuple[date, date]:
        today = self.today
        if unit == "week":
            monday = today - timedelta(today.weekday()) + timedelta(7 * on)
            return monday, monday + timedelta(4)
        months = {"month": 1, "quarter": 3, "year": 12}[unit]
        start = _months_on(date(today.year, (today.month - 1) // months * months + 1, 1), months * on)
        return start, _last_of(start, months)

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
            month, day = _named(month_word, MONTHS), _day_number(day_word)
            if month is not None and day:
                return self._in_some_year(month + 1, day, year)
        return None

    def _of_the_month(self, day: int) -> Meant | None:
        """`the 15th`: the next one there is."""
        if not 1 <= day <= 31:
            return None
        months = (_months_on(self.today.replace(day=1), n) for n in range(4))
        days = (m.replace(day=day) for m in months if day <= monthrange(m.year, m.month)[1])
        return OnDay(next(d for d in days if d >= self.today))

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
    try:
        meant = reading.of_month_and_day(said) or reading.of_numbers(said)
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


def _named(word: str, names: Sequence[str]) -> int | None:
    """The place of a month or weekday, by its name or a beginning of three letters and more."""
    found = [n for n, name in enumerate(names) if len(word) >= 3 and name.startswith(word)]
    if word in ("sept", "tues", "thur", "thurs"):
        found = [n for n, name in enumerate(names) if name.startswith(word[:3])]
    return found[0] if len(found) == 1 else None


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


def _months_on(day: date, n: int) -> date:
    """So many months later; the 31st becomes the last day of a shorter month."""
    months = day.year * 12 + day.month - 1 + n
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _last_of(start: date, months: int) -> date:
    return _months_on(start, months) - timedelta(1)


def _long(day: date) -> str:
    return f"{day:%A}, {_short(day)}"


def _short(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"
