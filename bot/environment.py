"""What the operator gave by name: in the environment, and in a .env file in the folder this was started in."""

import os
from io import StringIO
from pathlib import Path

FILE = Path(".env")


def given() -> dict[str, str]:
    """The environment, which wins over the file. Raises ValueError, with a sentence, where the file cannot be read."""
    text = _text()
    if not text:
        return dict(os.environ)
    from dotenv import dotenv_values  # most starts have no such file

    return {name: value or "" for name, value in dotenv_values(stream=StringIO(text, None)).items()} | dict(os.environ)


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
