"""Takes a request to its listener: sights person and firm, looks the listener up, and turns trouble into sentences."""

import re
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

import msgspec
from msgspec.structs import replace

from bot.actions import Carried, Forged, unpack
from bot.buttons import Changing
from bot.errors import Receipt, apology, new_receipt
from bot.front.hearing import Call
from bot.metrics import Counts
from bot.router import Heard, Route, Router
from bot.slack.people import People
from bot.surfaces import Answer, FieldErrors, Message, Options, Quiet, Redraw, Replace, Say
from bot.typed import words
from bot.typed.firms import meant_firm, needs_firm, stranger
from bot.views.blocks import clip, context, escape, literal, section
from bot.views.viewing import for_viewer
from flows.firms import Person, Refusal, require, role_of
from flows.ports import Known, Sighting
from flows.position import Position
from flows.services import Services


class Found(msgspec.Struct, frozen=True):
    """What the table has for a request: the route, the words left for it, and what the button carried."""

    route: Route | None
    name: str
    words: str = ""
    carried: Carried | None = None
    forged: bool = False


class Table:
    """The router's table in use. Every request gets an answer here, whatever happens."""

    def __init__(
        self,
        router: Router,
        services: Services,
        *,
        people: People,
        is_direct: Callable[[Call], bool],
        counts: Counts,
        afterwards: Callable[[], None] = lambda: None,
    ) -> None:
        """`afterwards` is called when somebody did something, which may have changed a firm."""
        self._router = router
        self._services = services
        self._people = people
        self._is_direct = is_direct
        self._counts = counts
        self._afterwards = afterwards

    async def answer(self, call: Call, *, first: Awaitable[None] | None = None) -> Answer:
        """The listener's answer; a Refusal becomes its sentence, any other error an apology with a reference.

        `first` is waited for before anything is done; what it raises is answered like what a listener raises.
        """
        receipt = new_receipt()
        found = Found(None, "")
        try:
            if first is not None:
                await first
            found = self._look_up(call)
            listen = self._answer_in_general if call.stranger else self._listen_again_to_an_admin
            answer = await listen(call, found, receipt)
            if isinstance(answer, Redraw):
                answer = Redraw(partial(self._drawn, answer.draw, call, found, receipt))
        except Refusal as refusal:
            self._counts.add(call.kind, found.name or "other", "refused")
            return _refused(call, refusal, receipt.firm_name)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong, the person gets a sentence and the log one line
            return _plainly(call, self._apology(error, call, found, receipt))
        self._counts.add(call.kind, found.name or "other", "answered")
        self._afterwards()
        return answer

    def _drawn(self, draw: Callable[[], Message], call: Call, found: Found, receipt: Receipt) -> Message:
        try:
            return draw()
        except Exception as error:  # noqa: BLE001 - as above: what was clicked is recorded, and the person is told
            return Message(self._apology(error, call, found, receipt))

    def _apology(self, error: Exception, call: Call, found: Found, receipt: Receipt) -> str:
        self._counts.add(call.kind, found.name or "other", "failed")
        return apology(error, action=f"{call.kind}:{found.name or 'other'}", receipt=receipt, workspace=call.tenant)

    def _look_up(self, call: Call) -> Found:
        router = self._router
        if call.kind in ("command", "mention", "message"):
            split = words.split(call.words, router.commands)
            found = _typed(router.commands[split[0]], *split) if split else Found(None, "", call.words)
            # A long message that happens to begin with a command's word, as in "Waiting for ...", is no command.
            return Found(None, "", call.words) if call.kind != "command" and _is_too_long(call, found) else found
        tables: dict[str, Mapping[str, Route]] = {
            "action": router.actions,
            "submit": router.submits,
            "shortcut": router.shortcuts,
            "event": router.events,
            "options": router.options,
        }
        route = tables[call.kind].get(call.name)
        if route is None:
            return Found(None, "", call.words)
        if route.carries is None:
            return Found(route, call.name, call.words)
        try:
            return Found(route, call.name, call.words, unpack(route.carries, call.packed))
        except Forged:
            return Found(None, "", call.words, forged=True)

    async def _listen_again_to_an_admin(self, call: Call, found: Found, receipt: Receipt) -> Answer:
        """Who is refused for want of rights with their very first words may run the workspace: then nobody knew yet."""
        try:
            return await self._listen(call, found, receipt)
        except Refusal as refusal:
            if refusal.kind != "rights" or not await self._turns_out_to_be_admin(call):
                raise
        return await self._listen(call, found, receipt)

    async def _answer_in_general(self, call: Call, found: Found, receipt: Receipt) -> Answer:
        """For a stranger: nothing is kept, and no listener that keeps something is asked.

        Of words it was looked before whether they are a member's; of what they press or send it is looked here.
        """
        if call.kind not in ("command", "mention", "message"):
            seen = await self._services.directory.sight(call.tenant, _place(call, call.user))
            if seen.firms:
                return await self._listen_again_to_an_admin(call, found, receipt)
        nobody = Sighting(Known(_place(call, call.user)), (), "", "", None, any_firm=False)
        if call.kind == "event" or call.link:
            return Quiet()
        _must_be_read(call, found)
        asks = found.route is None or found.name == "ask"
        return await self._fall_back("stranger", self._heard(call, nobody, found.words if asks else ""))

    async def _turns_out_to_be_admin(self, call: Call) -> bool:
        person = _place(call, call.user)
        known = (await self._services.directory.sight(call.tenant, person)).known
        if not known.checked_at:
            known = await self._people.meet(call.tenant, call.user, person)
        return known.admin

    async def _listen(self, call: Call, found: Found, receipt: Receipt) -> Answer:
        carried = found.carried
        _must_be_read(call, found)
        sighting = await self._sight(call, carried.firm if carried else "")
        route, said = found.route, found.words
        if route is None:
            return await self._nothing_fits(call, sighting, said)
        if call.kind in ("command", "mention", "message"):
            sighting, said, unsure = await self._named_firm(call, sighting, found, route)
            if unsure:
                return await self._fall_back("unsure", self._heard(call, sighting, said))
            before, name = stranger(
                said, route, self._services.pack, sighting, self._services.now().date(), call.mentions
            )
            if name and not sighting.known.checked_at and await self._turns_out_to_be_admin(call):
                return await self._listen(call, found, receipt)
            if name:
                meant = replace(self._heard(call, sighting, f"{found.name} {before}".strip()), named=name)
                return await self._fall_back("no_such_firm", meant)
        heard = self._heard(call, sighting, said)
        position = sighting.position
        receipt.firm = position.key.firm if position else ""
        receipt.firm_name = position.name if position and route.firm else ""
        if carried and carried.firm and (position is None or position.key.firm != carried.firm):
            return await self._fall_back("foreign", heard)
        if needs_firm(route, sighting, said):
            typed = f"{found.name} {found.words}".strip() if call.words else ""
            asked = "which_firm" if sighting.firms else "no_firm"
            return await self._fall_back(asked, replace(heard, words=typed))
        if route.meets:
            await self._people.acquaint(call.tenant, {**_members_named(call, position), **_named_people(call)})
        if carried is not None:
            if isinstance(carried, Changing) and position is not None:
                require(position, heard.who, "member")  # before a form is filled in that would be refused
            answer = await route.listener(heard, carried, self._services)
        else:
            answer = await route.listener(heard, self._services)
        if position is not None and role_of(position, heard.who) == "viewer":
            return _for_viewer(answer)
        return answer

    async def _sight(self, call: Call, firm: str) -> Sighting:
        channel = _place(call, call.origin.channel) if call.origin.channel else ""
        sighting = await self._services.directory.sight(call.tenant, _place(call, call.user), channel, firm)
        if sighting.blocked:
            await self._services.reminders.heard_of(call.tenant, sighting.known.person)
        if not (sighting.known.name or call.user_name) and call.kind in ("message", "mention"):
            met = await self._people.meet(call.tenant, call.user, sighting.known.person)
            if met.name:
                return _seen_by(met, sighting)
        known = await self._people.sure(call.tenant, call.user, sighting.known)
        self._people.notice(call.tenant, call.user, known)
        return _seen_by(known, sighting)

    async def _named_firm(
        self, call: Call, sighting: Sighting, found: Found, route: Route
    ) -> tuple[Sighting, str, bool]:
        """Looks again where the words end in "for <firm>"; what is left of them; and whether it has to be asked."""
        said = found.words
        meant = await meant_firm(self._services, call.tenant, sighting, route, said, call.mentions)
        if meant and meant.firm is None:
            return sighting, f"{found.name} {said}", True
        if meant and meant.firm:
            sighting, said = await self._sight(call, meant.firm.key.firm), meant.rest
        return sighting, said, False

    def _heard(self, call: Call, sighting: Sighting, said: str) -> Heard:
        known = sighting.known
        name = known.name or _as_member(sighting) or call.user_name or call.user
        return Heard(
            kind=call.kind,
            tenant=call.tenant,
            who=Person(id=_place(call, call.user), name=name, admin=known.admin),
            sighting=sighting,
            cause=call.cause,
            channel=_place(call, call.origin.channel) if call.origin.channel else "",
            direct=self._is_direct(call),
            words=said,
            chosen=call.chosen,
            mentions=call.mentions,
            values=call.values,
            thread=call.origin.thread,
            ts=call.typed_ts,
            payload=call.payload,
        )

    async def _nothing_fits(self, call: Call, sighting: Sighting, said: str) -> Answer:
        if call.kind == "event" or call.link:
            return Quiet()
        if call.kind == "options":
            return Options(())
        typed = call.kind in ("command", "mention", "message")
        return await self._fall_back("unknown" if typed else "stale", self._heard(call, sighting, said))

    async def _fall_back(self, name: str, heard: Heard) -> Answer:
        self._counts.add(heard.kind, name, "fallback")
        if heard.kind == "options":
            return Options(())
        route = self._router.fallbacks.get(name)
        if route is None:
            return Say(Message(_LAST_WORDS[name]))
        return await route.listener(heard, self._services)

    async def redraw_home(self, call: Call, note: str = "") -> Answer:
        """The Home of the person who called, drawn anew where it was, with a note (safe mrkdwn) above it."""
        anew = Call(
            kind="event",
            name="app_home_opened",
            tenant=call.tenant,
            user=call.user,
            cause="",
            words=call.origin.place,
            values={"note": (note,)} if note else {},
        )
        return await self.answer(anew)


MOST_NAMED = 4
"""People asked about in one request."""

_USER_ID = re.compile(r"[UW][A-Z0-9]{2,20}")

_LAST_WORDS = {
    "no_firm": "You are not a member of a firm here yet. `/cais` sets one up.",
    "which_firm": "Which firm do you mean? Name it at the end, for example `/cais next for Example Securities`.",
    "no_such_firm": "You have no firm called so. Nothing was changed.",
    "unsure": "Which firm do you mean? Name it at the end with its whole name. Nothing was changed.",
    "foreign": "You are not a member of the firm this belongs to. Nothing was changed.",
    "unknown": "I do not know that one. `/cais help` shows what you can type.",
    "stranger": "I know of no workspace of yours with this app in it, so nothing was done.",
    "stale": "This is from an earlier version and does nothing any more. `/cais` shows how things are.",
}


def _as_member(sighting: Sighting) -> str:
    """The name this person has in the firm: so a record reads from the first, before Slack was asked about them."""
    member = sighting.position.members.get(sighting.known.person) if sighting.position else None
    return member.name if member else ""


def _seen_by(known: Known, sighting: Sighting) -> Sighting:
    """The sighting for somebody who turns out not to run the workspace any more: no firm of others is in it."""
    if known is sighting.known:
        return sighting
    position, current = sighting.position, sighting.current
    if not known.admin:
        position = position if position and known.person in position.members else None
        current = current if any(firm.key.firm == current for firm in sighting.firms) else ""
    return msgspec.structs.replace(sighting, known=known, position=position, current=current)


def _named_people(call: Call) -> dict[str, str]:
    """Slack's ids of the people mentioned or picked, and ours."""
    picked = [value for chosen in call.values.values() for value in chosen if _USER_ID.fullmatch(value)]
    return {user: _place(call, user) for user in [*call.mentions.values(), *picked][:MOST_NAMED]}


def _members_named(call: Call, position: Position | None) -> dict[str, str]:
    """The same of members of the firm whose names, or a part of them, were typed."""
    if position is None:
        return {}
    words = {word.lstrip("@").rstrip(".,") for word in call.words.casefold().split()}
    named = [m.person for m in position.members.values() if words.intersection(m.name.casefold().split())]
    return {person.rpartition("/")[2]: person for person in named[:MOST_NAMED]}


def _place(call: Call, slack_id: str) -> str:
    return f"slack:{call.tenant}/{slack_id}"


_CHANGES_ALONE = frozenset({"done", "undo", "redo"})
"""Commands that change something with no words behind them. "Done, thanks!" may be said of what was clicked before."""


def _typed(route: Route, name: str, rest: str) -> Found:
    """A command and what was typed behind it: where that is no text of one's own, without a kind word at its end."""
    if name in _CHANGES_ALONE and words.only_kind(rest):
        return Found(None, "", f"{name} {rest}")
    return Found(route, name, rest if route.free_text else words.without_thanks(rest))


def _must_be_read(call: Call, found: Found) -> None:
    """One who sends a book is answered with a sentence, and nobody else waits for it."""
    if call.kind in ("command", "mention", "message") and (trouble := _is_too_long(call, found)):
        raise Refusal(trouble)


def _is_too_long(call: Call, found: Found) -> str:
    name, free_text = (found.name, found.route.free_text) if found.route else (None, True)
    return words.too_long(call.words, name, free_text=free_text)


def _refused(call: Call, refusal: Refusal, firm: str) -> Answer:
    if call.kind in ("submit", "options"):
        return _plainly(call, refusal.sentence)
    # A sentence may name an agent or a firm as people typed it, and must not call anybody.
    safe = escape(refusal.sentence)
    message = Message(safe)
    if firm and refusal.kind != "foreign" and firm not in refusal.sentence:
        message = Message(f"{literal(firm)}: {safe}", (context(f"*{literal(firm)}*"), section(clip(safe, 3000))))
    return Replace(message) if call.kind == "action" and refusal.kind == "stale" else Say(message)


def _plainly(call: Call, sentence: str) -> Answer:
    """The sentence where the person looks: at the modal's first field, else as a message; what was pressed stays."""
    if call.kind == "options":
        return Options(())
    if call.kind == "submit":
        return FieldErrors({"": sentence})
    return Say(Message(sentence))


def _for_viewer(answer: Answer) -> Answer:
    return replace(answer, message=for_viewer(answer.message)) if isinstance(answer, Say | Replace) else answer
