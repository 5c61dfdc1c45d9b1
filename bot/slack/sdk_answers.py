"""What Slack's own SDK makes of odd answers, put into our errors: a 503, a page of a proxy's, nothing at all."""

from collections.abc import Awaitable, Mapping
from typing import Any, TypeVar

from slack_sdk.errors import SlackApiError

from bot.slack.web_api import NOT_NOW, SlackSaidNo, Unsure, word_of

T = TypeVar("T")


class NoAnswer(Unsure):
    """Slack, or what stands before it, said neither yes nor no; `said` is what came instead."""

    def __init__(self, method: str, said: str) -> None:
        super().__init__(f"{method}: {said}")
        self.said = said


async def answer_to(method: str, call: Awaitable[T]) -> T:
    """What the SDK's call comes to. Raises SlackSaidNo; NoAnswer; and what aiohttp says where nothing came at all."""
    try:
        return await call
    except SlackApiError as error:
        raise _ours(method, error.response) from None
    except (AttributeError, TypeError, ValueError, KeyError):  # the SDK stumbled over it
        raise NoAnswer(method, "an answer without words") from None


def _ours(method: str, answer: Any) -> Exception:
    said = getattr(answer, "data", answer)
    word = word_of(said) if isinstance(said, Mapping) and said.get("error") else ""
    if word and word not in {*NOT_NOW, "ratelimited"}:
        return SlackSaidNo(method, word)
    status = getattr(answer, "status_code", None) or getattr(answer, "status", "")
    return NoAnswer(method, word or f"status {status}")
