"""The input guard: text that looks like personal data is refused before it is stored anywhere.

Kinds and reasons: product page and books-and-records notes; we keep only that a refusal happened.
"""

import re
from collections.abc import Iterable
from urllib.parse import unquote

from flows.firms import Refusal

_SSN = re.compile(r"(?<![\w-])\d{3}[- ]\d{2}[- ]\d{4}(?![\w-])")
_TIN = re.compile(r"(?<![\w-])\d{2}-\d{7}(?![\w-])")
_NINE = re.compile(r"(?<![\w.-])\d{9}(?![\w-])")
_ACCOUNT = re.compile(r"\b(?:acct|account|a/c|iban)\b[\s.:#no]*[A-Z0-9-]*\d[A-Z0-9-]{4,}", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"(?<![\w./-])\d(?:[ -]?\d){9,18}(?![\w-])")
_PHONE = re.compile(r"(?:\+?1[ .-]?)?\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?!\d)")
_LINK = re.compile(r"https?://\S+")
_IDENTIFIER = re.compile(r"^(?=.*\d)[A-Z0-9][A-Z0-9_-]{5,39}$", re.IGNORECASE)
_MOMENT = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?(?!\d)")
_DATE = re.compile(r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}$")
_FEWEST_IN_A_LIST = 3

TICKET = "If it is a ticket number, say so and it will be kept."


def looks_like(text: str) -> str:
    """What the text looks like (`a Social Security number` ...), or empty where it looks harmless.

    Addresses are full of long numbers; in them only what is written with the marks of a personal number counts.
    """
    whole = _PHONE.sub(" ", _MOMENT.sub(" ", unquote(text)))
    bare = _PHONE.sub(" ", _MOMENT.sub(" ", _LINK.sub(" ", text)))
    if _SSN.search(whole) or _NINE.search(bare):
        return "a Social Security number"
    if _TIN.search(whole):
        return "a taxpayer number"
    if _ACCOUNT.search(bare) or _LONG_NUMBER.search(bare):
        return "an account number"
    words = [w.strip("'\"()[]") for w in re.split(r"[\s,;|]+", bare)]
    identifiers = [w for w in words if _IDENTIFIER.match(w) and not _DATE.match(w)]
    if len(identifiers) >= _FEWEST_IN_A_LIST:
        return "a list of FDIDs"
    return ""


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
