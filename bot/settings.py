"""What an operator can set, read once from the environment and a .env file, and checked with sentences."""

import os
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import AwareDatetime, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SLACK_API_URL = "https://slack.com/api/"

Way = Literal["sandbox", "socket", "http"]


class BadSettings(Exception):
    """The settings do not add up. The text is for the operator: what is wrong and what to do."""


def _named(name: str, default: Any, should_be: str, **limits: Any) -> Any:
    return Field(default, validation_alias=name, description=should_be, **limits)


class Settings(BaseSettings):
    """One frozen record; `way` says where the bot runs. The descriptions end the sentence "NAME must be ..."."""

    model_config = SettingsConfigDict(frozen=True, env_file=".env", extra="ignore", hide_input_in_errors=True)

    slack_bot_token: SecretStr | None = _named("SLACK_BOT_TOKEN", None, "the bot token, which starts with xoxb-")
    slack_app_token: SecretStr | None = _named("SLACK_APP_TOKEN", None, "the app-level token, which starts with xapp-")
    slack_signing_secret: SecretStr | None = _named("SLACK_SIGNING_SECRET", None, "the app's signing secret")
    slack_client_id: str | None = _named("SLACK_CLIENT_ID", None, "the app's client id")
    slack_client_secret: SecretStr | None = _named("SLACK_CLIENT_SECRET", None, "the app's client secret")
    slack_api_url: str = _named("SLACK_API_URL", SLACK_API_URL, "an http or https address that ends in /api/")
    mode: Literal["auto", "sandbox", "socket", "http"] = _named("CAIS_MODE", "auto", "auto, sandbox, socket or http")
    database_url: SecretStr | None = _named(
        "CAIS_DATABASE_URL", None, "sqlite+aiosqlite:///path/to/file.db or postgresql+asyncpg://user:password@host/name"
    )
    data_dir: Path = _named("CAIS_DATA_DIR", Path("data"), "a folder")
    host: str = _named("CAIS_HOST", "127.0.0.1", "an address of this machine to listen on")
    port: int = _named("CAIS_PORT", 3000, "a port between 1 and 65535", ge=1, le=65535)
    sandbox_port: int = _named("CAIS_SANDBOX_PORT", 8765, "a port between 1 and 65535", ge=1, le=65535)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = _named(
        "CAIS_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR"
    )
    pack: Path | None = _named("CAIS_PACK", None, "the path of a roadmap pack, a .yaml file")
    start_at: AwareDatetime | None = _named(
        "CAIS_START_AT", None, "a time with its offset from UTC, such as 2022-06-01T09:00-04:00"
    )
    clock_speed: float = _named(
        "CAIS_CLOCK_SPEED", 1.0, "a number above 0 and at most 1000000, such as 3600", gt=0, le=1_000_000
    )
    practice: bool = _named("CAIS_PRACTICE", False, "1 or 0")

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: Any) -> Any:
        return value.upper() if isinstance(value, str) else value

    @model_validator(mode="before")
    @classmethod
    def _blank_is_not_set(cls, given: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in given.items() if not (isinstance(value, str) and not value.strip())}

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        _check_token("SLACK_BOT_TOKEN", self.slack_bot_token, ("xoxb-", "xoxe.xoxb-"))
        _check_token("SLACK_APP_TOKEN", self.slack_app_token, ("xapp-",))
        if urlsplit(self.slack_api_url).scheme not in {"http", "https"} or not self.slack_api_url.endswith("/api/"):
            raise BadSettings("SLACK_API_URL must be an http or https address that ends in /api/.")
        if self.pack is not None and not self.pack.is_file():
            raise BadSettings(f"CAIS_PACK names {self.pack}, and there is no such file.")
        self._check_complete()
        if self.clock_moved and self.way != "sandbox" and self.talks_to_slack and not self.practice:
            raise BadSettings(
                "CAIS_START_AT and CAIS_CLOCK_SPEED move the clock, which is for practice, and this bot would talk to "
                "Slack itself. Take them away, or set CAIS_PRACTICE=1 if a practice run in Slack is what you want."
            )
        return self

    @property
    def way(self) -> Way:
        """Where the bot runs: `auto` decided."""
        if self.mode != "auto":
            return self.mode
        if self.slack_bot_token and self.slack_app_token:
            return "socket"
        return "http" if self.slack_signing_secret else "sandbox"

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
    def sandbox_folder(self) -> Path:
        """What the sandbox keeps, apart from what was done in Slack."""
        return self.data_dir.resolve() / "sandbox"

    @property
    def database(self) -> str:
        """The database's URL, with its password: hand it to nobody but the database."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        folder = self.sandbox_folder if self.way == "sandbox" else self.data_dir.resolve()
        return f"sqlite+aiosqlite:///{folder / 'cais.db'}"

    def _check_complete(self) -> None:
        """Half a configuration for Slack stops the start: what is there says what is missing."""
        bot, app, secret = self.slack_bot_token, self.slack_app_token, self.slack_signing_secret
        if self.mode == "sandbox":
            return
        if self.mode == "auto" and not (bot or app or secret):
            self._check_nothing_else_of_slack()
            return
        if self.mode == "socket" or (self.mode == "auto" and app):
            _need("Socket Mode", {"SLACK_BOT_TOKEN": bot, "SLACK_APP_TOKEN": app})
        elif self.mode == "http" or secret:
            _need("HTTP", {"SLACK_BOT_TOKEN": bot, "SLACK_SIGNING_SECRET": secret})
        else:
            raise BadSettings(
                "SLACK_BOT_TOKEN is set, but not how Slack reaches the bot. For Socket Mode, set SLACK_APP_TOKEN too "
                "(Basic Information, App-Level Tokens); for HTTP, set SLACK_SIGNING_SECRET (Basic Information)."
            )

    def _check_nothing_else_of_slack(self) -> None:
        """Without a token or a secret it is the sandbox, unless something says that Slack was meant."""
        if self.slack_client_id or self.slack_client_secret:
            raise BadSettings(
                "SLACK_CLIENT_ID or SLACK_CLIENT_SECRET is set, but this version is not installed through OAuth. "
                "Set SLACK_BOT_TOKEN and SLACK_APP_TOKEN (Socket Mode), or CAIS_MODE=sandbox to try it without Slack."
            )
        if self.slack_api_url != SLACK_API_URL:
            raise BadSettings(
                "SLACK_API_URL is set, but no token goes with it. Set SLACK_BOT_TOKEN and SLACK_APP_TOKEN "
                "(Socket Mode), or take it away to start the sandbox."
            )


WHERE = {
    "SLACK_BOT_TOKEN": "OAuth & Permissions, after the app is installed",
    "SLACK_APP_TOKEN": "Basic Information, App-Level Tokens",
    "SLACK_SIGNING_SECRET": "Basic Information, App Credentials",
}
"""Where api.slack.com/apps shows each secret."""


def load() -> Settings:
    """The settings of this process. Raises BadSettings with everything that is wrong, one sentence per line."""
    try:
        return Settings()
    except ValidationError as error:
        raise BadSettings("\n".join(dict.fromkeys(_sentence(one) for one in error.errors()))) from None


def names() -> dict[str, Any]:
    """Every setting's name and default."""
    return {str(field.validation_alias): field.default for field in Settings.model_fields.values()}


def unknown_names() -> list[str]:
    """Names that look like settings of ours and are none, most often a slip of the pen."""
    given = {**os.environ, **dotenv_values(".env")}
    return sorted(name for name in given if name.startswith("CAIS_") and name not in names())


def _sentence(error: Any) -> str:
    name = str(error["loc"][0])
    should_be = {str(f.validation_alias): f.description for f in Settings.model_fields.values()}.get(name, "valid")
    return f"{name} must be {should_be}."


def _check_token(name: str, token: SecretStr | None, starts: tuple[str, ...]) -> None:
    if token is not None and not token.get_secret_value().startswith(starts):
        raise BadSettings(f"{name} must start with {starts[0]}. Slack shows it under {WHERE[name]}.")


def _need(way: str, given: dict[str, SecretStr | None]) -> None:
    missing = " and ".join(f"{name} ({WHERE[name]})" for name, value in given.items() if not value)
    there = " and ".join(name for name, value in given.items() if value)
    if missing and there:
        raise BadSettings(f"{there} is set, but {way} also needs {missing}.")
    if missing:
        raise BadSettings(f"{way} needs {missing}.")
