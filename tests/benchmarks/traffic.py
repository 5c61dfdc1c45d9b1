"""The mixed load: what people do with the bot, four `next` to four *Done* to one Home to one question."""

import json
import random
from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

import msgspec

from bot.actions import pack as packed
from bot.buttons import ReopenForm
from bot.front.hearing import Kept, Origin
from bot.views.task_forms import REASON
from tests.benchmarks import firms
from tests.benchmarks.load import signed
from tests.benchmarks.servers import SECRET
from tests.flows.questions.scoring import read_set

IN_A_TURN = 10
"""Requests until the mix begins anew."""
CLICKS_IN_A_TURN = 4


class Traffic:
    """Requests of the people of these firms, signed for the wire, as many as anybody wants.

    A firm's tasks are finite. So each *Done* of a task is followed, the next time its firm is met, by the form that
    opens it again: another click that is decided, recorded and answered with a card. Half of the *Done* are that.
    """

    def __init__(self, left: Sequence[Sequence[str]], response_url: str) -> None:
        self._left = left
        self._url = response_url
        self._finished: set[str] = set()
        self._questions = [str(item["question"]) for item in read_set("tuned")]

    def lanes(self, port: int, count: int) -> list[Iterator[bytes]]:
        """A stream for each connection; as far as there are firms enough, no two of them meet the same firm."""
        return [self._stream(port, lane, count) for lane in range(count)]

    def stream(self, port: int) -> Iterator[bytes]:
        """One stream that meets every firm."""
        return self._stream(port, 0, 1)

    def hello(self, port: int) -> Iterator[bytes]:
        """What the yardstick only acks: the command."""
        nth = 0
        while True:
            yield signed(firms.next_command(nth % len(self._left), self._url), SECRET, port)
            nth += 1

    def _stream(self, port: int, lane: int, step: int) -> Iterator[bytes]:
        # Lanes begin at different places of the mix, or they would all ask for their Home at once.
        at, met = lane % IN_A_TURN, 0
        ours = range(lane, len(self._left), step) or [lane % len(self._left)]
        while True:
            firm = ours[met % len(ours)]
            if at < 2 * CLICKS_IN_A_TURN:
                body = self._clicked(firm, lane) if at % 2 else firms.next_command(firm, self._url)
                met += at % 2
            else:
                body = opened_home(firm) if at == IN_A_TURN - 2 else self._asked(firm)
                met += 1
            at = (at + 1) % IN_A_TURN
            yield signed(body, SECRET, port)

    def _clicked(self, firm: int, lane: int) -> bytes:
        tasks = self._left[firm]
        # Where a firm is met by several lanes, each has a task of its own as far as there are enough.
        task = tasks[lane // len(self._left) % len(tasks)]
        if task in self._finished:
            self._finished.discard(task)
            return reopened(firm, task, self._url)
        self._finished.add(task)
        return firms.click(firm, task, self._url)

    def _asked(self, firm: int) -> bytes:
        return firms.command(firm, f"ask {random.choice(self._questions)}", self._url)


def opened_home(nth: int) -> bytes:
    """The Home tab is opened by the person of this firm."""
    event = {"type": "app_home_opened", "user": f"U{nth}", "channel": f"D{nth}", "tab": "home"}
    return json.dumps(
        {
            "type": "event_callback",
            "team_id": "T1",
            "api_app_id": "A1",
            "event_id": f"Ev{random.random()}",
            "event_time": 1,
            "event": event,
        }
    ).encode()


def reopened(nth: int, task: str, response_url: str) -> bytes:
    """The form that opens a finished task again, sent from its card."""
    firm, key = task.split(" ")[:2]
    origin = Origin(channel="C1", ts="1.1", response_url=response_url, ephemeral=True)
    kept = Kept(c=packed(ReopenForm(firm=firm, version=firms.LATER, task=key)), o=origin)
    reason = {"r": {"type": "plain_text_input", "value": "Looked at once more"}}
    view = {
        "id": f"V{random.random()}",
        "hash": "1",
        "type": "modal",
        "callback_id": ReopenForm.verb,
        "private_metadata": msgspec.json.encode(kept).decode(),
        "blocks": [{"type": "input", "block_id": REASON}],
        "state": {"values": {REASON: reason}},
    }
    payload = {
        "type": "view_submission",
        "user": {"id": f"U{nth}", "username": f"person{nth}", "name": f"person{nth}", "team_id": "T1"},
        "api_app_id": "A1",
        "token": "t",
        "trigger_id": f"3.{random.random()}",
        "team": {"id": "T1", "domain": "bench"},
        "enterprise": None,
        "is_enterprise_install": False,
        "view": view,
    }
    return urlencode({"payload": json.dumps(payload)}).encode()
