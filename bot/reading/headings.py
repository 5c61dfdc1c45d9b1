"""What in a text without marks looks like a heading."""

import re

_NUMBERED = re.compile(
    r"(?:(?:section|article|chapter|part|appendix)\s+)?(\d{1,3}(?:\.\d{1,3}){0,4})[.):]?\s+(?=[A-Z])", re.I
)
_NAMED = re.compile(r"(?:section|article|chapter|part|appendix)\s+[A-Z\d]{1,5}\b", re.IGNORECASE)
_LONGEST = 90
_MOST_WORDS = 12
_LISTED = re.compile(r"\d{1,3}[.)]\s")


def level_of(line: str, *, larger: bool = False) -> int:
    """1 and deeper for a heading, 0 for anything else. `larger`: it stands in larger type than the text around it."""
    line = line.strip()
    if not line or len(line) > _LONGEST or len(line.split()) > _MOST_WORDS or line[-1] in ".,;:?!" or line.isdigit():
        return 0
    numbered = _NUMBERED.match(line)
    if numbered and (larger or "." in numbered[1] or not _LISTED.match(line) or line.isupper()):
        return numbered[1].count(".") + 1
    letters = [c for c in line if c.isalpha()]
    if larger and letters:
        return 1
    if _NAMED.match(line) and line[0].isupper():
        return 1
    return 1 if len(letters) >= 4 and line.isupper() and len(line.split()) <= 8 else 0
