"""One table: command word, button, modal, shortcut or Slack event -> the listener that answers it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Literal, TypeVar

import msgspec

from bot.actions import Carried
from bot.surfaces import Answer, Letter, Written
from flows.asked import Owed
from flows.firms import Person
from flows.ports import Sighting
from flows.position import Position
from flows.services import Act, Services

Kind = Literal["command", "mention", "message", "action", "submit", "shortcut", "event", "options"]


class Heard(msgspec.Struct, frozen=True):
    """What a person did in Slack, read once: who, where, which firm, and what it carried.

    `tenant` is `enterprise/team`; `channel` is `slack:enterprise/team/channel` or empty (Home, global shortcut).
    `cause` is Slack's own id for this click or message: the same cause never changes a firm twice.
    """

    kind: Kind
    tenant: str
    who: Person
    sighting: Sighting
    cause: str
    channel: str = ""
    direct: bool = False
    """In the DM with the app, where answers are plain messages."""
    words: str = ""
    """What was typed after the command word."""
    named: str = ""
    """For `no_such_firm`: what was typed as a firm's name; `words` is all that was typed before it."""
    chosen: tuple[str, ...] = ()
    """Values picked in a select, datepicker or checkboxes that was clicked."""
    mentions: Mapping[str, str] = {}
    """Who was mentioned in the words: the name as it reads there, lower case, and Slack's id."""
    values: Mapping[str, tuple[str, ...]] = {}
    """A modal's fields by block_id; empty fields are empty tuples."""
    thread: str = ""
    """The thread it happened in, by Slack's id; empty outside of threads."""
    ts: str = ""
    """Slack's id of the message that was typed, which a thread may begin with; empty for everything else."""
    payload: Mapping[str, Any] = {}
    """Slack's own payload, for the few listeners that need more (a shortcut's message, an event)."""

    @property
    def firm(self) -> Position:
        """The firm that is meant. Only for listeners registered as needing one, which is the rule."""
        assert self.sighting.position is not None, "registered without firm=False, so the front found one"
        return self.sighting.position

    @property
    def zone(self) -> str:
        """The person's own time zone as Slack has it, an IANA name; empty where it is not known."""
        return self.sighting.known.time_zone

    @property
    def act(self) -> Act:
        """Who does this, through what, and Slack's own id for it."""
        sources = {"action": "button", "submit": "modal", "mention": "message"}
        return Act(who=self.who, source=sources.get(self.kind, self.kind), cause=self.cause)

    def value(self, block_id: str) -> str:
        """The first value of a modal's field, stripped; empty where none."""
        found = self.values.get(block_id, ())
        return found[0].strip() if found else ""


Writer = Callable[[Owed, Services], Awaitable[Letter | None]]
"""Writes what is owed as things are when it is sent; None where it need not be sent any more."""
W = TypeVar("W", bound=Writer)

SlotWriter = Callable[[Sequence[Owed], Services], Awaitable[Written]]
"""Writes one letter about all that is owed to one person at one time, as things are when it is sent."""
S = TypeVar("S", bound=SlotWriter)

Listener = Callable[[Heard, Services], Awaitable[Answer]]
L = TypeVar("L", bound=Callable[..., Awaitable[Answer]])


class Route(msgspec.Struct, frozen=True):
    """A listener and what it needs. `carries` is the record of a button or modal, passed as `carried`."""

    listener: Callable[..., Awaitable[Answer]]
    firm: bool = True
    carries: type[Carried] | None = None
    meets: bool = False
    """People who are named or picked are asked about at Slack first, so that it is known who they are."""
    free_text: bool = False
    """What is typed after it is kept as it stands: where its end may as well name another firm, it is asked."""
    people: bool = False
    """What follows `@` there is a person, unless it is a firm's whole name; `for` may stand before other things."""
    at_people: bool = False
    """The same of `@` alone: behind `for` there is a firm."""
    named: bool = False
    """A firm may be named at its end though it needs none."""
    or_all: bool = False
    """With `all` among its words it is about every firm of the person, and none has to be meant."""
    for_people: bool = False
    """Behind `for` there is a firm, and else perhaps somebody of it."""

    @property
    def takes_firm(self) -> bool:
        """Whether what is typed after it may end in the name of a firm."""
        return self.firm or self.named

    @property
    def strict(self) -> bool:
        """Whether `for` can stand before nothing but a firm, so that one nobody knows is told."""
        return self.firm and not (self.free_text or self.people)


class Router:
    """The table. Listener modules fill it through `register(router)`; the front looks things up in it."""

    def __init__(self) -> None:
        self.commands: dict[str, Route] = {}
        self.actions: dict[str, Route] = {}
        self.submits: dict[str, Route] = {}
        self.shortcuts: dict[str, Route] = {}
        self.events: dict[str, Route] = {}
        self.options: dict[str, Route] = {}
        self.fallbacks: dict[str, Route] = {}
        self.letters: dict[str, SlotWriter] = {}

    def command(
        self,
        *words: str,
        firm: bool = True,
        free_text: bool = False,
        people: bool = False,
        at_people: bool = False,
        named: bool = False,
        meets: bool = False,
        or_all: bool = False,
        for_people: bool = False,
    ) -> Callable[[L], L]:
        """Listens to `/cais <word>`, the word in a DM, and the word after a mention. '' is `/cais` alone."""

        def keep(listener: L) -> L:
            route = Route(listener, firm, None, meets, free_text, people, at_people, named, or_all, for_people)
            return self._put(self.commands, words, route, listener)

        return keep

    def action(self, kind: type[Carried], *, firm: bool = True) -> Callable[[L], L]:
        """Listens to a button or select of this kind: `async def f(heard, carried, services)`."""
        return self._keep(self.actions, (kind.verb,), firm, kind)

    def submit(self, kind: type[Carried], *, firm: bool = True, meets: bool = False) -> Callable[[L], L]:
        """Listens to a modal of this kind: `async def f(heard, carried, services)`."""
        return self._keep(self.submits, (kind.verb,), firm, kind, meets=meets)

    def shortcut(self, callback_id: str, *, firm: bool = True) -> Callable[[L], L]:
        """Listens to a shortcut of the manifest."""
        return self._keep(self.shortcuts, (callback_id,), firm, None)

    def event(self, name: str, *, firm: bool = False) -> Callable[[L], L]:
        """Listens to a Slack event that is no words to us, such as `app_home_opened`."""
        return self._keep(self.events, (name,), firm, None)

    def choices(self, kind: type[Carried], *, firm: bool = True) -> Callable[[L], L]:
        """Listens to a select of this kind that asks for options while one types."""
        return self._keep(self.options, (kind.verb,), firm, None)

    def fallback(
        self,
        name: Literal["no_firm", "which_firm", "foreign", "no_such_firm", "unsure", "unknown", "stale", "stranger"],
    ) -> Callable[[L], L]:
        """What to say where nothing fits.

        `no_firm`: this person has no firm in reach; `which_firm`: several, none chosen; `foreign`: a firm this person
        is no member of; `no_such_firm`: the words name a firm the person has not got; `unsure`: they may name one of
        several firms, or none; `unknown`: words that are no command; `stale`: a button or modal nobody listens to any
        more; `stranger`: somebody of another company, whose own workspace has not got the app, asks something.
        """
        return self._keep(self.fallbacks, (name,), False, None)

    def letter(self, kind: str) -> Callable[[W], W]:
        """Writes what is owed to somebody: `async def f(owed, services) -> Letter | None`."""

        def keep(writer: W) -> W:
            async def alone(owed: Sequence[Owed], services: Services) -> Written:
                letters = [(o, await writer(o, services)) for o in owed[:1]]
                return Written(letters[0][1], tuple(o.key for o, letter in letters if letter is None))

            self._keep_writer(alone, kind)
            return writer

        return keep

    def digest(self, *kinds: str) -> Callable[[S], S]:
        """Writes all of these kinds that somebody is owed at one time: `async def f(owed, services) -> Written`."""

        def keep(writer: S) -> S:
            for kind in kinds:
                self._keep_writer(writer, kind)
            return writer

        return keep

    def _keep_writer(self, writer: SlotWriter, kind: str) -> None:
        if kind in self.letters:
            raise ValueError(f"two writers for {kind!r}")
        self.letters[kind] = writer

    def _keep(
        self,
        table: dict[str, Route],
        names: tuple[str, ...],
        firm: bool,
        carries: type[Carried] | None,
        *,
        meets: bool = False,
    ) -> Callable[[L], L]:
        def keep(listener: L) -> L:
            return self._put(table, names, Route(listener, firm=firm, carries=carries, meets=meets), listener)

        return keep

    def _put(self, table: dict[str, Route], names: tuple[str, ...], route: Route, listener: L) -> L:
        for name in names:
            if name in table:
                raise ValueError(f"two listeners for {name!r}")
            table[name] = route
        return listener
