"""How strict, how fast and how connected one pretend Slack is."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from bot.sandbox.manifest import Manifest


@dataclass
class Options:
    """Settings of one sandbox; the defaults are Slack's own numbers, all times in seconds."""

    manifest: Manifest = field(default_factory=Manifest)
    data_dir: Path | None = None
    bot_url: str | None = None
    signing_secret: str = "sandbox-signing-secret"  # noqa: S105 - a pretend secret of a pretend Slack
    bot_token: str = "xoxb-sandbox-bot"  # noqa: S105 - a pretend secret of a pretend Slack
    app_token: str = "xapp-sandbox-app"  # noqa: S105 - a pretend secret of a pretend Slack
    control_url: str | None = None
    rates: bool = True
    ack_seconds: float = 3.0
    trigger_seconds: float = 3.0
    response_url_seconds: float = 1800.0
    response_url_uses: int = 5
    retry_delays: tuple[float, ...] = (0.0, 60.0, 300.0)
    connection_seconds: float = 3600.0
    goodbye_seconds: float = 5.0
