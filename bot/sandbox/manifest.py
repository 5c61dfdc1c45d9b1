"""Reads from the app manifest what the app may do: scopes, events, commands, shortcuts, name."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.sandbox.wire import Json

EVENT_SCOPES: dict[str, str] = {
    "app_mention": "app_mentions:read",
    "message.im": "im:history",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.mpim": "mpim:history",
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
    "user_change": "users:read",
    "team_join": "users:read",
    "reaction_added": "reactions:read",
    "link_shared": "links:read",
}
"""The scope without which Slack does not send an event; events that are not named need none."""


@dataclass(frozen=True)
class Manifest:
    """The parts of manifest.yml that decide what Slack lets the app do."""

    name: str = "CAIS Roadmap"
    scopes: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    commands: dict[str, Json] = field(default_factory=dict)
    shortcuts: dict[str, Json] = field(default_factory=dict)
    interactive: bool = True
    home_tab: bool = True
    messages_tab: bool = True
    prompts: tuple[Json, ...] = ()
    rotates: bool = False
    """Tokens are good for twelve hours, and come with another that renews them."""

    def event_is_sent(self, name: str) -> str:
        """Empty when the event is sent; otherwise why not, in words for the inspector."""
        if name not in self.events:
            return f"manifest.yml does not subscribe to {name}"
        scope = EVENT_SCOPES.get(name)
        if scope and scope not in self.scopes:
            return f"{name} needs the scope {scope}"
        return ""


def read_manifest(path: Path) -> Manifest:
    """The manifest in a YAML file. Raises OSError when it cannot be read."""
    return manifest_from(YAML(typ="safe").load(path.read_text(encoding="utf-8")) or {})


def manifest_from(content: Json) -> Manifest:
    """The manifest in its parsed form; what is absent is switched off, as in Slack."""
    features: Json = content.get("features") or {}
    settings: Json = content.get("settings") or {}
    home: Json = features.get("app_home") or {}
    scopes = ((content.get("oauth_config") or {}).get("scopes") or {}).get("bot") or []
    agent: Json = features.get("agent_view") or {}
    return Manifest(
        name=(content.get("display_information") or {}).get("name", "App"),
        scopes=frozenset(scopes),
        events=frozenset((settings.get("event_subscriptions") or {}).get("bot_events") or []),
        commands=_by(features.get("slash_commands"), "command"),
        shortcuts=_by(features.get("shortcuts"), "callback_id"),
        interactive=bool((settings.get("interactivity") or {}).get("is_enabled")),
        home_tab=bool(home.get("home_tab_enabled")),
        messages_tab=bool(home.get("messages_tab_enabled")),
        prompts=tuple(dict(prompt) for prompt in agent.get("suggested_prompts") or []),
        rotates=bool(settings.get("token_rotation_enabled")),
    )


def _by(entries: Any, key: str) -> dict[str, Json]:
    return {entry[key]: dict(entry) for entry in entries or []}
