"""Log lines: one line per event with a stable `action`, no tokens, and nothing of what people wrote."""

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import PurePath
from typing import Any, TextIO

Line = MutableMapping[str, Any]

_SECRETS = re.compile(
    r"xox[a-z](?:\.xox[a-z])?-[\w-]+|xapp-[\w-]+|(?<=hooks\.slack\.com/)\S+|(?<=ticket=)[\w-]+"
    r"|(?<=://)[^\s/?#]+(?=@)"  # name and password in an address, such as a proxy's
)
_SLACK_LIBRARIES = ("/slack_bolt/", "/slack_sdk/")
_SOCKET = "/slack_sdk/socket_mode/"
_GIVEN = re.compile(r"\(.+\)")
"""What a callback was given, which asyncio shows of one that fails, and in its debug mode of one that takes long."""

_BODY_STARTS = re.compile(r"[\n{]|[,(]?\s*\b(?:body|params|payload|headers|data|files)\b\s*[:=]", re.IGNORECASE)


def set_up(level: str, *, practice: bool = False, stream: TextIO | None = None) -> None:
    """Send everything that is logged in this process to the stream (stderr), one line each.

    `practice` marks every line: the clock is moved, so nothing here happened when it says.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setLevel(level)  # a logger with a level of its own does not ask the root's
    handler.addFilter(_hide_bodies)
    handler.setFormatter(_FromFirstLine(practice))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
    # A line a migration and more: a first start had seventeen. `storage.migrate` says in one that they were made.
    logging.getLogger("alembic").setLevel(logging.WARNING)


class _FromFirstLine(logging.Formatter):
    """Formats by structlog, which is loaded when there is something to say: it takes a tenth of a start."""

    def __init__(self, practice: bool) -> None:
        super().__init__()
        self._practice = practice
        self._formatter: logging.Formatter | None = None

    def format(self, record: logging.LogRecord) -> str:
        if self._formatter is None:
            self._formatter = _one_line_each(self._practice)
        return self._formatter.format(record)


def _one_line_each(practice: bool) -> logging.Formatter:
    import structlog

    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.ExtraAdder()],
        processors=[
            _Marked(practice),
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _redact,
            structlog.processors.LogfmtRenderer(
                key_order=["timestamp", "level", "practice", "action", "event"], drop_missing=True
            ),
        ],
    )


def _hide_bodies(record: logging.LogRecord) -> bool:
    """Slack's libraries log requests and answers, with what people typed and with tokens in them.

    Of their lines what follows the first sign of a body is dropped. Other libraries may quote what they could not read,
    in an error or after the first line. And no library's DEBUG lines are for us: a database's show what it is given.
    """
    if not any(library in record.pathname.replace("\\", "/") for library in _SLACK_LIBRARIES):
        if record.name.partition(".")[0] == "cais":
            return True
        _shorten(record)
        return record.levelno >= logging.INFO
    if record.levelno < logging.INFO:
        return False
    record.msg, record.args = _BODY_STARTS.split(record.getMessage(), maxsplit=1)[0].strip(), None
    if _SOCKET in record.pathname.replace("\\", "/"):  # it tries every few seconds, and its message says why
        record.exc_info, record.exc_text = None, None
    return True


def _shorten(record: logging.LogRecord) -> None:
    """The first line, and of an error its kind and where it came up: its text may be what somebody sent."""
    first = record.getMessage().partition("\n")[0]
    record.msg, record.args = _GIVEN.sub("(...)", first) if record.name == "asyncio" else first, None
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        *_, last = traceback.extract_tb(error.__traceback__) or [None]
        where = f" at {PurePath(last.filename).name}:{last.lineno}" if last else ""
        record.error = f"{type(error).__name__}{where}"
    record.exc_info, record.exc_text = None, None


class _Marked:
    """Gives each line its action (that of a library is `library`) and, in a practice run, the mark."""

    def __init__(self, practice: bool) -> None:
        self._practice = practice

    def __call__(self, logger: Any, method: str, line: Line) -> Line:
        record: logging.LogRecord = line["_record"]
        if "action" not in line:
            line["action"] = "library"
            line["logger"] = record.name
        if self._practice:
            line["practice"] = "true"
        return line


def _redact(logger: Any, method: str, line: Line) -> Line:
    for key, value in line.items():
        text = value if isinstance(value, str) else str(value)
        if _SECRETS.search(text):
            line[key] = _SECRETS.sub("[hidden]", text)
    return line
