"""Log lines: an action on each, no tokens, nothing of what people wrote."""

import io
import logging
from collections.abc import Iterator

import pytest

from bot.logs import set_up


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What is logged, with the handlers put back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    set_up("DEBUG", stream=stream)
    yield stream
    root.handlers[:], root.level = handlers, level


def as_bolt(level: int, text: str) -> None:
    """A line as Slack's libraries write it, whatever their logger is called."""
    record = logging.LogRecord("slack_bolt.Any", level, "/site-packages/slack_bolt/app.py", 1, text, None, None)
    logging.getLogger("slack_bolt.Any").handle(record)


def test_a_line_carries_its_action_and_its_fields(lines: io.StringIO) -> None:
    logging.getLogger("cais.steps").info("A task is done.", extra={"action": "task_done", "firm": "f1"})
    (line,) = lines.getvalue().splitlines()
    assert "level=info action=task_done event=" in line
    assert "firm=f1" in line


def test_an_error_with_a_traceback_is_still_one_line(lines: io.StringIO) -> None:
    try:
        raise ValueError("no")
    except ValueError:
        logging.getLogger("cais").exception("It failed.", extra={"action": "failed"})
    (line,) = lines.getvalue().splitlines()
    assert "ValueError: no" in line


@pytest.mark.parametrize("secret", ["xoxb-1-2-abc", "xapp-1-A-2-abc", "xoxe.xoxb-1-abc", "xoxp-99"])
def test_a_token_never_gets_into_the_log(lines: io.StringIO, secret: str) -> None:
    logging.getLogger("cais").warning("Slack refused %s", secret, extra={"action": "refused", "token": secret})
    logging.getLogger("cais").warning("again", extra={"action": "refused", "all": {"token": secret}})
    assert secret not in lines.getvalue()
    assert "[hidden]" in lines.getvalue()


def test_what_people_wrote_is_cut_from_the_lines_of_slacks_libraries(lines: io.StringIO) -> None:
    as_bolt(logging.INFO, "Invalid request signature detected (signature: v0=1, timestamp: 1, body: text=our+secret)")
    as_bolt(logging.WARNING, "Unhandled request ({'type': 'block_actions', 'value': 'our secret'})\n---\nsecret")
    as_bolt(logging.DEBUG, "Sending a request - url: x, params: {'text': 'our secret'}")
    written = lines.getvalue()
    assert "secret" not in written
    assert "Invalid request signature detected" in written
    assert "Unhandled request" in written
    assert len(written.splitlines()) == 2


def test_a_library_says_what_went_wrong_and_where_and_quotes_nothing(lines: io.StringIO) -> None:
    logging.getLogger("aiosqlite").debug("executing %s", ("INSERT", "our secret"))
    logging.getLogger("asyncio").warning("Task was destroyed\nfuture: ValueError('our secret')")
    logging.getLogger("asyncio").error("Exception in callback Told.heard('our secret') at told.py:12\nhandle: <x>")
    try:
        raise ValueError("our secret")
    except ValueError:
        logging.getLogger("aiohttp.server").exception("Error handling request")
    written = lines.getvalue()
    assert "secret" not in written
    assert "aiosqlite" not in written
    assert "Task was destroyed" in written
    assert "Exception in callback Told.heard(...) at told.py:12" in written
    assert 'error="ValueError at test_logs.py:' in written


def test_a_practice_run_is_marked_on_every_line(lines: io.StringIO) -> None:
    stream = io.StringIO()
    set_up("INFO", practice=True, stream=stream)
    logging.getLogger("cais").info("one", extra={"action": "one"})
    logging.getLogger("anybody").warning("two")
    assert [("practice=true" in line) for line in stream.getvalue().splitlines()] == [True, True]


def test_the_level_is_kept_to(lines: io.StringIO) -> None:
    stream = io.StringIO()
    set_up("WARNING", stream=stream)
    own = logging.getLogger("cais.own")
    own.setLevel("INFO")
    own.info("quiet", extra={"action": "one"})
    assert stream.getvalue() == ""


def test_the_password_in_an_address_never_gets_into_the_log(lines: io.StringIO) -> None:
    as_bolt(logging.ERROR, "Failed to connect (error: 407, message='No', url='http://cais:hunter2@proxy.corp:3128')")
    try:
        raise ValueError("http://cais:hunter2@x@proxy.corp:3128/")
    except ValueError:
        logging.getLogger("cais").exception("It failed.", extra={"action": "failed"})
    written = lines.getvalue()
    assert "hunter2" not in written
    assert "http://[hidden]@proxy.corp:3128" in written


def test_a_socket_that_cannot_be_opened_is_one_line_each_time(lines: io.StringIO) -> None:
    path = "/site-packages/slack_sdk/socket_mode/aiohttp/__init__.py"
    try:
        raise ConnectionError("no way")
    except ConnectionError as error:
        why = (type(error), error, error.__traceback__)
        record = logging.LogRecord("cais.slack", logging.ERROR, path, 1, "Failed to connect (no way)", None, why)
    logging.getLogger("cais.slack").handle(record)
    said = lines.getvalue()
    assert "Failed to connect" in said
    assert "Traceback" not in said
