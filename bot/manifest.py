"""The app's manifest: where it is, and what it asks Slack for."""

import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Asked:
    """What the manifest asks for, as Slack names it."""

    scopes: frozenset[str]
    events: frozenset[str]
    commands: frozenset[str]
    shortcuts: frozenset[str]


def manifest_path() -> Path:
    """The manifest.yml beside the packages, or where a wheel put it. Raises FileNotFoundError where neither is."""
    beside = Path(__file__).parent.parent / "manifest.yml"
    installed = Path(sys.prefix) / "share" / "cais-roadmap" / "manifest.yml"
    for path in (beside, installed):
        if path.is_file():
            return path
    raise FileNotFoundError(f"manifest.yml is neither at {beside} nor at {installed}.")


def read_manifest() -> Asked:
    """What our manifest asks for."""
    from ruamel.yaml import YAML  # only doctor and tests read it, and YAML takes its time to import

    content = YAML(typ="safe").load(manifest_path().read_text(encoding="utf-8"))
    features = content["features"]
    return Asked(
        scopes=frozenset(content["oauth_config"]["scopes"]["bot"]),
        events=frozenset(content["settings"]["event_subscriptions"]["bot_events"]),
        commands=frozenset(command["command"] for command in features["slash_commands"]),
        shortcuts=frozenset(shortcut["callback_id"] for shortcut in features["shortcuts"]),
    )
