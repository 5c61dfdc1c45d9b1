"""The processes a benchmark runs: the app and a bare Bolt app alone on one core, everything else on the other."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil

SECRET = "benchmark"
APP_CORE, LOAD_CORE = 0, 1


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def pinned(core: int) -> list[str]:
    """The words before a command that keep it on one core, where the machine can do that."""
    return ["taskset", "-c", str(core)] if shutil.which("taskset") and (os.cpu_count() or 1) > 1 else []


@contextmanager
def process(command: list[str], *, core: int, env: Mapping[str, str] | None = None, port: int) -> Iterator[int]:
    """Runs a command until it listens; yields its process id and ends it afterwards."""
    # Compiled modules are kept, as they are by default and after `make install`: else the compiler would be measured.
    wanted = {**os.environ, **(env or {}), "PYTHONDONTWRITEBYTECODE": ""}
    with Path("/dev/null").open("w") as quiet:
        child = subprocess.Popen([*pinned(core), sys.executable, *command], env=wanted, stdout=quiet)
    try:
        wait_for(port, child)
        yield child.pid
    finally:
        child.terminate()
        child.wait(20)


def wait_for(port: int, child: "subprocess.Popen[bytes]") -> None:
    """Returns when something answers HTTP at the port. Raises RuntimeError where the process ended before."""
    for _ in range(1000):
        if child.poll() is not None:
            raise RuntimeError(f"{child.args!r} ended with {child.returncode}")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.01)
        else:
            return
    raise RuntimeError(f"nothing listens at port {port}")


def app_settings(port: int, slack_port: int, folder: Path) -> dict[str, str]:
    """The environment of the app over HTTP against the pretend Slack API of the benchmark."""
    return {
        "CAIS_MODE": "http",
        "CAIS_PORT": str(port),
        "CAIS_HOST": "127.0.0.1",
        "CAIS_DATA_DIR": str(folder),
        "CAIS_LOG_LEVEL": "WARNING",
        "SLACK_BOT_TOKEN": "xoxb-benchmark",
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": f"http://127.0.0.1:{slack_port}/api/",
    }


def resident(pid: int) -> float:
    """Megabytes of memory the process and its children hold."""
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    return float(sum(p.memory_info().rss for p in family)) / 1e6
