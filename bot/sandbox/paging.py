"""Pages of a conversation as people scroll through it: a thread comes whole, with the message it hangs on."""

from __future__ import annotations

from bot.sandbox.wire import Json


def page_of(
    seen: list[Json], limit: int, *, before: str | None = None, after: str | None = None
) -> tuple[list[Json], bool]:
    """The newest ``limit`` messages before a ``ts``, or the oldest after one, each with its replies, oldest first.

    Also whether there are more on that side. A reply whose message is gone stands for itself.
    """
    known = {message["ts"] for message in seen}
    roots: list[Json] = []
    replies: dict[str, list[Json]] = {}
    for message in seen:
        root = message.get("thread_ts")
        if root and root != message["ts"] and root in known:
            replies.setdefault(root, []).append(message)
        else:
            roots.append(message)
    if before is not None:
        roots = [message for message in roots if message["ts"] < before]
    if after is not None:
        roots = [message for message in roots if message["ts"] > after]
    page = roots[:limit] if after is not None else roots[-limit:]
    whole = [each for message in page for each in (message, *replies.get(message["ts"], ()))]
    return sorted(whole, key=lambda message: str(message["ts"])), len(roots) > limit
