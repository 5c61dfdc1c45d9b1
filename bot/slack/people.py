"""Who somebody is: name, time zone and whether they run the workspace, asked of Slack in the background and kept."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from bot.background import Background
from bot.slack.places import place
from bot.slack.web_api import SlackSaidNo, TooBusy, Unsure, WebApi
from bot.typed.words import writable
from flows.habits import CLOSED, Standing
from flows.ports import Directory, Known, Sighting
from flows.zones import known_zone

log = logging.getLogger("cais.people")

MEETING = 1.0
"""Seconds an event may wait for the name of somebody new."""

FRESH = 24 * 3600.0
"""Seconds for which what users.info said is good enough."""

ADMIN_FRESH = 3600.0
"""Seconds for which somebody once seen to run the workspace is believed to."""

GENTLY = 1.0
"""Seconds between two people one asks about without being asked to: Slack answers a hundred a minute."""

AGAIN = 60.0
"""Seconds after which Slack is asked again where it said nothing."""


class People:
    """Keeps what is known of people fresh. `now` is real time, in UNIX seconds.

    `business` is the time at which something comes to be known of them, such as a closed account.
    """

    def __init__(
        self,
        slack: WebApi,
        directory: Directory,
        background: Background,
        now: Callable[[], float],
        business: Callable[[], datetime],
    ) -> None:
        self._slack = slack
        self._directory = directory
        self._background = background
        self._now = now
        self._business = business
        self._asking: set[tuple[str, str]] = set()
        self._tried: dict[tuple[str, str], float] = {}
        self._looked_at: dict[tuple[str, str], float] = {}

    def notice(self, tenant: str, user: str, known: Known) -> None:
        """Somebody was heard. Asks Slack where what is known of them is over a day old; never waits for it."""
        if self._now() - known.checked_at < FRESH:
            return
        key = (tenant, user)
        if key in self._asking or not self._may_ask(key):
            return
        self._asking.add(key)
        self._background.start(self._ask(tenant, user, known.person))

    async def meet(self, tenant: str, user: str, person: str) -> Known:
        """Somebody nobody has named yet, whose name may be recorded: asks now, and waits a moment for the answer."""
        try:
            async with asyncio.timeout(MEETING):
                return await self._ask(tenant, user, person) or Known(person)
        except TimeoutError:
            return Known(person)

    async def sure(self, tenant: str, user: str, known: Known) -> Known:
        """What is known, where an admin is one only if Slack said so within the hour: asks now, and waits a moment."""
        if not known.admin or self._now() - known.checked_at < ADMIN_FRESH:
            return known
        if self._may_ask((tenant, user)):
            met = await self.meet(tenant, user, known.person)
            if met.checked_at:
                return met
            self._tried[tenant, user] = self._now()
        return msgspec.structs.replace(known, admin=False)

    async def acquaint(self, tenant: str, people: Mapping[str, str]) -> None:
        """Makes sure who these people are (Slack's ids, and ours) before something is given to them; waits a moment.

        Whose account was closed may have it back: that is asked however little time has gone by.
        """
        seen = {user: await self._directory.sight(tenant, person) for user, person in people.items()}
        old = [user for user, s in seen.items() if _is_closed(s) or self._now() - s.known.checked_at >= ADMIN_FRESH]
        asked = [user for user in old if self._may_ask((tenant, user))]
        await asyncio.gather(*(self.meet(tenant, user, people[user]) for user in asked))

    async def freshen(self, tenant: str, people: Mapping[str, str]) -> None:
        """Asks about those of these people (Slack's ids, and ours) whom nobody asked about for a day, one by one."""
        for user, person in people.items():
            key = (tenant, user)
            if self._now() - self._looked_at.get(key, 0.0) < FRESH or key in self._asking:
                continue
            known = (await self._directory.sight(tenant, person)).known
            if self._now() - known.checked_at >= FRESH and self._may_ask(key):
                await self._ask(tenant, user, person)
                await asyncio.sleep(GENTLY)
            self._looked_at[key] = self._now()

    async def changed(self, tenant: str, user: Mapping[str, object], *, at: float) -> None:
        """Slack says of itself that somebody's profile changed at this UNIX time: kept where we know them.

        Of most changes, such as a status, there is nothing to keep; an event that comes late knows less than we do.
        """
        person = place(tenant, str(user["id"]))
        known = (await self._directory.sight(tenant, person)).known
        if not known.checked_at or at + 1.0 <= known.checked_at:  # Slack tells whole seconds
            return
        shown = read_user(person, user, self._now())
        zone = shown.time_zone if _zone(user) else known.time_zone
        shown = msgspec.structs.replace(shown, name=shown.name or known.name, time_zone=zone)
        if msgspec.structs.replace(shown, checked_at=known.checked_at) != known:
            await self._directory.remember(tenant, shown, at=self._business().timestamp())

    def _may_ask(self, key: tuple[str, str]) -> bool:
        return self._now() - self._tried.get(key, 0.0) >= AGAIN

    async def _ask(self, tenant: str, user: str, person: str) -> Known | None:
        try:
            answer = await self._slack.of(tenant).call("users.info", {"user": user}, form=True)
            known = read_user(person, answer["user"], self._now())
            await self._directory.remember(tenant, known, at=self._business().timestamp())
            return known
        except (SlackSaidNo, TooBusy, Unsure) as error:
            # A guest of another workspace may be unreadable: the name Slack sent along has to do. Asked again later.
            log.info("users.info gave nothing", extra={"action": "users_info", "error": type(error).__name__})
            self._tried[tenant, user] = self._now()
            return None
        finally:
            self._asking.discard((tenant, user))


def read_user(person: str, user: Mapping[str, object], now: float) -> Known:
    """What one user object of Slack's says; the real name first, because an examiner reads it in the history."""
    profile = user.get("profile")
    shown = profile if isinstance(profile, dict) else {}
    name = user.get("real_name") or shown.get("real_name") or shown.get("display_name") or user.get("name") or ""
    standing = _standing(person, user)
    runs = bool(user.get("is_admin") or user.get("is_owner"))
    return Known(
        person=person,
        name=writable(str(name)),
        time_zone=_known_here(_zone(user)),
        admin=runs and standing == "",
        checked_at=now,
        standing=standing,
    )


def _zone(user: Mapping[str, object]) -> str:
    """The zone that the profile says, empty where it says none."""
    zone = user.get("tz")
    return zone if isinstance(zone, str) else ""


def _known_here(zone: str) -> str:
    """Empty for a zone that nobody here can reckon in: then the firm's counts, as where Slack says none."""
    if zone and known_zone(zone) is None:
        log.warning(
            "Slack names a time zone that is not known here: update tzdata; until then the firm's counts",
            extra={"action": "zone_unknown", "zone": zone},
        )
        return ""
    return zone


def _is_closed(sighting: Sighting) -> bool:
    return sighting.known.standing == "gone" or sighting.blocked in CLOSED


def _is_of_here(person: str, user: Mapping[str, object]) -> bool:
    """Not of another company, met in a shared channel: whoever runs their workspace does not run this one."""
    enterprise, _, team = person.removeprefix("slack:").rpartition("/")[0].partition("/")
    org = user.get("enterprise_user")
    same_org = isinstance(org, dict) and enterprise != "-" and org.get("enterprise_id") == enterprise
    return not user.get("is_stranger") and (same_org or user.get("team_id") in (None, "", team))


def _standing(person: str, user: Mapping[str, object]) -> Standing:
    if user.get("deleted"):
        return "gone"
    if user.get("is_bot") or user.get("id") == "USLACKBOT":
        return "app"
    is_guest = user.get("is_restricted") or user.get("is_ultra_restricted")
    return "guest" if is_guest or not _is_of_here(person, user) else ""
