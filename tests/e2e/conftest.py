"""The whole bot in the pretend Slack, in this process, over HTTP or Socket Mode."""

import pytest

from tests.bot.conftest import pack, services, slack
from tests.e2e.browser import windows

__all__ = ["pack", "services", "slack", "windows"]  # fixtures are found by their names here


@pytest.fixture(params=["http", "socket"])
def transport(request: pytest.FixtureRequest) -> str:
    """How Slack reaches the bot: every test that asks for it runs over both."""
    return str(request.param)
