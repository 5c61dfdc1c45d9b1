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
PATIENCE = 60.0
"""Seconds until something has to listen, also where others use the machine."""


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def pinned(core: int) -> list[str]:
    """The words before a command that keep it on one core, where the machine can do that."""
    return ["taskset", "-c", str(core)] if shutil.which("taskset") and (os.cpu_count() or 1) > 1 else []


@contextmanager
def process(
    command: list[str], *, core: int, env: Mapping[str, str] | None = None, port: int, program: str = sys.executable
) -> Iterator[int]:
    """Runs a command until it listens; yields its process id and ends it afterwards."""
    # Compiled modules are kept, as they are by default and after `make install`: else the compiler would be measured.
    wanted = {**os.environ, **(env or {}), "PYTHONDONTWRITEBYTECODE": ""}
    with Path("/dev/null").open("w") as quiet:
        child = subprocess.Popen([*pinned(core), program, *command], env=wanted, stdout=quiet)
    try:
        wait_for(port, child)
        yield child.pid
    finally:
        child.terminate()
        child.wait(20)


def wait_for(port: int, child: "subprocess.Popen[bytes]") -> None:
    """Returns when something answers HTTP at the port. Raises RuntimeError where the process ended before."""
    end = time.perf_counter() + PATIENCE
    while time.perf_counter() < end:
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


def bolt_for_javascript() -> dict[str, str] | None:
    """The environment in which Node finds Bolt for JavaScript, or None where either is missing."""
    if not (node := shutil.which("node")):
        return None
    folders = [os.environ.get("NODE_PATH", "")]
    if npm := shutil.which("npm"):
        folders.append(subprocess.run([npm, "root", "-g"], capture_output=True, text=True, check=False).stdout.strip())
    env = {"NODE_PATH": os.pathsep.join(filter(None, folders)), "NODE_ENV": "production"}
    look = [node, "-e", "require.resolve('@slack/bolt')"]
    found = subprocess.run(look, env={**os.environ, **env}, capture_output=True, check=False)
    return env if found.returncode == 0 else None


def at_rest(pid: int, most: float = 0.05, seconds: float = 240.0) -> None:
    """Returns when a process takes less than this share of a core: what it had to do after its start is done."""
    watched, end = psutil.Process(pid), time.perf_counter() + seconds
    watched.cpu_percent()
    while time.perf_counter() < end:
        time.sleep(0.5)
        if watched.cpu_percent() < most * 100:
            return
    raise RuntimeError(f"process {pid} was still at work after {seconds:.0f} s")


def processor_time(pid: int) -> float:
    """Seconds of a core the process and its children have taken."""
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    times = [each.cpu_times() for each in family]
    return float(sum(each.user + each.system for each in times))


def resident(pid: int) -> float:
    """Megabytes of memory the process and its children hold."""
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    return float(sum(p.memory_info().rss for p in family)) / 1e6
