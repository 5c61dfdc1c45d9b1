"""What Slack's rule is behind a refusal, and what each kind of request is, in a sentence."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from bot.sandbox.methods import METHODS
from bot.sandbox.wire import Json


@cache
def _rules() -> Json:
    found: Json = json.loads((Path(__file__).parent / "rules.json").read_text(encoding="utf-8"))
    return found


def rule(entry: Json) -> str:
    """The rule behind what was refused; empty where nothing was, or where the reason says it all."""
    refused = entry.get("refused")
    if not refused:
        return ""
    known: str = _rules()["errors"].get(refused, "")
    return known or (str(_rules()["not_sent"]) if entry["kind"] == "events_api" else "")


def about(entry: Json) -> str:
    """What a request of this kind is; of a method also which scope it needs and how often it may be called."""
    method = METHODS.get(entry["name"]) if entry["kind"] == "web_api" else None
    if method is None:
        return str(_rules()["kinds"].get(entry["kind"], ""))
    scope = f" Needs {' or '.join(method.scopes)}." if method.scopes else ""
    return f"{method.handler.__doc__ or ''}{scope} May be called {_rules()['tiers'][method.tier]}."
