"""Checks messages and views against the Block Kit limits in limits.json and says what Slack would refuse."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bot.sandbox.wire import Json


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing Slack would refuse: where (JSON pointer), a code, a sentence and the limit that was passed."""

    pointer: str
    code: str
    message: str
    constraint: str = ""

    def __str__(self) -> str:
        return f"[ERROR] {self.message} [json-pointer:{self.pointer}]"

    def as_json(self) -> Json:
        """The entry of ``errors`` that blocks.validate answers with."""
        return {"pointer": self.pointer, "code": self.code, "message": self.message, "constraint": self.constraint}


@cache
def limits() -> Json:
    """The whole data file, read once."""
    content: Json = json.loads((Path(__file__).parent / "limits.json").read_text(encoding="utf-8"))
    return content


def problems_in_message(message: Json) -> list[Problem]:
    """What Slack would refuse about a message's ``text`` and ``blocks``; empty when it would take it."""
    rules = limits()["message"]
    blocks = message.get("blocks") or []
    found = list(_text_length(message.get("text") or "", rules["text"]))
    found += problems_in_blocks(blocks, "message", rules["blocks"])
    return found + list(_message_totals(_dicts(blocks), rules))


def problems_in_view(view: Json) -> list[Problem]:
    """What Slack would refuse about a modal or a Home tab; empty when it would take it."""
    kind = str(view.get("type"))
    spec = limits()["views"].get(kind)
    if spec is None:
        return [Problem("/view/type", "invalid_type", f"unsupported type: {kind}", "modal or home")]
    found = list(_object(view, spec, "/view", kind, ignored=("type",)))
    blocks = view.get("blocks")
    found += problems_in_blocks(blocks, kind, limits()["view"]["blocks"], "/view/blocks")
    size = len(json.dumps(view, ensure_ascii=False).encode())
    if size > limits()["view"]["bytes"]:
        found.append(Problem("/view", "view_too_large", f"view is {size} bytes", str(limits()["view"]["bytes"])))
    listed = _dicts(blocks)
    if kind == "modal" and not view.get("submit") and any(block.get("type") == "input" for block in listed):
        found.append(Problem("/view", "missing_submit", "missing required field: submit", "a modal with inputs"))
    if sum(1 for _, element in elements_of(listed) if element.get("focus_on_load")) > limits()["view"]["focused"]:
        found.append(Problem("/view/blocks", "focus_on_load", "only one element may have focus_on_load", "1"))
    return found


def problems_in_blocks(blocks: Any, surface: str, most: int, pointer: str = "/blocks") -> list[Problem]:
    """What Slack would refuse about a list of blocks on a surface: message, modal or home."""
    if not isinstance(blocks, list):
        return [Problem(pointer, "not_an_array", "must be an array")]
    found: list[Problem] = []
    if len(blocks) > most:
        found.append(Problem(pointer, "too_many_blocks", f"no more than {most} items allowed", str(most)))
    for index, block in enumerate(blocks):
        found += _block(block, f"{pointer}/{index}", surface)
    ids = Counter(str(block["block_id"]) for block in blocks if isinstance(block, dict) and block.get("block_id"))
    for block_id, times in ids.items():
        if times > 1:
            found.append(Problem(pointer, "duplicate_block_id", f"block_id `{block_id}` already exists", "unique"))
    return found


def elements_of(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Each interactive element with the block that holds it, nested blocks included."""
    for block in blocks:
        for name in ("accessory", "element"):
            if isinstance(block.get(name), dict):
                yield block, block[name]
        for element in _dicts(block.get("elements")) + _dicts(block.get("actions")):
            if block.get("type") == "carousel":
                yield from elements_of([element])
            else:
                yield block, element
        if block.get("type") == "container":
            yield from elements_of(_dicts(block.get("child_blocks")))


def _dicts(value: Any) -> list[Json]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _text_length(text: str, most: int) -> Iterator[Problem]:
    if len(text) > most:
        yield Problem("/text", "msg_too_long", f"must be less than {most + 1} characters", str(most))


def _message_totals(blocks: list[Json], rules: Json) -> Iterator[Problem]:
    kinds = Counter(str(block.get("type")) for block in blocks)
    for kind, most in rules["once"].items():
        if kinds[kind] > most:
            yield Problem("/blocks", f"too_many_{kind}", f"only {most} {kind} allowed in a message", str(most))
    markdown = sum(len(str(block.get("text", ""))) for block in blocks if block.get("type") == "markdown")
    if markdown > rules["markdown_total"]:
        yield Problem(
            "/blocks", "markdown_too_long", f"markdown has {markdown} characters", str(rules["markdown_total"])
        )
    characters = sum(len(str(cell.get("text", ""))) for block in blocks for cell in _cells(block))
    if characters > rules["table_characters"]:
        yield Problem("/blocks", "table_too_long", f"table has {characters} characters", str(rules["table_characters"]))


def _cells(block: Json) -> Iterator[Json]:
    rows = block.get("rows") if block.get("type") == "table" else None
    for row in rows if isinstance(rows, list) else []:
        yield from _dicts(row)


def _block(block: Any, pointer: str, surface: str, of: list[str] | None = None) -> Iterator[Problem]:
    if not isinstance(block, dict):
        yield Problem(pointer, "not_an_object", "must be an object")
        return
    kind = str(block.get("type"))
    spec = limits()["blocks"].get(kind)
    if spec is None or (of and kind not in of):
        yield Problem(f"{pointer}/type", "invalid_type", f"unsupported type: {kind}", "a block type Slack knows")
        return
    if surface not in spec["surfaces"]:
        yield Problem(
            f"{pointer}/type", "wrong_surface", f"unsupported type: {kind} in a {surface}", str(spec["surfaces"])
        )
    yield from _object(block, spec, pointer, surface, ignored=("type", "block_id"))
    if "block_id" in block:
        yield from _value(block["block_id"], limits()["common"]["block_id"], f"{pointer}/block_id", surface)
    ids = Counter(e["action_id"] for _, e in elements_of([block]) if isinstance(e.get("action_id"), str))
    for action_id, times in ids.items():
        if times > 1:
            yield Problem(
                pointer, "duplicate_action_id", f"action_id `{action_id}` already exists in this block", "unique"
            )


def _element(element: Any, spec: Json, pointer: str, surface: str) -> Iterator[Problem]:
    kind = str(element.get("type")) if isinstance(element, dict) else ""
    if kind not in spec["of"] or kind not in limits()["elements"]:
        yield Problem(f"{pointer}/type", "invalid_type", f"unsupported type: {kind}", str(spec["of"]))
        return
    rules = limits()["elements"][kind]
    fields = {**limits()["likes"].get(rules.get("like", ""), {}), **rules["fields"]}
    interactive = kind not in ("image", "mrkdwn", "plain_text")
    ignored = ("type", "action_id") if interactive else ("type",)
    yield from _object(element, {**rules, "fields": fields}, pointer, surface, ignored=ignored)
    if interactive and "action_id" in element:
        yield from _value(element["action_id"], limits()["common"]["action_id"], f"{pointer}/action_id", surface)
    yield from _initial_choice(element, pointer)


def _initial_choice(element: Json, pointer: str) -> Iterator[Problem]:
    grouped = [option for group in _dicts(element.get("option_groups")) for option in _dicts(group.get("options"))]
    options = grouped or _dicts(element.get("options"))
    if not options:
        return
    one = element.get("initial_option")
    chosen = _dicts(element.get("initial_options")) or ([one] if one else [])
    if any(choice not in options for choice in chosen):
        yield Problem(pointer, "initial_option", "initial option must match one of the options", "one of the options")


def _object(value: Any, spec: Json, pointer: str, surface: str, ignored: tuple[str, ...] = ()) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield Problem(pointer, "not_an_object", "must be an object")
        return
    fields: Json = spec["fields"]
    for name, rule in fields.items():
        if value.get(name) is not None:
            yield from _value(value[name], rule, f"{pointer}/{name}", surface)
        elif rule.get("required"):
            yield Problem(pointer, "missing_field", f"missing required field: {name}", "required")
    for name in value:
        if name not in fields and name not in ignored and not spec.get("open"):
            yield Problem(
                f"{pointer}", "additional_property", f"invalid additional property: {name}", "known fields only"
            )
    given = [name for name in spec.get("any_of", ()) if value.get(name)]
    if spec.get("any_of") and not given:
        yield Problem(pointer, "missing_field", f"one of {', '.join(spec['any_of'])} is required", "any of these")
    given = [name for name in spec.get("exactly_one", ()) if value.get(name)]
    if spec.get("exactly_one") and len(given) != 1:
        yield Problem(
            pointer, "exactly_one", f"exactly one of {', '.join(spec['exactly_one'])} is required", "exactly one"
        )


def _value(value: Any, rule: Json, pointer: str, surface: str) -> Iterator[Problem]:
    kind = rule["kind"]
    if kind == "string":
        yield from _string(value, rule, pointer)
    elif kind == "text":
        yield from _text(value, rule, pointer)
    elif kind == "integer":
        low, high = rule.get("min", value), rule.get("max", value)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            yield Problem(pointer, "invalid_number", f"must be a number from {low} to {high}", f"{low}..{high}")
    elif kind == "boolean" and not isinstance(value, bool):
        yield Problem(pointer, "not_a_boolean", "must be a boolean")
    elif kind == "list":
        yield from _list(value, rule, pointer, surface)
    elif kind == "shape":
        yield from _object(value, limits()["shapes"][rule["name"]], pointer, surface)
    elif kind == "element":
        yield from _element(value, rule, pointer, surface)
    elif kind == "block":
        yield from _block(value, pointer, surface, rule.get("of"))


def _list(value: Any, rule: Json, pointer: str, surface: str) -> Iterator[Problem]:
    if not isinstance(value, list):
        yield Problem(pointer, "not_an_array", "must be an array")
        return
    if len(value) > rule.get("max", len(value)):
        yield Problem(pointer, "too_many_items", f"no more than {rule['max']} items allowed", str(rule["max"]))
    if len(value) < rule.get("min", 0):
        yield Problem(pointer, "too_few_items", f"no fewer than {rule['min']} items allowed", str(rule["min"]))
    for index, item in enumerate(value):
        yield from _value(item, rule["of"], f"{pointer}/{index}", surface)


def _string(value: Any, rule: Json, pointer: str) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield Problem(pointer, "not_a_string", "must be a string")
        return
    least, most = rule.get("min", 1), rule.get("max", len(value))
    if len(value) < least:
        yield Problem(pointer, "too_short", f"must be more than {least - 1} characters", str(least))
    if len(value) > most:
        yield Problem(pointer, "too_long", f"must be less than {most + 1} characters", str(most))
    if "one_of" in rule and value not in rule["one_of"]:
        yield Problem(pointer, "not_allowed", f"must be one of {', '.join(rule['one_of'])}", str(rule["one_of"]))
    if "pattern" in rule and not re.fullmatch(rule["pattern"], value):
        yield Problem(pointer, "bad_format", f"failed to match {rule['pattern']}", rule["pattern"])


def _text(value: Any, rule: Json, pointer: str) -> Iterator[Problem]:
    kind = value.get("type") if isinstance(value, dict) else None
    allowed = ("plain_text",) if rule.get("plain") else ("plain_text", "mrkdwn")
    if kind not in allowed:
        yield Problem(f"{pointer}/type", "invalid_type", f"must be {' or '.join(allowed)}", str(allowed))
        return
    known = {"type", "text", "emoji"} if kind == "plain_text" else {"type", "text", "verbatim"}
    for name in value:
        if name not in known:
            yield Problem(pointer, "additional_property", f"invalid additional property: {name}", "known fields only")
    if "text" not in value:
        yield Problem(pointer, "missing_field", "missing required field: text", "required")
    else:
        yield from _string(value["text"], {"max": rule["max"]}, f"{pointer}/text")
