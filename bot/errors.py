"""What a person reads when something goes wrong, the one log line that goes with it, and whether a change was made."""

import logging
import secrets
import traceback
from collections.abc import Sequence
from contextvars import ContextVar
from pathlib import PurePath

from flows.events import FirmKey, Record
from flows.ports import Changed, Decide, EventStore
from flows.position import Position

log = logging.getLogger("cais.errors")

STILL_WORKING = "This takes longer than usual. The answer will follow here; there is no need to try again."
STOPPED = (
    "I was stopped before that was done, so the answer will not follow. What `/cais history` does not show was not"
    " recorded: please try it again in a minute."
)
STOPPED_ANSWERING = (
    "I was stopped just as I answered. If the answer does not stand here, `/cais` shows how things are now."
)
NO_WINDOW = "Slack did not let me open the window in time. Please press it again."


class Receipt:
    """Whether the request under way has changed anything, as far as we can know."""

    def __init__(self) -> None:
        self.changed = False
        self.firm = ""
        """Id of the firm that was meant, for the log."""
        self.firm_name = ""
        """What it is called, where a refusal is about it."""


_receipt: ContextVar[Receipt | None] = ContextVar("receipt", default=None)


def new_receipt() -> Receipt:
    """Begins to note changes for the task this is called in."""
    receipt = Receipt()
    _receipt.set(receipt)
    return receipt


class NotedEvents:
    """An event store that notes on the receipt when a change was made, or may have been."""

    def __init__(self, events: EventStore) -> None:
        self._events = events

    async def change(
        self, key: FirmKey, decide: Decide, *, cause: str | None = None, with_history: bool = False
    ) -> Changed:
        """As the store's own; an error that is not from deciding leaves it open whether the change was made."""
        receipt = _receipt.get() or Receipt()
        before, decided = receipt.changed, False

        def noting(position: Position, history: Sequence[Record]) -> Changed:
            nonlocal decided
            decided = False
            changed = decide(position, history)
            decided = True
            return changed

        try:
            changed = await self._events.change(key, noting, cause=cause, with_history=with_history)
        except BaseException:  # raised again: whoever is told of it hears whether something was changed
            receipt.changed = before or decided
            raise
        receipt.changed = before or bool(changed.records)
        return changed

    async def position(self, key: FirmKey) -> Position | None:
        """As the store's own."""
        return await self._events.position(key)

    async def positions(self, keys: Sequence[FirmKey]) -> Sequence[Position]:
        """As the store's own."""
        return await self._events.positions(keys)

    async def history(
        self, key: FirmKey, *, types: Sequence[str] = (), limit: int | None = None, before: int | None = None
    ) -> Sequence[Record]:
        """As the store's own."""
        return await self._events.history(key, types=types, limit=limit, before=before)

    async def firm_keys(self) -> Sequence[FirmKey]:
        """As the store's own."""
        return await self._events.firm_keys()


def new_reference() -> str:
    """Eight characters that stand in the log line and in the sentence the person reads."""
    return secrets.token_hex(4).upper()


def apology(error: BaseException, *, action: str, receipt: Receipt, workspace: str = "") -> str:
    """Logs the error in one line, without any text a person wrote, and returns the sentence for the person."""
    reference = new_reference()
    whose = {"workspace": workspace, "firm": receipt.firm}
    where = {"action": action, "reference": reference, **whose, "error": type(error).__name__}
    log.error("%s failed: %s at %s (reference %s)", action, type(error).__name__, _place(error), reference, extra=where)
    begin = f"Something went wrong on our side (reference {reference})."
    end = "If it happens again, give this reference to whoever runs the app."
    if receipt.changed:
        return f"{begin} What you did may or may not be recorded; `/cais` shows how things are. {end}"
    return f"{begin} Nothing was changed. Try again; if it happens again, give this reference to whoever runs the app."


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if {"bot", "flows", "storage"} & set(PurePath(f.filename).parts)] or list(frames)
    return f"{PurePath(ours[-1].filename).name}:{ours[-1].lineno}" if ours else "an unknown place"


class OfBolt(logging.Filter):
    """Leaves out what Bolt logs for every request that is turned away: it is said once a minute, in our words.

    Where a signature is wrong, Bolt's line holds the whole body.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Keeps every other record as it is."""
        said = str(record.msg)
        return not (("signature" in said and "body" in said) or said.startswith("Although the app should be installed"))
