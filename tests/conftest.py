"""What all tests share: how Hypothesis searches, when garbage is collected, and how workers begin."""

import gc
import importlib
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# On two busy cores a slow example says nothing about the code, and a red CI must be red again when looked into.
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("here"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")

# Before any test is read: what is read once is not rewritten any more.
pytest.register_assert_rewrite("tests.e2e.afterwards", "tests.e2e.histories")

# As in a bot that serves: what is loaded stays, and to look for garbage in it over and over took a sixth of the time.
gc.set_threshold(20_000, 20, 50)


def pytest_collection_finish() -> None:
    """What was read up to here is not looked at for garbage any more."""
    gc.freeze()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Each worker begins to read the tests at another place, so that what one of them compiled the others find."""
    worker = getattr(session.config, "workerinput", None)
    if worker is None or session.config.args != session.config.getini("testpaths"):
        return
    root = Path(__file__).parents[1]
    modules = sorted(".".join(path.relative_to(root).with_suffix("").parts) for path in root.glob("tests/**/test_*.py"))
    first = int(worker["workerid"].removeprefix("gw")) * len(modules) // int(worker["workercount"])
    for module in modules[first:] + modules[:first]:
        try:
            importlib.import_module(module)
        except Exception:  # noqa: BLE001 - collecting it says what is wrong
            return
