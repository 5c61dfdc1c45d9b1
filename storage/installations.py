"""Where the app was installed by OAuth: one sealed token for each workspace or org, and installations under way."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec
from sqlalchemy import bindparam, delete, select, update

from storage.event_store import Runner
from storage.models import installations, oauth_states
from storage.sealing import Keys, KeyTrouble
from storage.statements import Rows, Statement, Unit, upsert

_NAMED = 5
"""Workspaces that a sentence names."""

FORGET = (
    "`cais keys forget` takes the token of one workspace away, and then it has to add the app again. What it recorded "
    "is kept."
)

Began = Literal["here", "elsewhere", "nowhere"]
"""Whether an installation was begun in this browser, in another one, or not at all: too long ago, or used up."""


class Installation(msgspec.Struct, frozen=True, kw_only=True):
    """The app in one workspace, or in a whole org: `tenant` is `E1/-` then. `scopes` in alphabetical order."""

    tenant: str
    name: str
    token: str
    bot_user: str
    bot_id: str
    app: str
    scopes: tuple[str, ...]
    installer: str
    """Slack's id of the person who installed it."""
    installed_at: float
    """Real time in UNIX seconds."""

    @property
    def for_org(self) -> bool:
        """Whether it is for all workspaces of an org to which an admin adds it."""
        return self.tenant.endswith("/-")

    def __repr__(self) -> str:
        return f"Installation({self.tenant})"


class Unopened(msgspec.Struct, frozen=True):
    """An installation whose token no key opens."""

    tenant: str
    name: str
    key: str
    """What it was sealed with."""
    damaged: bool
    """Its own row is to blame: the key opened others. Else the key may be another one than it was."""

    @property
    def slack_id(self) -> str:
        """Slack's own id of the workspace, or of the org."""
        enterprise, _, team = self.tenant.partition("/")
        return enterprise if team == "-" else team

    @property
    def sentence(self) -> str:
        """Whose token it is, why it does not open, and what to do."""
        why = (
            "It is damaged, as the key opened others."
            if self.damaged
            else "It is damaged, or that key is another one than it was: then put the right one back."
        )
        return (
            f"The token of {self.name} ({self.tenant}) does not open with the key {self.key}. {why} Have the app added "
            f"there again at /slack/install, or take the token away: cais keys forget {self.slack_id}"
        )


_DAMAGED = "?"
"""Stands before the key's name, where no name may have it, once that key was seen to open others.

Without it one damaged row would be all that is left under an old key after a rotation, and look as if the key were not
the one it was: the next start would refuse.
"""


def whole_org(tenant: str) -> str:
    """The tenant under which an installation for the whole org of this workspace is kept; empty outside of orgs."""
    enterprise = tenant.partition("/")[0]
    return "" if enterprise in ("", "-") else f"{enterprise}/-"


_columns = [installations.c[name] for name in Installation.__struct_fields__]
_is_tenant = installations.c.tenant == bindparam("tenant")
_save = upsert(installations, *(c.name for c in installations.c if c.name != "tenant"))
_find = Statement(
    lambda _: select(*_columns, installations.c.sealed_with).where(
        installations.c.tenant.in_([bindparam("tenant"), bindparam("org")])
    )
)
_all = Statement(lambda _: select(*_columns, installations.c.sealed_with).order_by(installations.c.tenant))
_delete = Statement(lambda _: delete(installations).where(_is_tenant).returning(installations.c.tenant))
_reseal = Statement(
    lambda _: (
        update(installations)
        .values(token=bindparam("new_token"), sealed_with=bindparam("new_key"))
        .where(_is_tenant, installations.c.token == bindparam("old_token"))
        .returning(installations.c.tenant)
    )
)
_begin = upsert(oauth_states, "browser", "expires_at")
_tidy = Statement(lambda _: delete(oauth_states).where(oauth_states.c.expires_at < bindparam("now")))
_take = Statement(
    lambda _: (
        delete(oauth_states)
        .where(oauth_states.c.state == bindparam("state"))
        .returning(oauth_states.c.browser, oauth_states.c.expires_at)
    )
)


class Installations:
    """On a database. `keys` are the operator's. Raises StorageUnavailable, and KeyTrouble where a token is opened."""

    def __init__(self, runner: Runner, keys: Keys) -> None:
        self._runner = runner
        self._keys = keys

    async def save(self, new: Installation) -> None:
        """Keeps it in place of an earlier one of the same workspace."""
        row = {**msgspec.structs.asdict(new), "scopes": ",".join(new.scopes), "sealed_with": self._keys.first}
        row["token"] = self._keys.seal(new.token, new.tenant)
        await self._runner.write(lambda: _rows(_save, row))

    async def of(self, tenant: str) -> Installation | None:
        """The workspace's own, else that of its whole org."""
        rows = await self._runner.glance(_rows(_find, {"tenant": tenant, "org": whole_org(tenant)}))
        own = sorted(rows, key=lambda row: row[0] != tenant)
        return self._open(own[0]) if own else None

    async def all(self) -> Sequence[Installation]:
        """Every installation that opens, in the order of their tenants."""
        return self._sort(await self._runner.read(_rows(_all, {})))[0]

    async def unopened(self) -> Sequence[Unopened]:
        """The others, in that order."""
        return self._sort(await self._runner.read(_rows(_all, {})))[1]

    async def delete(self, tenant: str) -> bool:
        """Its token is gone at once; whether there was one."""
        return bool(await self._runner.write(lambda: _rows(_delete, {"tenant": tenant})))

    async def check_keys(self) -> Mapping[str, int]:
        """How many tokens each key holds. Raises KeyTrouble where one is missing, or is not the one it was."""
        rows = await self._runner.read(_rows(_all, {}))
        self._must_have(rows)
        for name in {row[-1] for row in rows}:
            if not name.startswith(_DAMAGED):
                self._must_open([row for row in rows if row[-1] == name], name)
        return _keyed(rows)

    async def keyed(self) -> Mapping[str, int]:
        """How many tokens are sealed with each key, without those that are damaged; none of them is opened."""
        return _keyed(await self._runner.read(_rows(_all, {})))

    async def rotate(self) -> Mapping[str, int]:
        """Seals every token that opens with the first key; how many were under each of the others.

        Raises KeyTrouble where a key is missing or none opens, and then nothing was changed.
        """
        return await self._runner.write(self._rotate)

    def _rotate(self) -> Unit[Mapping[str, int]]:
        rows = yield _all, {}
        self._must_have(rows)
        good, ill = self._sort(rows)
        if ill and not good:
            for name in {one.key for one in ill if not one.damaged}:
                self._must_open([row for row in rows if row[-1] == name], name)
        under = {row[0]: (row[2], str(row[-1])) for row in rows}
        changed: Counter[str] = Counter()
        for one in good:
            token, name = under[one.tenant]
            if name == self._keys.first:
                continue
            anew = {"new_token": self._keys.seal(one.token, one.tenant), "new_key": self._keys.first}
            # Whoever installs it again just now has sealed it with the first key already.
            changed[name] += len((yield _reseal, {"tenant": one.tenant, "old_token": token, **anew}))
        for lost in (one for one in ill if one.damaged):
            token, _ = under[lost.tenant]
            as_it_is = {"new_token": token, "new_key": f"{_DAMAGED}{lost.key}"}
            yield _reseal, {"tenant": lost.tenant, "old_token": token, **as_it_is}
        return changed

    def _sort(self, rows: Rows) -> tuple[list[Installation], list[Unopened]]:
        """Those that open, and those that do not."""
        good: list[Installation] = []
        ill: list[tuple[str, str, str]] = []
        opening: set[str] = set()
        for row in rows:
            try:
                good.append(self._open(row))
                opening.add(row[-1])
            except KeyTrouble:
                ill.append((row[0], row[1], row[-1]))
        return good, [
            Unopened(tenant, name, key.removeprefix(_DAMAGED), key in opening or key.startswith(_DAMAGED))
            for tenant, name, key in ill
        ]

    def _must_have(self, rows: Rows) -> None:
        keyed = (str(row[-1]) for row in rows if not row[-1].startswith(_DAMAGED))
        missing = Counter(name for name in keyed if name not in self._keys.names)
        if missing:
            whose = _named([row for row in rows if row[-1] in missing])
            count = sum(missing.values())
            few = "The token of one workspace is" if count == 1 else f"The tokens of {count} workspaces are"
            names = " and ".join(sorted(missing))
            raise KeyTrouble(
                f"{few} sealed with the key {names}, which CAIS_ENCRYPTION_KEYS does not hold: {whose}. Put "
                f"that key back; it can be taken out after `cais keys rotate`. If it is lost: {FORGET}"
            )

    def _must_open(self, rows: Rows, name: str) -> None:
        """One that opens is enough: a single damaged row is not to keep all others waiting."""
        for row in rows:
            try:
                self._open(row)
            except KeyTrouble:
                continue
            return
        raise KeyTrouble(
            f"The key {name} in CAIS_ENCRYPTION_KEYS is not the one that was called so before: it opens no token that "
            f"is sealed with it, as that of {_named(rows)}. Put the right one back. Where there is none: {FORGET}"
        )

    def _open(self, row: Sequence[Any]) -> Installation:
        *values, sealed_with = row
        if sealed_with.startswith(_DAMAGED):
            raise KeyTrouble(f"The token of {values[1]} ({values[0]}) is damaged. {FORGET}")
        known = dict(zip(Installation.__struct_fields__, values, strict=True))
        known["token"] = self._keys.unseal(known["token"], sealed_with, known["tenant"])
        known["scopes"] = tuple(filter(None, str(known["scopes"]).split(",")))
        return Installation(**known)

    async def begin(self, state: str, browser: str, *, now: float, expires_at: float) -> None:
        """An installation is begun; forgets those that ran out. Both are hashes; times are real."""
        await self._runner.write(lambda: _began(state, browser, now, expires_at))

    async def end(self, state: str, browser: str, *, now: float) -> Began:
        """Where the installation with this state was begun. Asked once, the state is used up, whatever the answer."""
        rows = await self._runner.write(lambda: _rows(_take, {"state": state}))
        if not rows or rows[0][1] < now:
            return "nowhere"
        return "here" if rows[0][0] == browser else "elsewhere"


def _keyed(rows: Rows) -> Mapping[str, int]:
    return Counter(str(row[-1]) for row in rows if not row[-1].startswith(_DAMAGED))


def _named(rows: Rows) -> str:
    """Which workspaces these are."""
    some = [f"{row[1]} ({row[0]})" for row in rows[:_NAMED]]
    return ", ".join(some) + (f" and {len(rows) - _NAMED} more" if len(rows) > _NAMED else "")


def _rows(statement: Statement, given: Mapping[str, Any]) -> Unit[Rows]:
    return (yield statement, given)


def _began(state: str, browser: str, now: float, expires_at: float) -> Unit[None]:
    yield _tidy, {"now": now}
    yield _begin, {"state": state, "browser": browser, "expires_at": expires_at}
