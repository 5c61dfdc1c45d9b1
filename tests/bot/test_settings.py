"""Settings: what starts where, and the sentence that stops a start."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.settings import BadSettings, Settings, load, misspelt, names, unknown_names
from storage.sealing import new_key
from tests.rights import not_root, open_folder

BOT, APP = "xoxb-1-2-abc", "xapp-1-A-2-abc"
OAUTH = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "s", "CAIS_ENCRYPTION_KEYS": new_key("k")}
Given = Callable[..., Settings]


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Given:
    """Loads settings from just these variables, in a folder without a .env file."""
    monkeypatch.chdir(tmp_path)
    for name in names():
        monkeypatch.delenv(name, raising=False)

    def from_these(**variables: str) -> Settings:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return load()

    return from_these


def test_nothing_set_means_the_sandbox(given: Given) -> None:
    settings = given()
    assert settings.way == "sandbox"
    assert (settings.port, settings.sandbox_port) == (3000, 8765)


def test_bot_and_app_token_mean_socket_mode(given: Given) -> None:
    assert given(SLACK_BOT_TOKEN=BOT, SLACK_APP_TOKEN=APP, SLACK_SIGNING_SECRET="s").way == "socket"


def test_bot_token_and_signing_secret_mean_http(given: Given) -> None:
    assert given(SLACK_BOT_TOKEN=BOT, SLACK_SIGNING_SECRET="s").way == "http"


def test_client_id_and_secret_mean_many_workspaces_over_http_or_socket_mode(given: Given) -> None:
    assert given(**OAUTH, SLACK_SIGNING_SECRET="s").way == "http"
    assert given(**OAUTH, SLACK_APP_TOKEN=APP).way == "socket"
    assert given(**OAUTH, SLACK_APP_TOKEN=APP).by_oauth


def test_beside_socket_mode_a_port_is_opened_where_pages_or_a_port_are_wanted(given: Given) -> None:
    tokens = {"SLACK_BOT_TOKEN": BOT, "SLACK_APP_TOKEN": APP}
    assert not given(**tokens).serves_pages
    assert given(**tokens, CAIS_PORT="3000").serves_pages


def test_the_mode_decides_where_it_is_given(given: Given) -> None:
    everything = {"SLACK_BOT_TOKEN": BOT, "SLACK_APP_TOKEN": APP, "SLACK_SIGNING_SECRET": "s"}
    assert given(CAIS_MODE="http", **everything).way == "http"
    assert given(CAIS_MODE="sandbox", **everything).way == "sandbox"


def test_the_sandbox_can_be_had_whatever_is_half_set(given: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", BOT)
    assert load(CAIS_MODE="sandbox").way == "sandbox"
    with pytest.raises(BadSettings):
        load()


@pytest.mark.parametrize(
    ("half", "missing"),
    [
        ({"SLACK_BOT_TOKEN": BOT}, "SLACK_APP_TOKEN"),
        ({"SLACK_APP_TOKEN": APP}, "SLACK_BOT_TOKEN"),
        ({"SLACK_SIGNING_SECRET": "s"}, "SLACK_BOT_TOKEN"),
        ({"CAIS_MODE": "socket"}, "SLACK_BOT_TOKEN"),
        ({"CAIS_MODE": "http", "SLACK_BOT_TOKEN": BOT, "SLACK_APP_TOKEN": APP}, "SLACK_SIGNING_SECRET"),
        ({"SLACK_CLIENT_ID": "1.2"}, "SLACK_CLIENT_SECRET"),
        ({"SLACK_CLIENT_SECRET": "s", "SLACK_BOT_TOKEN": BOT, "SLACK_APP_TOKEN": APP}, "SLACK_CLIENT_ID"),
        (OAUTH | {"CAIS_ENCRYPTION_KEYS": ""}, "cais keys new"),
        (OAUTH, "SLACK_SIGNING_SECRET"),
        (OAUTH | {"SLACK_SIGNING_SECRET": "s", "SLACK_BOT_TOKEN": BOT}, "SLACK_BOT_TOKEN serves one workspace"),
        (OAUTH | {"CAIS_MODE": "socket"}, "SLACK_APP_TOKEN"),
        ({"SLACK_API_URL": "http://127.0.0.1:9/api/"}, "SLACK_BOT_TOKEN"),
    ],
)
def test_half_a_configuration_says_what_is_missing(given: Given, half: dict[str, str], missing: str) -> None:
    with pytest.raises(BadSettings, match=missing):
        given(**half)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("CAIS_PORT", "99999", "CAIS_PORT must be a port between 1 and 65535."),
        ("CAIS_MODE", "carrier-pigeon", "CAIS_MODE must be auto, sandbox, socket or http."),
        ("CAIS_LOG_LEVEL", "loud", "CAIS_LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR."),
        ("CAIS_START_AT", "2022-06-01T09:00", "CAIS_START_AT must be a time with its offset"),
        ("CAIS_CLOCK_SPEED", "0", "CAIS_CLOCK_SPEED must be a number above 0"),
        ("CAIS_CLOCK_SPEED", "nan", "CAIS_CLOCK_SPEED must be a number above 0"),
        ("CAIS_PRACTICE", "perhaps", "CAIS_PRACTICE must be 1 or 0."),
        ("CAIS_PACK", "nowhere.yaml", "CAIS_PACK names nowhere.yaml, and there is no such file."),
        ("SLACK_API_URL", "slack.com", "SLACK_API_URL must be an http or https address"),
        ("CAIS_ENCRYPTION_KEYS", "k:hush", "The key k in CAIS_ENCRYPTION_KEYS is not 32 bytes"),
        ("SLACK_APP_TOKEN", BOT, "SLACK_APP_TOKEN must start with xapp-"),
        ("SLACK_BOT_TOKEN", "xoxe.xoxb-1-abc", "SLACK_BOT_TOKEN is a token that rotates"),
        ("SLACK_BOT_TOKEN", "xoxe-1-abc", "SLACK_BOT_TOKEN is a token that rotates"),
    ],
)
def test_a_bad_value_says_what_it_must_be(given: Given, name: str, value: str, sentence: str) -> None:
    with pytest.raises(BadSettings, match=sentence.replace(".", r"\.")):
        given(**{name: value})


def test_everything_wrong_is_said_at_once(given: Given) -> None:
    with pytest.raises(BadSettings) as stopped:
        given(CAIS_PORT="x", CAIS_MODE="y")
    assert len(str(stopped.value).splitlines()) == 2


def test_a_secret_is_in_no_sentence_and_no_repr(given: Given) -> None:
    secret = "xoxp-not-a-bot-token"
    with pytest.raises(BadSettings) as stopped:
        given(SLACK_BOT_TOKEN=secret)
    assert secret not in str(stopped.value)
    settings = given(SLACK_BOT_TOKEN=BOT, SLACK_APP_TOKEN=APP, CAIS_DATABASE_URL="postgresql+asyncpg://u:pw@h/d")
    assert BOT not in repr(settings)
    assert "pw" not in repr(settings)


def test_an_empty_value_is_no_value(given: Given) -> None:
    settings = given(SLACK_BOT_TOKEN="", CAIS_PORT=" ")
    assert settings.way == "sandbox"
    assert settings.port == 3000


def test_a_dotenv_file_is_read_and_the_environment_wins(given: Given, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"SLACK_BOT_TOKEN={BOT}\nSLACK_APP_TOKEN={APP}\nCAIS_PORT=4000\n")
    assert given().way == "socket"
    assert given(CAIS_PORT="5000").port == 5000
    assert given(SLACK_BOT_TOKEN="", SLACK_APP_TOKEN="").way == "sandbox"


WINDOWS = f"SLACK_BOT_TOKEN={BOT}\r\nSLACK_APP_TOKEN={APP}\r\n"


@pytest.mark.parametrize("home", ["~", "$HOME", "${HOME}"])
def test_a_folder_may_be_said_to_be_in_ones_home(
    given: Given, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".env").write_text(f"CAIS_DATA_DIR={home}/cais-data\n")
    assert load().data_dir == tmp_path / "cais-data"


UNREAD = {
    "a colon for the sign": (f"# ours\n\nSLACK_BOT_TOKEN: {BOT}\n", 3),
    "a quote left open": (f'CAIS_PORT=4000\n\n  SLACK_BOT_TOKEN="{BOT}\n', 3),
    "a quote left open, and another": (f'SLACK_BOT_TOKEN="{BOT}\nSLACK_APP_TOKEN="{APP}"\n', 1),
    "a name alone": (f"SLACK_BOT_TOKEN={BOT}\r\nSLACK_APP_TOKEN\r\n", 2),
    "words": (f"SLACK_BOT_TOKEN={BOT}\nask Ann for the other\n", 2),
}


@pytest.mark.parametrize("what", UNREAD)
def test_a_line_of_a_dotenv_file_that_says_nothing_is_not_passed_over(given: Given, tmp_path: Path, what: str) -> None:
    written, line = UNREAD[what]
    (tmp_path / ".env").write_bytes(written.encode())
    said = rf"^Line {line} of the file .*\.env is no setting\. Write NAME=value"
    with pytest.raises(BadSettings, match=said) as stopped:
        given()
    assert "xoxb" not in str(stopped.value)


@pytest.mark.parametrize("second", ["", "xoxb-other"])
def test_a_name_that_stands_twice_with_two_values_is_said(given: Given, tmp_path: Path, second: str) -> None:
    (tmp_path / ".env").write_text(
        f"# ours\nSLACK_BOT_TOKEN={BOT}\n\nSLACK_APP_TOKEN={APP}\nSLACK_BOT_TOKEN={second}\n"
    )
    said = r"^SLACK_BOT_TOKEN stands twice, in lines 2 and 5 of the file .*\.env"
    with pytest.raises(BadSettings, match=said) as stopped:
        given()
    assert "xoxb" not in str(stopped.value)


def test_what_stands_twice_with_one_value_or_is_somebody_elses_is_taken(given: Given, tmp_path: Path) -> None:
    ours = f"SLACK_BOT_TOKEN={BOT}\nSLACK_APP_TOKEN={APP}\n"
    (tmp_path / ".env").write_text(f"{ours}PATH_OF=a\nexport PATH_OF='b'  # twice\n\n{ours}")
    assert given().way == "socket"


def test_a_mark_that_windows_puts_before_utf8_is_read_over(given: Given, tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(WINDOWS.encode("utf-8-sig"))
    settings = given()
    assert settings.way == "socket"
    assert settings.slack_app_token
    assert settings.slack_app_token.reveal() == APP


@pytest.mark.parametrize(
    ("written", "line"),
    [
        (f"{WINDOWS}CAIS_DATA_DIR=donn\u00e9es".encode("latin-1"), 3),
        (WINDOWS.encode("utf-16"), 1),
        (WINDOWS.encode("utf-16-le"), 1),
    ],
)
def test_a_dotenv_file_that_is_not_utf8_is_said(given: Given, tmp_path: Path, written: bytes, line: int) -> None:
    (tmp_path / ".env").write_bytes(written)
    with pytest.raises(BadSettings, match=rf"\.env is not written in UTF-8, see line {line}\. Save it anew") as stopped:
        given()
    assert "xoxb" not in str(stopped.value)


@pytest.mark.parametrize("closed", [".env", "."])
def test_a_dotenv_file_that_may_not_be_read_is_said(given: Given, monkeypatch: pytest.MonkeyPatch, closed: str) -> None:
    with open_folder() as folder:
        (folder / ".env").write_text(WINDOWS)
        monkeypatch.chdir(folder)
        (folder / closed).chmod(0o000)
        with not_root(), pytest.raises(BadSettings, match=r"\.env cannot be read: Permission denied\. Let the user"):
            given()
        folder.chmod(0o700)
        monkeypatch.chdir("/")


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "CAIS_HOST"])
@pytest.mark.parametrize("unseen", ["\n", "\t", "\u200b", "\u00a0"])
def test_a_line_break_inside_a_quoted_value_is_said(given: Given, tmp_path: Path, name: str, unseen: str) -> None:
    (tmp_path / ".env").write_text(f'{name}="xoxb-1{unseen}hush"\n', encoding="utf-8")
    with pytest.raises(BadSettings, match=f"{name} has a line break, or another character that is not seen") as stopped:
        given()
    assert "hush" not in str(stopped.value)


def test_the_name_of_a_folder_may_hold_anything_and_keys_may_stand_on_a_line_each(given: Given) -> None:
    assert given(CAIS_ENCRYPTION_KEYS=f"{new_key('a')},\n{new_key('b')}").keys.names == {"a", "b"}
    assert given(CAIS_DATA_DIR="our\u00a0data").data_dir == Path("our\u00a0data")


def test_a_moved_clock_is_refused_against_slack_itself(given: Given) -> None:
    with pytest.raises(BadSettings, match="CAIS_PRACTICE=1"):
        given(SLACK_BOT_TOKEN=BOT, SLACK_APP_TOKEN=APP, CAIS_START_AT="2022-06-01T09:00-04:00")
    assert given(CAIS_PRACTICE="1").clock_moved


def test_a_moved_clock_is_welcome_in_the_sandbox(given: Given) -> None:
    assert given(CAIS_CLOCK_SPEED="3600").clock_moved
    settings = given(SLACK_BOT_TOKEN=BOT, SLACK_APP_TOKEN=APP, SLACK_API_URL="http://127.0.0.1:8765/api/")
    assert settings.clock_moved
    assert not settings.talks_to_slack


def test_the_database_is_a_file_in_the_data_folder_unless_named(given: Given, tmp_path: Path) -> None:
    assert given().database == f"sqlite+aiosqlite:///{tmp_path / 'data' / 'sandbox' / 'cais.db'}"
    in_slack = given(SLACK_BOT_TOKEN=BOT, SLACK_APP_TOKEN=APP)
    assert in_slack.database == f"sqlite+aiosqlite:///{tmp_path / 'data' / 'cais.db'}"
    assert given(CAIS_DATABASE_URL="postgresql+asyncpg://u@h/d").database == "postgresql+asyncpg://u@h/d"


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [
        ("SLACK_TOKEN", BOT, "SLACK_BOT_TOKEN"),
        ("SLACK_TOKEN", APP, "SLACK_APP_TOKEN"),
        ("SLACK_TOKEN", "not one", "SLACK_BOT_TOKEN or SLACK_APP_TOKEN"),
        ("SLACK_BOT_USER_OAUTH_TOKEN", BOT, "SLACK_BOT_TOKEN"),
        ("SLACK_API_TOKEN", BOT, "SLACK_BOT_TOKEN"),
        ("slack_bot_token", BOT, "SLACK_BOT_TOKEN"),
        ("SLACK_SIGNING_SECERT", "zephyr", "SLACK_SIGNING_SECRET"),
        ("SLACK_SIGNING_KEY", "zephyr", "SLACK_SIGNING_SECRET"),
        ("SLACK_SECRET", "zephyr", "SLACK_SIGNING_SECRET or SLACK_CLIENT_SECRET"),
        ("SLACK_CLIENT", "1.2", "SLACK_CLIENT_ID"),
        ("SLACK_API_URI", "https://slack-gov.com/api/", "SLACK_API_URL"),
    ],
)
def test_a_name_of_slacks_that_is_misspelt_is_named_with_the_one_that_is_meant(
    given: Given, tmp_path: Path, name: str, value: str, meant: str
) -> None:
    (tmp_path / ".env").write_text(f"{name}={value}\n")
    with pytest.raises(BadSettings, match=f"^{name} is set, and there is no such setting: is {meant} meant") as stopped:
        given()
    assert value not in str(stopped.value).replace(name, "")
    assert misspelt() == [name]
    assert load(CAIS_MODE="sandbox").way == "sandbox"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLACK_CLI_XOXB", BOT),  # Slack's own command line sets these two, and the next
        ("SLACK_CLI_XAPP", APP),
        ("SLACK_USER_TOKEN", "xoxp-1"),
        ("SLACK_API_TOKEN", "xoxp-1"),
        ("SLACK_CONFIG_TOKEN", "xoxe.xoxp-1"),
        ("SLACK_CONFIG_DIR", "/home/ana/.slack"),
        ("SLACK_VERIFICATION_TOKEN", "v"),
        ("SLACK_APP_ID", "A1"),
        ("SLACK_TEAM_ID", "T1"),
        ("SLACK_CHANNEL_ID", "C1"),
        ("SLACK_WEBHOOK_URL", "https://hooks.slack.com/services/T1/B1/x"),
        ("SLACK_URL", "https://acme.slack.com/"),
        ("SLACK_TOKEN", ""),
    ],
)
def test_a_name_of_slacks_that_is_another_programs_hurts_nobody(given: Given, name: str, value: str) -> None:
    assert given(**{name: value}).way == "sandbox"
    assert given(SLACK_BOT_TOKEN=BOT, SLACK_APP_TOKEN=APP).way == "socket"


@pytest.mark.parametrize(("name", "value"), [("SLACK_TOKEN", BOT), ("SLACK_API_TOKEN", BOT), ("SLACK_OTHER", APP)])
def test_a_second_token_beside_a_whole_configuration_is_another_programs(given: Given, name: str, value: str) -> None:
    assert given(SLACK_BOT_TOKEN=BOT, SLACK_APP_TOKEN=APP, **{name: value}).way == "socket"


@pytest.mark.parametrize("name", ["SLACK_SIGNING_SECRET", "SLACK_CLIENT_SECRET"])
@pytest.mark.parametrize("token", [BOT, APP, "xoxp-1-2", "xoxe.xoxb-1-abc"])
def test_a_token_where_a_secret_belongs_is_said(given: Given, name: str, token: str) -> None:
    with pytest.raises(
        BadSettings, match=rf"^{name} holds a token \({token[:4]}.*The secret is under Basic"
    ) as stopped:
        given(**OAUTH | {name: token})
    assert token not in str(stopped.value)


def test_a_slip_of_the_pen_is_found(given: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    given()
    monkeypatch.setenv("CAIS_PROT", "3000")
    assert "CAIS_PROT" in unknown_names()
    assert "CAIS_PORT" not in unknown_names()
