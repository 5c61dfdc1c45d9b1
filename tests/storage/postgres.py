"""A PostgreSQL server of our own, made from the machine's binaries, thrown away afterwards."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

USER = "cais"


def _binaries() -> Path | None:
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if versions:
        return versions[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def account() -> str | None:
    """PostgreSQL refuses to run as root; whoever else we are, it may run as."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@contextmanager
def server(*settings: str) -> Iterator[str]:
    """The address of a fresh server on a socket of its own. Skips where there is none to start, but never in CI.

    `settings` come after ours, which make it quick to start and careless about power cuts.
    """
    binaries = _binaries()
    if binaries is None:
        if os.environ.get("CI"):
            pytest.fail("CI must have PostgreSQL: apt-get install postgresql")
        pytest.skip("PostgreSQL is not installed on this machine")
    user = account()
    with tempfile.TemporaryDirectory(prefix="cais-pg-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        if user:
            shutil.chown(home, user)
        command = [binaries / "initdb", "-D", home / "data", "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run(command, check=True, user=user, cwd=home, stdout=subprocess.DEVNULL)
        usual = ("listen_addresses=", "fsync=off", "shared_buffers=16MB", "max_connections=100")
        options = [word for setting in (*usual, *settings) for word in ("-c", setting)]
        process = subprocess.Popen(
            [binaries / "postgres", "-D", home / "data", "-k", home, *options],
            user=user,
            cwd=home,
            stdout=subprocess.DEVNULL,
            stderr=(home / "log").open("wb"),
        )
        try:
            _wait(binaries, home, process)
            yield f"postgresql+asyncpg://{USER}@/postgres?host={home}"
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait(binaries: Path, home: Path, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(600):
        ready = subprocess.run([binaries / "pg_isready", "-q", "-h", home], check=False)
        if ready.returncode == 0:
            return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    pytest.fail("PostgreSQL did not start: " + (home / "log").read_text(errors="replace"))
