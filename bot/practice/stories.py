"""The prepared stories, as data: who types, presses and fills in what, and when."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

FILE = Path(__file__).parent / "stories.yaml"
Filled = str | list[str]


class Act(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"who": "as", "place": "in"}):
    """One thing somebody does, `in` a channel or, without one, in the DM with the app.

    `presses` is a button's label, `on` words of the message or window it stands on. `submits` fills in the window on
    top, by the labels of its fields. `sees` waits until these words are there. `waits_until` moves the clock.
    """

    who: str = ""
    place: str = ""
    types: str = ""
    presses: str = ""
    on: str = ""
    submits: dict[str, Filled] | None = None
    sees: str = ""
    waits_until: str = ""

    def __post_init__(self) -> None:
        """Raises ValueError where it is not exactly one act."""
        acts = [bool(self.types), bool(self.presses), self.submits is not None, bool(self.sees), bool(self.waits_until)]
        if sum(acts) != 1 or bool(self.who) == bool(self.waits_until):
            raise ValueError(f"an act is one thing somebody does, or one wait: {self}")

    @property
    def says(self) -> str:
        """What happens, in a few words."""
        if self.waits_until:
            return f"it becomes {datetime.fromisoformat(self.waits_until):%B %-d, %Y}"
        if self.types:
            return f"{self.who} types {self.types}"
        if self.presses:
            return f"{self.who} presses {self.presses}"
        return f"{self.who} fills in the form" if self.submits is not None else f"{self.who} reads the answer"


class Look(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"who": "as", "place": "in"}):
    """As whom and where the page stands when the story is over."""

    who: str
    place: str = ""


class Story(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`starts`, as `waits_until`, is the wall clock of New York. `sees` says what one finds, `tries` what to do."""

    id: Annotated[str, Meta(pattern="^[a-z0-9-]+$")]
    title: str
    starts: str
    sees: str
    tries: list[str]
    look: Look
    acts: list[Act]


@cache
def stories() -> Mapping[str, Story]:
    """Every story by its id, in the order of the file."""
    from ruamel.yaml import YAML  # most runs play none

    told: Any = YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))
    return {one.id: one for one in msgspec.convert(told, list[Story], strict=False)}
