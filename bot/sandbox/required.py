"""What Slack's client checks in a modal before it sends it to the app."""

from __future__ import annotations

import re
from typing import Any

from bot.sandbox.elements import VALUE_NAMES
from bot.sandbox.wire import Json

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_URL = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)


def errors_before_sending(blocks: list[Json], values: Json) -> dict[str, str]:
    """The sentences Slack's client shows under inputs, keyed by block_id; empty when the modal may be sent."""
    errors: dict[str, str] = {}
    for block in blocks:
        if block.get("type") != "input":
            continue
        element = block["element"]
        given = values.get(block["block_id"], {}).get(element["action_id"], {})
        value = given.get(VALUE_NAMES[element["type"]][0])
        if value in (None, "", []):
            if not block.get("optional"):
                errors[block["block_id"]] = "Please complete this required field."
        elif problem := _problem(element, value):
            errors[block["block_id"]] = problem
    return errors


def _problem(element: Json, value: Any) -> str:
    kind = element["type"]
    if kind == "plain_text_input":
        if len(value) < element.get("min_length", 0):
            return f"Please use at least {element['min_length']} characters."
        most = element.get("max_length", 3000)
        return f"Please use {most} characters or fewer." if len(value) > most else ""
    if kind == "email_text_input" and not _EMAIL.fullmatch(value):
        return "Please enter a valid email address."
    if kind == "url_text_input" and not _URL.fullmatch(value):
        return "Please enter a valid URL."
    if kind == "file_input":
        return _files_problem(element, value)
    return _number_problem(element, str(value)) if kind == "number_input" else ""


def _files_problem(element: Json, files: list[Json]) -> str:
    most = element.get("max_files", 10)
    if len(files) > most:
        return f"Please choose {most} files or fewer."
    endings = element.get("filetypes")
    if endings:
        allowed = tuple(f".{ending}" for ending in endings)
        for file in files:
            if not file["name"].lower().endswith(allowed):
                return f"{file['name']} is not one of: {', '.join(endings)}."
    return ""


def _number_problem(element: Json, value: str) -> str:
    pattern = r"-?\d+(\.\d+)?" if element.get("is_decimal_allowed") else r"-?\d+"
    if not re.fullmatch(pattern, value):
        return "Please enter a number."
    if "min_value" in element and float(value) < float(element["min_value"]):
        return f"Please enter a number no smaller than {element['min_value']}."
    if "max_value" in element and float(value) > float(element["max_value"]):
        return f"Please enter a number no larger than {element['max_value']}."
    return ""
