"""Fetches a list of firms that somebody handed over, finds the people in it, and has them owed a look at it.

That it is to be read is owed from when it was handed over, so whoever is stopped or killed is followed by another.
"""

import asyncio
import logging
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from bot.background import Background
from bot.slack.handed_over import describe
from bot.slack.people import read_user
from bot.slack.places import place, slack_id
from bot.slack.web_api import NotHandedOver, SlackSaidNo, TooBusy, TooLarge, Unsure, WebApi
from flows.firm_lists.people import Face, anybody_named, with_people
from flows.firm_lists.reading import FirmList
from flows.firm_lists.text import LARGEST, TOO_LARGE, decode
from flows.firm_lists.use_cases import READING, WENT_WRONG, Given
from flows.firms import Refusal
from flows.ports import Known
from flows.services import Services

log = logging.getLogger("cais.firm_list_reader")

PAGE = 500
MOST_PAGES = 40
"""Of people: in a workspace of more than twenty thousand the others cannot be named in a list."""

HELD_FOR = READING / 3
"""Seconds after which it is said again that a list is still being read."""

PATIENCE = 120.0
"""Seconds to wait where Slack asks to: it gives out some twenty pages a minute."""

NO_FILE = "I could not fetch that file from Slack. Hand it over again. Nothing was set up."
NO_SCOPE = "I may not fetch files here: the app lacks `files:read`. Paste the lines instead. Nothing was set up."
NO_PEOPLE = "Slack did not tell me who is in this workspace, so I could not look up the people in the list. Try again."

People = Mapping[str, tuple[Known, tuple[str, ...]]]
"""By our id: what is known of somebody, and the codes one may write for them."""


class _Reading:
    """A list that is being read, as it is owed now."""

    def __init__(self, given: Given) -> None:
        self.given = given
        self.turn = asyncio.Lock()
        """Whoever writes what is owed has it: of two at once, one would leave behind what the other owes."""

    @asynccontextmanager
    async def ended(self, holding: asyncio.Task[None]) -> AsyncIterator[Given]:
        """It, as it is owed last: nobody holds it any more."""
        async with self.turn:
            holding.cancel()
            yield self.given


class _NoPeople(Exception):
    """Slack does not say who there is."""


class FirmListReader:
    """`now` is real time in UNIX seconds; `speed` is how many times as fast as it business time runs."""

    def __init__(
        self, services: Services, slack: WebApi, background: Background, now: Callable[[], float], *, speed: float = 1.0
    ) -> None:
        self._services = services
        self._slack = slack
        self._background = background
        self._now = now
        self._under_way: set[tuple[str, str | None]] = set()
        services.firm_lists.carry_out, services.firm_lists.speed = self.begin, speed

    def begin(self, given: Given) -> None:
        """Reads it, beside what people do meanwhile, unless it is under way here already."""
        if _which(given) not in self._under_way:
            self._under_way.add(_which(given))
            self._background.start(self._see_to(given))

    async def _see_to(self, given: Given) -> None:
        lists, reading = self._services.firm_lists, _Reading(given)
        holding = asyncio.ensure_future(self._hold(reading))
        try:
            found = await lists.read(given, given.text or await self._fetch(given))
            names: dict[str, str] = {}
            if anybody_named(found):
                people = await self._everybody(given.tenant)
                found = with_people(found, [_face(known, codes) for known, codes in people.values()])
                names = await self._remember(given.tenant, found, people)
            async with reading.ended(holding) as last:
                await lists.looked_at(last, found, names)
        except asyncio.CancelledError:
            async with reading.ended(holding) as last:
                await lists.left_off(last)
            raise
        except Exception as error:  # noqa: BLE001 - whatever went wrong, whoever handed it over is told
            log.info("a list was not read", extra={"action": "firm_list", "error": type(error).__name__})
            async with reading.ended(holding) as last:
                await lists.looked_at(last, FirmList((), ()), refused=_why(error))
        finally:
            holding.cancel()
            self._under_way.discard(_which(given))

    async def _hold(self, reading: "_Reading") -> None:
        """Slack gives out people slowly: where it takes long, nobody is to take it for a list that was left behind."""
        while True:
            await asyncio.sleep(HELD_FOR)
            try:
                async with reading.turn:
                    reading.given = await self._services.firm_lists.still_read(reading.given)
            except Exception as error:  # noqa: BLE001 - at worst somebody else reads it, too, and the look comes once
                log.info("a list is not held", extra={"action": "firm_list", "error": type(error).__name__})

    async def _fetch(self, given: Given) -> str:
        """Raises Refusal, and what Slack says to that."""
        slack = self._slack.of(given.tenant)
        found = await describe(slack, given.file, by=slack_id(given.act.who.id))
        url = str(found.get("url_private_download") or "")
        with tempfile.TemporaryFile() as into:
            await slack.fetch(url, into, most=LARGEST)
            into.seek(0)
            return decode(into.read())

    async def _everybody(self, tenant: str) -> People:
        """Raises _NoPeople."""
        found: dict[str, tuple[Known, tuple[str, ...]]] = {}
        cursor = ""
        for _ in range(MOST_PAGES):
            # With the token of a whole org Slack wants to know of which workspace; with another it does not look.
            asked = {"limit": PAGE, "team_id": tenant.rpartition("/")[2], **({"cursor": cursor} if cursor else {})}
            try:
                page = await self._slack.of(tenant).call("users.list", asked, form=True, patience=PATIENCE)
            except (SlackSaidNo, TooBusy, Unsure) as error:
                raise _NoPeople from error
            for user in page.get("members") or ():
                known = read_user(place(tenant, str(user.get("id"))), user, self._now())
                found[known.person] = known, _codes(user)
            cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                break
        return found

    async def _remember(self, tenant: str, found: FirmList, people: People) -> dict[str, str]:
        """Keeps what is known of those in the list, and gives their names."""
        named = dict.fromkeys(p for row in found.rows for p in (*row.leads, *row.members))
        for person in named:
            await self._services.directory.remember(tenant, people[person][0], at=self._services.now().timestamp())
        return {person: people[person][0].name for person in named}


def _which(given: Given) -> tuple[str, str | None]:
    return given.tenant, given.act.cause


def _codes(user: Mapping[str, Any]) -> tuple[str, ...]:
    """What people may write for somebody, beside the real name."""
    shown = (user.get("profile") or {}).get("display_name")
    return tuple(str(code).casefold() for code in (user.get("id"), user.get("name"), shown) if code)


def _face(known: Known, codes: tuple[str, ...]) -> Face:
    return Face(known.person, known.name, codes, may_join=known.standing not in ("gone", "app"))


def _why(error: Exception) -> str:
    match error:
        case Refusal():
            return error.sentence
        case _NoPeople():
            return NO_PEOPLE
        case TooLarge():
            return TOO_LARGE.sentence
        case SlackSaidNo() if error.error == "missing_scope":
            return NO_SCOPE
        case SlackSaidNo() | NotHandedOver() | TooBusy() | Unsure():
            return NO_FILE
        case _:
            return WENT_WRONG
