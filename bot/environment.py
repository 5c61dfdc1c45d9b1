"""What the operator gave by name: in the environment, and in a .env file in the folder this was started in."""

import os
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from io import StringIO
from pathlib import Path

FILE = Path(".env")
_OURS = ("SLACK_", "CAIS_")


def given() -> dict[str, str]:
    """The environment, which wins over the file. Raises ValueError, with a sentence, where the file cannot be read."""
    text = _text()
    if not text:
        return dict(os.environ)
    from dotenv import dotenv_values  # most starts have no such file

    _check(text)
    return {name: value or "" for name, value in dotenv_values(stream=StringIO(text, None)).items()} | dict(os.environ)


def _check(text: str) -> None:
    """The library passes over what it cannot read, and of two lines with one name it takes the last, be it empty."""
    from dotenv.parser import parse_stream

    seen: dict[str, tuple[int, str]] = {}
    for one in parse_stream(StringIO(text, None)):
        whole = one.original.string
        line = one.original.line + whole[: len(whole) - len(whole.lstrip())].count("\n")
        if one.error or (one.key and one.value is None):
            todo = "Write NAME=value, with both quotes where there are any, or put a # before it."
            raise ValueError(f"Line {line} of the file {FILE.absolute()} is no setting. {todo}")
        if one.key and one.key.startswith(_OURS):
            before, value = seen.setdefault(one.key, (line, one.value or ""))
            if value != one.value:
                where = f"in lines {before} and {line} of the file {FILE.absolute()}"
                raise ValueError(f"{one.key} stands twice, {where}, with different values. Delete one of the two.")


def _text() -> str:
    """What stands in the file; empty where there is none. Editors on Windows put a mark before it, which is no text."""
    try:
        raw = FILE.read_bytes() if FILE.is_file() else b""
    except OSError as error:
        todo = "Let the user who runs this read it, or start in another folder."
        raise ValueError(f"The file {FILE.absolute()} cannot be read: {error.strerror}. {todo}") from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(_not_utf8(raw[: error.start])) from None
    if "\0" in text:  # each second byte of UTF-16 is one
        raise ValueError(_not_utf8(raw[: raw.index(0)]))
    return text


def _not_utf8(before: bytes) -> str:
    line = before.count(b"\n") + 1
    return f"The file {FILE.absolute()} is not written in UTF-8, see line {line}. Save it anew with the encoding UTF-8."


_CLOSE = 0.75
"""How alike two names are, of 1, of which one may be a slip of the pen for the other."""
_AS_CLOSE = 0.05
"""Names that are alike by so little less may be meant as well."""

_BY_VALUE = {"xoxb-": "SLACK_BOT_TOKEN", "xapp-": "SLACK_APP_TOKEN"}
"""What a token is tells better than its name where it belongs."""
_OF_SLACKS_CLI = ("SLACK_CLI_", "SLACK_USER_TOKEN")
"""What Slack's own command line sets beside the names that are ours, too."""
_OF_OTHERS = frozenset({"SLACK_API_TOKEN", "SLACK_CONFIG_TOKEN", "SLACK_STATE_SECRET", "SLACK_SERVICE_TOKEN"})
"""Names that Slack's libraries and tools have for other things, though they look like ours."""


def slips(variables: Mapping[str, str], known: Iterable[str]) -> dict[str, list[str]]:
    """Slack's names that are none of the known ones, each with those that may be meant; none of these is set.

    Where what may be meant is set, the other is somebody else's, such as a second app's token.
    """
    ours = [name for name in known if name.startswith("SLACK_")]
    strange = {name: text for name, text in variables.items() if name.upper().startswith("SLACK_") and text.strip()}
    meant = {name: _meant(name.upper(), text.strip(), ours) for name, text in strange.items() if name not in ours}
    return {
        name: may_be
        for name, may_be in sorted(meant.items())
        if may_be and not any(variables.get(one, "").strip() for one in may_be)
    }


def _meant(name: str, text: str, ours: Iterable[str]) -> list[str]:
    if name.startswith(_OF_SLACKS_CLI):
        return []
    for start, token in _BY_VALUE.items():
        if text.startswith(start):
            return [token]
    if "://" in text:  # a webhook's, or of a workspace, is nothing of ours
        return ["SLACK_API_URL"] if text.rstrip("/").endswith("/api") else []
    if name in _OF_OTHERS:
        return []
    alike = {one: SequenceMatcher(None, name, one).ratio() for one in ours if one != "SLACK_API_URL"}
    best = max(alike.values())
    return [one for one, how in alike.items() if how >= max(_CLOSE, best - _AS_CLOSE)]
