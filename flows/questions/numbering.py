"""The numbers of steps, sections, parts and dates: each becomes a word of its own."""

import re

from flows.questions.units import Kind

_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven")
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh")
_STEP = re.compile(
    r"\b(?:steps?|stage)\s*(?:no\.?|nr\.?|number|#)?\s*(\d|" + "|".join(_NUMBERS) + r")\b"
    r"|\b(\d)(?:st|nd|rd|th) (?:step|stage)|\b(" + "|".join(_ORDINALS[1:]) + r") (?:step|stage)\b"
)
_STEPS_MORE = re.compile(r"(step\.\d)\s*(?:or|and|/|,|vs\.?|to)\s*(?:step\s*)?([1-7])\b(?![./]\d)")
_COUNTED = (
    r"(?![\d.,/:%]*\d)(?! ?(?:%|[ap]\.?m\b|o.clock|[a-z]+s\b"
    r"|more|other|different|of|clearing|reporting|new|person|man))"
)
"""After a bare number: not what is counted, nor the time of day."""
_OR = re.compile(rf"\b([1-6]) (?:or|and|vs) ([1-6])\b{_COUNTED}")
_BARE = re.compile(
    r"\b(go to|proceed to|skip to|skip|after|before|with|finished|done|completed|do|need|past|from) ([1-7])\b"
    + _COUNTED
)
_SECTION = re.compile(r"\b(?:section|sec|chapter|sect|§)\.?\s*(\d(?:\.\d)?)\b|(?<![\d./$])(3\.2|6\.1)(?![\d./%])")
_PART = re.compile(
    r"\b(?:part|section)\s*\(?(i{1,3}|a|b|c)\)?(?=$|[\s?.,])|\(([abc])\)|\b6[- .]?(?:ii|i)[- .]?([abc])\b"
)
_MAY_HAVE_PARTS = re.compile(r"part|section|\(")
_ANY_DIGIT = re.compile(r"\d")
NUMBERED = re.compile(r"((?:step|section|part|date)\.[\w-]+)")
"""Such a word; text split by it has them at every other place."""
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATE = re.compile(
    rf"\b{_MONTH} (\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? ((?:19|20)\d\d))?|\b(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}"
    r"|\b(\d{1,2})/(\d{1,2})(?:/(?:20)?\d\d)?\b|\b20\d\d-(\d\d)-(\d\d)\b"
)


def numbered(text: str) -> str:
    """With the numbers of steps, sections, parts and dates as words of their own."""
    if "step" in text or "stage" in text:
        text = _STEP.sub(lambda m: f" step.{_digit(m[1] or m[2] or m[3])} ", text)
    if _ANY_DIGIT.search(text):  # most questions have none, and none of these finds anything then
        text = _OR.sub(r" step.\1 or step.\2 ", text)
        text = _BARE.sub(r"\1 step.\2 ", text)
        text = _STEPS_MORE.sub(r"\1 step.\2", text)
        text = _SECTION.sub(lambda m: f" section.{(m[1] or m[2]).replace('.', '_')} ", text)
        text = _PART.sub(_parted, text)
        return _DATE.sub(_dated, text)
    return _PART.sub(_parted, text) if _MAY_HAVE_PARTS.search(text) else text


def _parted(m: re.Match[str]) -> str:
    return f" part.{m[1] or m[2] or m[3]} "


def marked(word: str) -> Kind | None:
    if word.startswith("step."):
        return "step"
    if word.startswith(("section.", "part.")):
        return "topic"
    return "date" if word.startswith("date.") else None


def _digit(said: str) -> str:
    if said.isdigit():
        return said
    return str((_NUMBERS if said in _NUMBERS else _ORDINALS).index(said) + 1)


def _dated(m: re.Match[str]) -> str:
    if m[1]:
        return f" date.{MONTHS.index(m[1]) + 1}-{int(m[2])} "
    if m[5]:
        return f" date.{MONTHS.index(m[5]) + 1}-{int(m[4])} "
    month, day = (m[6], m[7]) if m[6] else (m[8], m[9])
    return f" date.{int(month)}-{int(day)} "
