"""What `cais doctor` is told of a database."""

from pathlib import Path

from storage.database import check, open_database


async def test_a_good_database_is_well(url: str) -> None:
    await (await open_database(url)).close()
    findings = await check(url)
    assert all(finding.ok for finding in findings)
    assert any("up to date" in finding.sentence for finding in findings)


async def test_a_database_that_is_not_there_yet_is_no_fault_and_is_not_made(tmp_path: Path) -> None:
    (finding,) = await check(str(tmp_path / "cais.db"))
    assert finding.ok
    assert "first start makes it" in finding.sentence
    assert not (tmp_path / "cais.db").exists()


async def test_tables_that_are_not_up_to_date_are_named(tmp_path: Path) -> None:
    path = tmp_path / "cais.db"
    path.touch()
    findings = await check(str(path))
    assert next(f.sentence for f in findings if not f.ok).startswith("Its tables are at migration none")


async def test_a_server_that_does_not_answer_is_said_in_words(tmp_path: Path) -> None:
    (finding,) = await check(f"postgresql+asyncpg://cais@/cais?host={tmp_path}")
    assert not finding.ok
    assert "could not be used" in finding.sentence
    assert "Is the server running, and is CAIS_DATABASE_URL right?" in finding.sentence


async def test_a_url_of_another_database_is_said_in_words() -> None:
    (finding,) = await check("mysql://root@localhost/cais")
    assert not finding.ok
    assert "only sqlite and postgresql" in finding.sentence
