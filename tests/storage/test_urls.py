"""What a database's URL says, and what of it people may see."""

import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from storage.database import check, is_current, open_database
from storage.errors import Unusable
from storage.migrate import migrate
from storage.moving import move
from storage.urls import plain_url, shown, sqlite_path, sqlite_url
from tests.bot.prompt import KEY, four_events
from tests.rights import open_folder
from tests.storage import postgres


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("sqlite+aiosqlite:////var/cais.db", "/var/cais.db"),
        ("sqlite+aiosqlite:///cais.db", str(Path("cais.db").absolute())),
        ("postgresql+asyncpg://cais:hush@db.example:5433/cais", "postgresql://cais@db.example:5433/cais"),
        ("postgresql://cais:hush%40hush@db.example/cais?sslmode=require", "postgresql://cais@db.example/cais"),
        ("postgresql+asyncpg://cais@/postgres?host=/run/postgresql", "postgresql://cais@/postgres"),
    ],
)
def test_a_database_is_shown_without_its_password(url: str, seen: str) -> None:
    assert shown(url) == seen


@pytest.mark.parametrize(
    "wrong",
    [
        "cais:SECRETPW@db.example/cais",
        "postgresql//u:SECRETPW@db.example/cais",
        "postgresql:u:SECRETPW@db.example/cais",
        "cais:SECRETPW://db.example/cais",
        "u@SECRETPW://db.example/cais",
        "sqlite+aiosqlite://u:SECRETPW@db.example/cais",
        "data/cais.db",
        "/var/lib/SECRETPW/cais.db",
        "",
    ],
)
def test_what_does_not_begin_as_a_database_url_does_is_no_path_and_not_shown(wrong: str) -> None:
    for asked in (sqlite_path, shown):
        with pytest.raises(ValueError, match=r"A database URL is sqlite\+aiosqlite:///path") as refused:
            asked(wrong)
        assert "SECRETPW" not in str(refused.value)


@pytest.mark.parametrize(
    ("query", "plain"),
    [
        ("", ""),
        ("?sslmode=require", "?sslmode=require"),
        ("?ssl=require", "?sslmode=require"),
        ("?ssl=verify-full&sslrootcert=/dev/null", "?sslmode=verify-full&sslrootcert=%2Fdev%2Fnull"),
        ("?host=/run/postgresql&port=5433", "?host=%2Frun%2Fpostgresql&port=5433"),
    ],
)
def test_asyncpg_is_asked_for_tls_in_the_words_it_knows(query: str, plain: str) -> None:
    assert plain_url(f"postgresql+asyncpg://u:hush@h:1/d{query}") == f"postgresql://u:hush@h:1/d{plain}"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("application_name=SECRETPW", "not known here, application_name. Known are sslmode (or ssl), sslrootcert"),
        ("sslmode=require&channel_binding=SECRETPW", "not known here, channel_binding."),
        ("sslmode=SECRETPW", "sslmode is one of disable, allow, prefer, require, verify-ca, verify-full."),
        ("ssl=true", "ssl is one of disable, "),
        ("sslmode=", "sslmode is one of disable, "),
        ("sslmode=require&ssl=require", "the same parameter twice"),
        ("sslmode", "cannot be read"),
        ("sslmode=verify-full&sslrootcert=/none/SECRETPW", "sslrootcert names a file that is not there"),
    ],
)
async def test_what_a_url_may_not_ask_for_is_refused_alike_everywhere(query: str, said: str, tmp_path: Path) -> None:
    url, here = f"postgresql+asyncpg://u:hush@127.0.0.1:1/d?{query}", f"sqlite+aiosqlite:///{tmp_path}/cais.db"
    await (await open_database(here)).close()
    (found,) = await check(url)
    assert (found.ok, said in found.sentence) == (False, True)
    for asked in (open_database(url), is_current(url), migrate(url), move(here, url), move(url, here)):
        with pytest.raises(ValueError, match=r"[Tt]he database URL") as refused:
            await asked
        assert str(refused.value) == found.sentence
    assert not re.search("hush|SECRETPW", found.sentence)


# --- a server with TLS ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A server on this machine with TLS on: its address, and the certificate to know it by."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed on this machine")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with open_folder() as folder, pytest.MonkeyPatch.context() as set_up:
        set_up.setenv("PGPORT", str(port))
        names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
        made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *names, "-keyout", "key", "-out", "cert"]
        subprocess.run([openssl, *made], cwd=folder, check=True, capture_output=True)
        (folder / "key").chmod(0o600)
        if account := postgres.account():
            shutil.chown(folder / "key", account)
        files = (f"ssl_cert_file={folder / 'cert'}", f"ssl_key_file={folder / 'key'}")
        with postgres.server("ssl=on", "listen_addresses=127.0.0.1", *files):
            yield f"postgresql+asyncpg://{postgres.USER}@127.0.0.1:{port}", folder / "cert"


async def fresh(address: str, name: str) -> None:
    connection = await asyncpg.connect(plain_url(f"{address}/postgres"))
    await connection.execute(f"DROP DATABASE IF EXISTS {name}")
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()


@pytest.mark.parametrize(
    ("query", "guards"),
    [
        ("sslmode=require", True),
        ("ssl=require", True),
        ("sslmode=prefer", True),
        ("sslmode=verify-full&sslrootcert={cert}", True),
        ("sslmode=disable", False),
    ],
)
async def test_tls_is_had_wherever_the_database_is_used(
    guarded: tuple[str, Path], query: str, guards: bool, tmp_path: Path
) -> None:
    address, cert = guarded
    await fresh(address, "cais")
    url, here = f"{address}/cais?{query.format(cert=cert)}", f"sqlite+aiosqlite:///{tmp_path}/cais.db"
    await four_events(here)
    assert [one.ok for one in await check(url)] == [True, False, True], "its tables are still to be made"
    moved = await move(here, url)  # which has alembic make them
    assert moved.rows["events"] == 4
    async with await open_database(url) as database:
        assert await database.events.firm_keys() == [KEY]
    connection = await asyncpg.connect(plain_url(url))
    assert await connection.fetchval("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()") is guards
    await connection.close()


async def test_without_a_certificate_to_know_the_server_by_it_is_refused_for_good(
    guarded: tuple[str, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(Unusable, match=r"could not be used \(.*root\.crt"):
        await open_database(f"{guarded[0]}/postgres?sslmode=verify-full")


@pytest.mark.parametrize("name", ["a?b", "a#b", "a%20b", "a b", "données", "a%b", "a;b", "a&b=c"])
async def test_a_folder_may_be_called_anything(name: str, tmp_path: Path) -> None:
    path = tmp_path / name / "cais.db"
    path.parent.mkdir()
    assert sqlite_path(sqlite_url(path)) == path
    await (await open_database(sqlite_url(path))).close()
    assert path.is_file()
    assert [there.name for there in tmp_path.iterdir()] == [name]
