"""Questions about the firm's own dates, told by their whole wording: what the roadmap may answer is none of them."""

import re
from collections.abc import Sequence
from typing import Literal

from flows.questions.words import tidy

OwnDates = Literal["due", "late", "passed", ""]
"""`due`: which the dates are; `late`: whether the firm is late; `passed`: whether a date has passed, perhaps one of the
roadmap's, so that it can answer where no firm is meant. Empty: something else."""

LONGEST = 200
"""Characters of such a question, courtesies and all; a longer one is about more."""

_WRITTEN_OUT = (
    (re.compile(r"\b(what|when|which|where|that|it|there)'s\b"), r"\1 is"),
    (re.compile(r"'re\b"), " are"),
    (re.compile(r"'ve\b"), " have"),
    (re.compile(r"n't\b"), ""),
    (re.compile(r"'"), ""),
    (re.compile(r"[^a-z0-9\[\]-]+"), " "),
)
_BEFORE = re.compile(
    r"(?:(?:hi|hello|hey|ok|okay|so|and|also|please|pls|sorry|quick question|tell me|show me|remind me|list"
    r"|(?:can|could|would) you (?:please )?(?:tell me|show me|say|list)|do you know|i want to know) )+"
)
_AFTER = re.compile(r"(?: (?:please|pls|thanks|thank you|again|exactly|then|right now|at the moment))+$")

_US = r"(?:we|i|our firm|my firm|the firm|this firm)"
_OUR = r"(?:our|my|our firms|my firms|the firms)"
_THINGS = r"(?:tasks?|steps?|things?|items?|dates?)"
_TASK = r"(?:the )?(?:task )?s[1-9][a-z0-9]{0,4}(?:\[[a-z0-9 -]{1,40}\])?"
_STEP = rf"(?:{_TASK}|{_OUR} step [1-9][a-z0-9-]{{0,8}})"
_SPAN = (
    r"(?: (?:(?:this|next) (?:week|month|quarter|year)|today|tomorrow|soon|now|next|first|by (?:today|tomorrow|friday))"
    r"| (?:for|from) (?:us|me|our firm|my firm))*"
)
_OWN = r"(?:own |next |upcoming |coming |working |current )*"
_DATES = rf"{_OWN}(?:dates|due dates|target dates|task dates)|(?:own |upcoming |coming |next )+deadlines"
_DUE = (
    rf"(?:when|what|what day) is {_OUR} (?:own )?target(?: date| day)?(?: set for| set to)?",
    rf"(?:what|which) target(?: date)? (?:do|did|have) {_US} (?:have|set)",
    rf"do {_US} have a target(?: date)?(?: set)?",
    rf"(?:when|by when|what day|what date) is {_STEP} (?:due|wanted)(?: by)?",
    rf"when do {_US} (?:have to|need to|must) (?:finish|do|have done) {_STEP}",
    rf"(?:(?:what|when) is )?(?:the )?(?:due date|date) (?:of|for) {_STEP}",
    rf"is {_STEP} due{_SPAN}",
    rf"(?:what|what else|which|(?:what|which) {_THINGS}) (?:is|are|comes|is coming|are coming) due{_SPAN}",
    rf"(?:(?:is|are)(?: there)? )?(?:anything|something|any {_THINGS}) (?:else )?due{_SPAN}",
    rf"(?:what|(?:what|which) {_THINGS}) do {_US} have due{_SPAN}",
    rf"(?:(?:what|which|when) are )?{_OUR} (?:{_DATES})",
    rf"(?:what|which) (?:own |due |target )?dates (?:do|did|have) {_US} (?:have|set)(?: set| coming up| ahead)?",
    rf"(?:what|which) deadlines do {_US} have (?:coming up|ahead|this week|next week|this month|next month|next|today)",
    rf"(?:when|what|which) is {_OUR} next (?:own )?(?:deadline|due date|date|target)",
    rf"(?:when are|when is) {_OUR} (?:open |next )?(?:tasks?|steps?) due",
)
_PART = rf"(?:step [1-9][a-z0-9-]{{0,8}}|{_STEP}|(?:the |our |my )?(?:registration|certification))"
_IS_LATE = r"(?:late|overdue|past due|behind|behind schedule|delayed)"
_STILL = r"(?: (?:already|now|too|still|currently|running|yet|really))*"
_ANY = r"(?:it|this|that|everything|anything|something|cais|the roadmap|(?:the |our )?(?:deadline|industry dates?))"
_WITH = rf"(?: (?:with|on|for|in) (?:{_ANY}|{_OUR} {_THINGS}|{_PART}))?"
_SOME = rf"(?:anything|something|any {_THINGS}|any of {_OUR} {_THINGS}|{_OUR} {_OWN}(?:{_THINGS}|target))"
_WHICH = rf"(?:what|which|(?:what|which) (?:{_THINGS}|deadlines?)|which of {_OUR} {_THINGS})"
_NAMED = r"(?:(?:industry|compliance|certification|registration|full|cais|roadmap|official) )*"
_IS_OVER = r"(?:passed|pass|over|gone|past|expired|behind us)"
_LATE = (
    rf"(?:are|am|is|was|were) {_US}{_STILL} (?:{_IS_LATE}|on time|on track|on schedule){_WITH}{_STILL}",
    rf"{_US} (?:are|am|is){_STILL} {_IS_LATE}{_WITH}{_STILL}",
    rf"(?:is|are|was|were) (?:{_SOME}|{_PART}){_STILL} {_IS_LATE}{_STILL}",
    rf"(?:is there )?(?:anything|something|any {_THINGS}){_STILL} {_IS_LATE}{_STILL}",
    rf"{_WHICH} (?:is|are){_STILL} {_IS_LATE}{_SPAN}",
    rf"(?:did|have|has) {_US}{_STILL} (?:missed|miss) (?:the|our|my|an?|any|some) {_NAMED}(?:deadlines?|dates?|target)",
    rf"{_WHICH} (?:did|have|has) {_US} (?:missed|miss)",
    rf"(?:has|have|is|are) {_OUR} {_OWN}(?:target|target date|deadlines?|dates?|due dates?){_STILL} {_IS_OVER}",
)
_PASSED = (
    rf"(?:has|have|is|are|did) (?:the|any|all the) {_NAMED}(?:deadlines?|dates?){_STILL}"
    rf" (?:{_IS_OVER}|{_IS_LATE}){_STILL}",
)
_WAYS: tuple[tuple[OwnDates, Sequence[str]], ...] = (("due", _DUE), ("late", _LATE), ("passed", _PASSED))
_ASKED = tuple((kind, re.compile("|".join(f"(?:{way})" for way in ways))) for kind, ways in _WAYS)


def own_dates(question: str) -> OwnDates:
    """What a question asks about the firm's own dates, only in words that leave no doubt; else empty."""
    if len(question) > LONGEST:
        return ""
    plain = tidy(question)
    for pattern, instead in _WRITTEN_OUT:
        plain = pattern.sub(instead, plain)
    plain = plain.strip()
    begins = _BEFORE.match(f"{plain} ")
    plain = _AFTER.sub("", plain[begins.end() :] if begins else plain).strip()
    return next((kind for kind, asked in _ASKED if asked.fullmatch(plain)), "")
