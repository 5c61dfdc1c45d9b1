"""How strict, how fast and how connected one pretend Slack is."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex

from bot.sandbox.manifest import Manifest


def _secret(prefix: str) -> str:
    """Another one for each sandbox, so that a bot left over from one cannot serve the next at the same port."""
    return f"{prefix}-{token_hex(8)}"


@dataclass
class Options:
    """Settings of one sandbox; the defaults are Slack's own numbers, all times in seconds."""

    manifest: Manifest = field(default_factory=Manifest)
    data_dir: Path | None = None
    bot_url: str | None = None
    signing_secret: str = field(default_factory=lambda: _secret("sandbox"))
    bot_token: str = field(default_factory=lambda: _secret("xoxb-sandbox"))
    app_token: str = field(default_factory=lambda: _secret("xapp-sandbox"))
    client_id: str = "1000.2000"
    client_secret: str = field(default_factory=lambda: _secret("client"))
    redirect_url: str = ""
    """Where Slack sends a browser back to after OAuth; without one, the app is installed from its settings page."""
    whole_org: bool = False
    """The app is installed for a whole org, which the workspace is in."""
    free_plan: bool = False
    """The workspace pays nothing: no canvases of their own."""
    control_url: str | None = None
    rates: bool = True
    ack_seconds: float = 3.0
    trigger_seconds: float = 3.0
    response_url_seconds: float = 1800.0
    response_url_uses: int = 5
    retry_delays: tuple[float, ...] = (0.0, 60.0, 300.0)
    connection_seconds: float = 3600.0
    goodbye_seconds: float = 5.0

    @property
    def secrets(self) -> tuple[str, ...]:
        """What opens something by itself, and is shown nowhere."""
        return self.bot_token, self.app_token, self.signing_secret, self.client_secret
