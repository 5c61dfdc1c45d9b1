"""The input guard: text that looks like personal data is refused before it is stored anywhere.

Only that it was refused, and what it looked like, is kept.
"""

import re
from collections.abc import Iterable
from urllib.parse import unquote

from flows.firms import Refusal


def _is(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


# What repeats within a pattern has a limit: text of any length is looked at, and must not hold anybody up.
# What is harmless is taken out before the looks below; which of it, each look says.
_ADDRESS = _is(r"https?://\S+")
_DATE = _is(
    r"(?<![\w.-])(?:(?:19|20)\d{2}[-/.](?:0?[1-9]|1[0-2])(?:[-/.]\d{1,2})?|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)?\d{2})"
    r"(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?(?![\d-])"
)
_SOLID_DATE = _is(r"(?<![\w-])(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?![\w-])")
_PHONE = _is(
    r"(?<!\d)(?:(?:\+?1[ .-]?)?(?:\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}|[2-9]\d\d[ .-]?[2-9]\d\d[ .-]?\d{4})"
    r"|\+\d{1,3}(?:[ .-]?\(?\d{1,4}\)?){2,5})(?![\w-])"
)
_AMOUNT = _is(
    r"(?:\$|€|£|\b(?:USD|EUR|GBP))\s?\d[\d,.]{0,20}|(?<![\d,.])\d[\d,.]{0,20}\s(?:dollars?|USD|euros?|pounds?)\b"
    r"|\b\d{1,7}(?:(?:,? (?:or|and|to) |, ?| ?- ?)\d{1,7}){0,5} (?:accounts|customers|records|events|rows|files)\b"
)
_PERIOD_OR_RULE = _is(
    r"\b(?:(?:Q[1-4]|H[12]|FY)[- ]?\d{2,4}"  # Q3-2026
    r"|\d{1,2}-[IVX]+(?:-[A-Z])?"  # 6-II-A
    r"|\d{1,2}[a-z]{1,2}-\d{1,2}(?:\(\w\))*"  # 17a-4(f)
    r"|(?:34|8)-\d{4,6})(?![\w-])"  # an SEC release or file
)
_NUMBER = r"[A-Z]{0,6}[-#]?\d{1,8}(?:-\d{1,6})?(?![\w-])"
_NAMED = _is(
    r"\b(?:tickets?|cases?|crd|sec|iard|cat alerts?)\b[\s.:#]*(?:(?:nos?|numbers?)\b[\s.:#]*)?"
    rf"{_NUMBER}(?:(?:\s*[,;/&]\s*|\s+)(?:(?:and|or)\s+)?{_NUMBER}){{0,20}}"
)

_SSN = _is(r"(?<!\d)(?<!\d[-.])\d{3}(?: ?[-.] ?| )\d{2}(?: ?[-.] ?| )\d{4}(?![\d])(?!-\d)")
_NINE = _is(r"(?:(?<![\w.-])|(?<=SSN)|(?<=TIN)|(?<=\bID))\d{9}(?![\w-])")
_TIN = _is(r"(?<![\w-])\d{2}-\d{7}(?![\w-])|\b[FEI]*(?:EIN|TIN)\W{0,3}\d{2}[- ]?\d{7}(?!\d)")
_ACCOUNT = _is(
    r"\b(?:acct|account|a/c|iban)\b(?:[\s.:#=-]|\b(?:numbers?|no|nr|num|id|is|was|ending|in|with)\b)*"
    r"(?=(?:[A-Z-]*\d){5})[A-Z0-9-]{5,}"
)
_LONG_NUMBER = _is(r"(?<![\w./-])\d(?:[ -]?\d){9,18}(?![\w-])")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?=(?:[A-Z ]*\d){10}) ?(?:[A-Z0-9]{4} ?){2,7}[A-Z0-9]{1,4}\b")

_LOOKS: tuple[tuple[str, tuple[re.Pattern[str], ...], tuple[re.Pattern[str], ...]], ...] = (
    # What it looks like, what is taken out before, what is looked for. Addresses are full of long numbers; in them
    # only what is written with the marks of a personal number counts.
    ("a Social Security number", (_DATE, _PHONE), (_SSN,)),
    ("a Social Security number", (_ADDRESS, _DATE, _PHONE, _AMOUNT), (_NINE,)),
    ("a taxpayer number", (_DATE, _PHONE), (_TIN,)),
    ("an account number", (_ADDRESS, _DATE), (_ACCOUNT, _IBAN)),
    ("an account number", (_ADDRESS, _DATE, _SOLID_DATE, _PHONE, _AMOUNT), (_LONG_NUMBER,)),
)

_IN_LISTS = (_ADDRESS, _DATE, _SOLID_DATE, _PHONE, _AMOUNT, _PERIOD_OR_RULE, _NAMED)
_IDENTIFIER = _is(
    r"(?!\d+(?:st|nd|rd|th))(?:(?=.*\d)[A-Z0-9][A-Z0-9_-]{5,39}|(?=.*\d)(?=.*[A-Z])[A-Z0-9][A-Z0-9_-]{4})"
)
_BETWEEN = _is(r"and|or|&|[-*+]|\d{1,2}[.)]|")
_FEWEST_IN_A_LIST = 3
_THREE_DIGITS = re.compile(r"(?:\D*\d){3}")

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—−"), "-") | {0xA0: " ", 0x202F: " "}

TICKET = "If it is a ticket number, say so and it will be kept."


def looks_like(text: str) -> str:
    """What the text looks like (`a Social Security number` ...), or empty where it looks harmless."""
    plain = unquote(text).translate(_DASHES)
    if not _THREE_DIGITS.match(plain):
        return ""  # as in most of what people type; a list of FDIDs has the fewest, one for each
    for name, harmless, wanted in _LOOKS:
        rest = _without(plain, harmless)
        if any(pattern.search(rest) for pattern in wanted):
            return name
    return "a list of FDIDs" if _is_list(_without(plain, _IN_LISTS)) else ""


def _without(text: str, harmless: Iterable[re.Pattern[str]]) -> str:
    for pattern in harmless:
        text = pattern.sub(" ", text)
    return text


def _is_list(text: str) -> bool:
    """Identifiers one after the other, with nothing but separators, list marks, "and" or "or" between them."""
    row = 0
    for word in re.split(r"[\s,;|/•·]+", text):
        bare = word.strip("'\"()[].:")
        if _IDENTIFIER.fullmatch(bare):
            row += 1
        elif not _BETWEEN.fullmatch(word):
            row = 0
        if row >= _FEWEST_IN_A_LIST:
            return True
    return False


def check(texts: Iterable[str], *, ticket: bool, way_on: bool = True) -> None:
    """Raises Refusal of kind `guard` where any of the texts looks like personal data and nobody said it is a ticket.

    `way_on`: whether there is a way to say so; a name is no ticket.
    """
    for text in texts:
        found = "" if ticket else looks_like(text)
        if found:
            raise Refusal(
                f"That looks like {found}. This record must not hold personal data, account numbers or lists of"
                f" FDIDs, so nothing was stored. Describe it in words instead." + (f" {TICKET}" if way_on else ""),
                kind="guard",
            )
