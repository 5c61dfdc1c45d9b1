"""What an operator can set, read once from the environment and a .env file, and checked with sentences."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from os.path import expandvars
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, field

from bot import environment
from bot.slack.outgoing import STRAIGHT_ON, Outgoing
from storage.sealing import Keys, read_keys
from storage.urls import sqlite_url

SLACK_API_URL = "https://slack.com/api/"

Way = Literal["sandbox", "socket", "http"]
Port = Annotated[int, Meta(ge=1, le=65535, description="a port between 1 and 65535")]


class BadSettings(Exception):
    """The settings do not add up. The text is for the operator: what is wrong and what to do."""


class Secret:
    """A value that no log line and no traceback shows."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value, for the one who needs it."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(...)"


Aware = Annotated[
    datetime, Meta(tz=True, description="a time with its offset from UTC, such as 2022-06-01T09:00-04:00")
]
Hidden = Annotated[Secret | None, Meta(description="a secret")]
DATABASES = "sqlite+aiosqlite:///path/to/file.db or postgresql+asyncpg://user:password@host/name"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """One frozen record; `way` says where the bot runs. The descriptions end the sentence "NAME must be ..."."""

    slack_bot_token: Hidden = field(default=None, name="SLACK_BOT_TOKEN")
    slack_app_token: Hidden = field(default=None, name="SLACK_APP_TOKEN")
    slack_signing_secret: Hidden = field(default=None, name="SLACK_SIGNING_SECRET")
    slack_client_id: str | None = field(default=None, name="SLACK_CLIENT_ID")
    slack_client_secret: Hidden = field(default=None, name="SLACK_CLIENT_SECRET")
    slack_api_url: Annotated[
        str, Meta(pattern=r"^https?://[^/].*/api/$", description="an http or https address that ends in /api/")
    ] = field(default=SLACK_API_URL, name="SLACK_API_URL")
    https_proxy: Hidden = field(default=None, name="HTTPS_PROXY")
    no_proxy: str | None = field(default=None, name="NO_PROXY")
    mode: Annotated[Literal["auto", "sandbox", "socket", "http"], Meta(description="auto, sandbox, socket or http")] = (
        field(default="auto", name="CAIS_MODE")
    )
    database_url: Annotated[Secret | None, Meta(description=DATABASES)] = field(default=None, name="CAIS_DATABASE_URL")
    data_dir: Path = field(default=Path("data"), name="CAIS_DATA_DIR")
    host: str = field(default="127.0.0.1", name="CAIS_HOST")
    encryption_keys: Hidden = field(default=None, name="CAIS_ENCRYPTION_KEYS")
    given_port: Port | None = field(default=None, name="CAIS_PORT")
    sandbox_port: Port = field(default=8765, name="CAIS_SANDBOX_PORT")
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"], Meta(description="DEBUG, INFO, WARNING or ERROR")
    ] = field(default="INFO", name="CAIS_LOG_LEVEL")
    pack: Path | None = field(default=None, name="CAIS_PACK")
    start_at: Aware | None = field(default=None, name="CAIS_START_AT")
    clock_speed: Annotated[
        float, Meta(gt=0, le=1_000_000, description="a number above 0 and at most 1000000, such as 3600")
    ] = field(default=1.0, name="CAIS_CLOCK_SPEED")
    practice: Annotated[bool, Meta(description="1 or 0")] = field(default=False, name="CAIS_PRACTICE")
    check_again_days: Annotated[int, Meta(ge=1, le=3650, description="a number of days from 1 to 3650")] = field(
        default=180, name="CAIS_CHECK_AGAIN_DAYS"
    )
    retention_years: Annotated[int, Meta(ge=1, le=100, description="a number of years from 1 to 100")] = field(
        default=6, name="CAIS_RETENTION_YEARS"
    )
    stop_delay: Annotated[float, Meta(ge=0, le=3, description="seconds from 0 to 3")] = field(
        default=0.0, name="CAIS_STOP_DELAY"
    )

    keep_evidence: Annotated[bool, Meta(description="1 or 0")] = field(default=True, name="CAIS_KEEP_EVIDENCE")
    evidence_file_mb: Annotated[int, Meta(ge=1, le=1000, description="a number of megabytes from 1 to 1000")] = field(
        default=25, name="CAIS_EVIDENCE_FILE_MB"
    )
    evidence_total_mb: Annotated[int, Meta(ge=1, le=10_000_000, description="a number of megabytes from 1 up")] = field(
        default=10_000, name="CAIS_EVIDENCE_TOTAL_MB"
    )

    def __post_init__(self) -> None:
        """Raises BadSettings where single values are fine and do not go together."""
        if self.slack_bot_token and self.slack_bot_token.reveal().startswith("xoxe"):
            raise BadSettings(ROTATES)
        _check_token("SLACK_BOT_TOKEN", self.slack_bot_token, ("xoxb-",))
        _check_token("SLACK_APP_TOKEN", self.slack_app_token, ("xapp-",))
        _check_no_token("SLACK_SIGNING_SECRET", self.slack_signing_secret)
        _check_no_token("SLACK_CLIENT_SECRET", self.slack_client_secret)
        _check_file("CAIS_PACK", self.pack)
        self._check_complete()
        if self.encryption_keys:
            _ = self.keys  # those that cannot be read stop the start, and not the first installation
        if self.clock_moved and self.way != "sandbox" and self.talks_to_slack and not self.practice:
            raise BadSettings(
                "CAIS_START_AT and CAIS_CLOCK_SPEED move the clock, which is for practice, and this bot would talk to "
                "Slack itself. Take them away, or set CAIS_PRACTICE=1 if a practice run in Slack is what you want."
            )

    @property
    def way(self) -> Way:
        """Where the bot runs: `auto` decided."""
        if self.mode != "auto":
            return self.mode
        if (self.slack_bot_token or self.by_oauth) and self.slack_app_token:
            return "socket"
        return "http" if self.slack_signing_secret else "sandbox"

    @property
    def by_oauth(self) -> bool:
        """Whether many workspaces install the app by OAuth, instead of one that is served by its token."""
        return bool(self.slack_client_id and self.slack_client_secret)

    @property
    def port(self) -> int:
        """Of the HTTP server."""
        return self.given_port or 3000

    @property
    def serves_pages(self) -> bool:
        """Whether there is an HTTP server: for Slack, for people who install the app, or for whoever watches it."""
        return self.way == "http" or self.by_oauth or self.given_port is not None

    @property
    def keys(self) -> Keys:
        """What tokens are sealed with. Raises BadSettings."""
        try:
            return read_keys(self.encryption_keys.reveal() if self.encryption_keys else "")
        except ValueError as error:
            raise BadSettings(str(error)) from None

    @property
    def clock_moved(self) -> bool:
        """Whether business time is not real time."""
        return self.start_at is not None or self.clock_speed != 1.0

    @property
    def talks_to_slack(self) -> bool:
        """Whether the Web API is Slack's own, not the sandbox's or a test's."""
        host = urlsplit(self.slack_api_url).hostname or ""
        return host == "slack.com" or host.endswith((".slack.com", ".slack-gov.com"))

    @property
    def outgoing(self) -> Outgoing:
        """Which way Slack is asked. Raises BadSettings where it is a proxy of a kind that is not known here."""
        if self.https_proxy is None or not self.slack_api_url.startswith("https:"):
            return STRAIGHT_ON
        try:
            return Outgoing(self.https_proxy.reveal(), self.no_proxy or "")
        except ValueError:
            raise BadSettings(NO_PROXY_OF_OURS) from None

    @property
    def sandbox_folder(self) -> Path:
        """What the sandbox keeps, apart from what was done in Slack."""
        return self.data_dir.resolve() / "sandbox"

    @property
    def slacks_file(self) -> Path:
        """What the bot in Slack keeps where no database is named."""
        return self.data_dir.resolve() / "cais.db"

    @property
    def folder(self) -> Path:
        """Where things are kept. A database that is named is not taken for the sandbox's, unless it is asked for."""
        named = self.names_database and self.mode != "sandbox"
        return self.sandbox_folder if self.way == "sandbox" and not named else self.data_dir.resolve()

    @property
    def evidence_folder(self) -> Path:
        """Where copies of evidence are kept."""
        return self.folder / "evidence"

    @property
    def names_database(self) -> bool:
        """Whether CAIS_DATABASE_URL counts: beside what is set for Slack it is meant for Slack, not for playing."""
        slacks = self.slack_bot_token or self.slack_app_token or self.slack_signing_secret or self.slack_client_id
        return self.database_url is not None and not (self.way == "sandbox" and slacks)

    @property
    def database(self) -> str:
        """The database's URL, with its password: hand it to nobody but the database."""
        if self.database_url is not None and self.names_database:
            return self.database_url.reveal()
        return sqlite_url(self.folder / "cais.db")

    def _check_complete(self) -> None:
        """Half a configuration for Slack stops the start: what is there says what is missing."""
        bot, app, secret = self.slack_bot_token, self.slack_app_token, self.slack_signing_secret
        if self.mode == "sandbox":
            return
        if self.slack_client_id or self.slack_client_secret:
            self._check_oauth()
        elif self.mode == "auto" and not (bot or app or secret):
            self._check_nothing_else_of_slack()
            return
        whose: dict[str, Secret | None] = {} if self.by_oauth else {"SLACK_BOT_TOKEN": bot}
        if self.mode == "socket" or (self.mode == "auto" and app):
            _need("Socket Mode", {**whose, "SLACK_APP_TOKEN": app})
        elif self.mode == "http" or secret:
            _need("HTTP", {**whose, "SLACK_SIGNING_SECRET": secret})
        else:
            there = "SLACK_CLIENT_ID" if self.by_oauth else "SLACK_BOT_TOKEN"
            raise BadSettings(
                f"{there} is set, but not how Slack reaches the bot. For Socket Mode, set SLACK_APP_TOKEN too "
                "(Basic Information, App-Level Tokens); for HTTP, set SLACK_SIGNING_SECRET (Basic Information)."
            )

    def _check_oauth(self) -> None:
        """Many workspaces, each with its own token, or one with the token that is set: never a mixture."""
        client = Secret(self.slack_client_id) if self.slack_client_id else None
        if self.slack_bot_token:
            raise BadSettings(
                "SLACK_BOT_TOKEN serves one workspace; SLACK_CLIENT_ID and SLACK_CLIENT_SECRET serve all that install "
                "the app by OAuth. Take away the one or the other."
            )
        _need("OAuth", {"SLACK_CLIENT_ID": client, "SLACK_CLIENT_SECRET": self.slack_client_secret})
        if not self.encryption_keys:
            raise BadSettings(
                "OAuth also needs CAIS_ENCRYPTION_KEYS, with which tokens are kept. `cais keys new` makes one."
            )

    def _check_nothing_else_of_slack(self) -> None:
        """Without a token or a secret it is the sandbox, unless something says that Slack was meant."""
        if self.slack_api_url != SLACK_API_URL:
            raise BadSettings(
                "SLACK_API_URL is set, but no token goes with it. Set SLACK_BOT_TOKEN and SLACK_APP_TOKEN "
                "(Socket Mode), or take it away to start the sandbox."
            )


WHERE = {
    "SLACK_BOT_TOKEN": "OAuth & Permissions, after the app is installed",
    "SLACK_APP_TOKEN": "Basic Information, App-Level Tokens",
    "SLACK_SIGNING_SECRET": "Basic Information, App Credentials",
    "SLACK_CLIENT_ID": "Basic Information, App Credentials",
    "SLACK_CLIENT_SECRET": "Basic Information, App Credentials",
}
"""Where api.slack.com/apps shows each secret."""

TOKENS = {
    "xoxb-": "which belongs in SLACK_BOT_TOKEN",
    "xapp-": "which belongs in SLACK_APP_TOKEN",
    "xoxp-": "which is somebody's own and not needed",
    "xoxe": "which rotates and is not needed",
}
"""How Slack's tokens begin, and where each belongs."""

ROTATES = (
    "SLACK_BOT_TOKEN is a token that rotates (xoxe): it would stop within twelve hours, and this version renews none. "
    "Token rotation cannot be turned off again, so make another app from manifest.yml, which leaves it off."
)


NO_PROXY_OF_OURS = (
    "HTTPS_PROXY must be http://host:port, or http://name:password@host:port, with signs such as / and @ in the "
    "password written as %2F and %40. Where Slack is reached without a proxy, start with HTTPS_PROXY empty."
)

IN_SMALL_LETTERS = frozenset({"HTTPS_PROXY", "NO_PROXY"})
"""Other programs know them in small letters too, and those count more there."""

MAY_HOLD_ANYTHING = frozenset({"CAIS_DATABASE_URL", "CAIS_DATA_DIR", "CAIS_PACK", "CAIS_ENCRYPTION_KEYS"})
"""The first three may name a file, whose name may; keys may stand on a line each."""

UNSEEN = "a line break, or another character that is not seen, in it. Copy it anew, onto one line."

SLIP = (
    "{name} is set, and there is no such setting: is {meant} meant? Give it that name, or take it away if it is for "
    "another program. `cais sandbox` starts without any."
)

FIELDS = {one.encode_name: one for one in msgspec.structs.fields(Settings)}


def load(**instead: str) -> Settings:
    """The settings of this process, some replaced by name. Raises BadSettings with all that is wrong, line by line."""
    return read({**_given(), **instead})


def read(given: Mapping[str, str]) -> Settings:
    """The settings in these variables; others are passed over, an empty one counts as not set. Raises BadSettings."""
    values: dict[str, Any] = {}
    wrong = []
    for name, one in FIELDS.items():
        text = _given_as(name, given)
        if not text:
            continue
        if not text.isprintable() and name not in MAY_HOLD_ANYTHING:
            wrong.append(f"{name} has {UNSEEN}")
            continue
        try:
            values[one.name] = msgspec.convert(_normal(name, text), one.type, strict=False, dec_hook=_from_text)
        except msgspec.ValidationError:
            wrong.append(f"{name} must be {_should_be(one.type)}.")
    if given.get("CAIS_MODE", "").strip() != "sandbox":  # which is had whatever is half set
        wrong += [SLIP.format(name=name, meant=" or ".join(meant)) for name, meant in _slips(given).items()]
    if wrong:
        raise BadSettings("\n".join(wrong))
    return Settings(**values)


def _given_as(name: str, given: Mapping[str, str]) -> str:
    small = given.get(name.lower(), "").strip() if name in IN_SMALL_LETTERS else ""
    return small or given.get(name, "").strip()


def names() -> dict[str, Any]:
    """Every setting's name and default."""
    return {name: one.default for name, one in FIELDS.items()}


def is_given(name: str) -> bool:
    """Whether the operator set this one, be it to its default."""
    return bool(_given().get(name, "").strip())


def unknown_names() -> list[str]:
    """Names that look like settings of ours and are none, most often a slip of the pen."""
    return sorted(name for name in _given() if name.startswith("CAIS_") and name not in FIELDS)


def misspelt() -> list[str]:
    """Slack's names that are none of ours and look like it, such as SLACK_TOKEN."""
    return list(_slips(_given()))


def _slips(given: Mapping[str, str]) -> dict[str, list[str]]:
    return environment.slips(given, FIELDS)


def _given() -> dict[str, str]:
    try:
        return environment.given()
    except ValueError as error:
        raise BadSettings(str(error)) from None


def _should_be(kind: Any) -> str:
    """The description of a field's type, or of the one it may be beside None."""
    described = (meta.description for one in (kind, *get_args(kind)) for meta in getattr(one, "__metadata__", ()))
    return str(next(described))


def _normal(name: str, text: str) -> str:
    if name == "CAIS_LOG_LEVEL":
        return text.upper()
    if name == "CAIS_START_AT":
        with suppress(ValueError):
            return datetime.fromisoformat(text).isoformat()  # msgspec wants seconds, people leave them out
    return text


def _from_text(kind: type, text: str) -> Any:
    if issubclass(kind, Path):
        with suppress(RuntimeError):  # nobody's home is known; the folder of that name it is, then
            return kind(expandvars(text)).expanduser()
    return kind(text)


def _check_token(name: str, token: Secret | None, starts: tuple[str, ...]) -> None:
    if token is not None and not token.reveal().startswith(starts):
        raise BadSettings(f"{name} must start with {starts[0]}. Slack shows it under {WHERE[name]}.")


def _check_no_token(name: str, secret: Secret | None) -> None:
    for start, what in TOKENS.items():
        if secret is not None and secret.reveal().startswith(start):
            raise BadSettings(f"{name} holds a token ({start}...), {what}. The secret is under {WHERE[name]}.")


def _check_file(name: str, path: Path | None) -> None:
    try:
        if path is not None and not path.is_file():
            raise BadSettings(f"{name} names {path}, and there is no such file.")
    except OSError as error:
        todo = "Let the user who runs this enter the folders it is in."
        raise BadSettings(f"{name} names {path}, which cannot be read: {error.strerror}. {todo}") from None


def _need(way: str, given: Mapping[str, Secret | None]) -> None:
    missing = " and ".join(f"{name} ({WHERE[name]})" for name, value in given.items() if not value)
    there = " and ".join(name for name, value in given.items() if value)
    if missing and there:
        raise BadSettings(f"{there} is set, but {way} also needs {missing}.")
    if missing:
        raise BadSettings(f"{way} needs {missing}.")
