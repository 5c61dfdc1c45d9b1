"""Writes down what went over the wire without what opens something by itself: tokens, secrets, single-use addresses."""

from __future__ import annotations

import json
import re
from typing import Any

HIDDEN = "[hidden]"
LARGEST = 256 * 1024
_TOKENS = re.compile(r"xox[a-z](?:\.xox[a-z])?-[\w-]+|xapp-[\w-]+")
_ADDRESSES = re.compile(r"(?<=/response/)[\w-]+|(?<=ticket=)[\w-]+")
_FIELDS = re.compile(r'(?<="token": ")[^"]+|(?<=_secret": ")[^"]+|(?<=_token": ")[^"]+|(?<="code": ")[^"]+')


class Hiding:
    """Makes JSON text; ``secrets`` are hidden wherever they stand."""

    def __init__(self, *secrets: str) -> None:
        self._secrets = [secret for secret in secrets if secret]

    def __call__(self, value: Any) -> str:
        """The value as JSON, or a sentence in its place where it is larger than anything Slack takes."""
        text = json.dumps(value, ensure_ascii=False, default=str)
        if len(text) > LARGEST:
            return json.dumps(f"{len(text):,} characters: too long to be kept here.")
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        for pattern in (_TOKENS, _ADDRESSES, _FIELDS):
            text = pattern.sub(HIDDEN, text)
        return text
