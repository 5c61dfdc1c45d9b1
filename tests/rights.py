"""What somebody sees who is not root and owns nothing: rights are what they are for a service's own user."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NOBODY = 65534


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter, and write to; the tests' own are closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="cais-rights-"))
    try:
        folder.chmod(0o777)
        yield folder
    finally:
        for inside in folder.rglob("*"):
            if inside.is_dir():
                inside.chmod(0o700)
        shutil.rmtree(folder)


@contextmanager
def not_root() -> Iterator[None]:
    """Inside the block this process is another user where it is root, whom no right keeps from anything.

    That user may not be able to read Python's own files: load what is needed before.
    """
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
