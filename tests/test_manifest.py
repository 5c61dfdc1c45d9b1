"""manifest.yml and the code, both ways: nothing is asked for that is not used, nothing used that is not asked for."""

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.bootstrap import build_router
from bot.front.hearing import ACCESS, CHANGED, GONE
from bot.manifest import manifest_path, read_manifest
from bot.router import Router
from bot.sandbox import web_api  # noqa: F401 - importing it fills the table of methods
from bot.sandbox.manifest import EVENT_SCOPES
from bot.sandbox.methods import METHODS
from bot.views.help import reads_like_a_question

BOT = Path(__file__).parents[1] / "bot"
WORDS = {"app_mention", "message.im"}
"""Events that carry words: the front reads them as commands, so they stand in no table of their own."""

TABS = {"messages_tab_opened": "app_home_opened", "files_sent": "message.im"}
"""Slack has one event for both tabs of the app, and one for words and files; the front tells them apart."""


@pytest.fixture(scope="module")
def router() -> Router:
    return build_router()


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    content: dict[str, Any] = YAML(typ="safe").load(manifest_path().read_text(encoding="utf-8"))
    return content


METHOD = re.compile(
    r"[\"']((?:assistant|auth|canvases|chat|conversations|files|im|pins|reactions|team|users|usergroups|views)"
    r"(?:\.[a-zA-Z]+)+)[\"']"
)


def methods_called() -> set[str]:
    """The Web API methods that the bot names anywhere."""
    modules = [path for path in BOT.rglob("*.py") if path.relative_to(BOT).parts[0] != "sandbox"]
    return {name for path in modules for name in METHOD.findall(path.read_text(encoding="utf-8"))}


def test_every_event_is_heard_and_every_event_heard_is_asked_for(router: Router) -> None:
    acted_on = {TABS.get(name, name) for name in router.events} | WORDS
    assert read_manifest().events == acted_on | {*GONE, *ACCESS, CHANGED}


def test_every_shortcut_is_heard_and_every_one_heard_is_there(router: Router) -> None:
    assert read_manifest().shortcuts == set(router.shortcuts)


def test_the_one_command_offers_words_that_are_heard(router: Router, manifest: dict[str, Any]) -> None:
    (command,) = manifest["features"]["slash_commands"]
    hinted = [hint.split()[0] for hint in command["usage_hint"].split(" | ")]
    assert command["command"] == "/cais"
    assert set(hinted) <= set(router.commands)


def test_every_suggested_prompt_is_a_command_or_a_question(router: Router, manifest: dict[str, Any]) -> None:
    prompts = manifest["features"]["agent_view"]["suggested_prompts"]
    assert all(p["message"] in router.commands or reads_like_a_question(p["message"]) for p in prompts)
    assert 0 < len(prompts) <= 4


@pytest.mark.parametrize("method", sorted(methods_called()))
def test_every_method_that_is_called_has_a_scope_that_is_asked_for(method: str) -> None:
    needed = set(METHODS[method].scopes)
    assert not needed or needed & read_manifest().scopes


BY_KIND = {"conversations.info": {"channels:read", "groups:read"}}
"""Methods whose scope goes by the kind of conversation: the kinds that we ask about, which are no DMs."""


def test_every_scope_is_needed_by_an_event_a_method_or_a_command() -> None:
    asked = read_manifest()
    needed = {EVENT_SCOPES[event] for event in asked.events if event in EVENT_SCOPES}
    needed |= {"commands"} if asked.commands or asked.shortcuts else set()
    for method in methods_called():
        scopes = set(METHODS[method].scopes)
        needed |= scopes if len(scopes) == 1 else BY_KIND.get(method, set())
    assert asked.scopes <= needed


def test_the_app_asks_for_no_more_than_it_may(manifest: dict[str, Any]) -> None:
    assert "user" not in manifest["oauth_config"]["scopes"]
    assert not manifest["settings"]["token_rotation_enabled"]
    assert "assistant_view" not in manifest["features"]
