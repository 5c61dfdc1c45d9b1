"""`cais ask`: in words in a terminal, and line by line in a pipe."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.__main__ import cais
from bot.commands.ask import answer_line, read_asker
from bot.settings import names

Cais = Callable[..., Result]
made_once = cache(read_asker)
"""Making it takes most of a second, and it is the same for every test here."""
TODAY = date(2026, 11, 23)


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cais:
    """Types a command in an empty folder, with nothing set."""
    monkeypatch.chdir(tmp_path)
    for name in names():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("bot.commands.ask.read_asker", made_once)
    return lambda *words: CliRunner().invoke(cais, words, catch_exceptions=False)


def test_a_question_is_answered_in_plain_words(typed: Cais) -> None:
    said = typed("ask", "do", "we", "need", "to", "register", "again?").output
    assert said.startswith("No. There is no need to submit the form again.\n")
    assert "(Step 2, lines 29-30)" in said
    assert said.endswith("Small Firm Roadmap to May 31, 2024\n")


def test_what_the_roadmap_does_not_say_comes_with_the_helpdesk_and_a_message_to_copy(typed: Cais) -> None:
    said = typed("ask", "is the street address mandatory?").output
    assert "888-696-3348" in said
    assert "The nearest passage:" in said
    assert "we are [your firm]." in said


def test_both_readings_say_which_environment_they_are_for(typed: Cais) -> None:
    said = typed("ask", "who grants access to staff?").output
    assert "(TEST environment: Step 3, lines 37-39)" in said
    assert "(PRODUCTION environment: Step 6, lines 123-125)" in said


def test_nothing_asked_says_how_to_ask(typed: Cais) -> None:
    said = typed("ask")
    assert said.exit_code == 2
    assert 'cais ask "' in said.output


def test_a_pack_without_questions_is_a_sentence(typed: Cais, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("schema: roadmap-pack/1")
    monkeypatch.setenv("CAIS_PACK", str(tmp_path / "own.yaml"))
    said = typed("ask", "deadline?")
    assert said.exit_code == 2
    assert "own.questions.yaml" in said.output


def test_a_practice_run_in_2022_has_the_dates_ahead(typed: Cais, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAIS_START_AT", "2022-06-01T09:00-04:00")
    assert "has passed" not in typed("ask", "compliance date?").output


@pytest.fixture(scope="module")
def asked() -> Callable[[str], dict[str, object]]:
    """One line in, the object of one line out."""
    asker = read_asker()

    def ask(line: str) -> dict[str, object]:
        said = answer_line(asker, line, TODAY)
        assert "\n" not in said
        found: dict[str, object] = json.loads(said)
        return found

    return ask


def test_a_line_of_json_is_answered_with_its_id_and_citations(asked: Callable[[str], dict[str, object]]) -> None:
    context = {"previous_question": "What is the URL of the test portal?", "current_step": 5}
    said = asked(json.dumps({"id": "q1", "question": "and in production?", "context": context}))
    assert (said["id"], said["answered"]) == ("q1", True)
    assert "https://srg.catnms.com/cais" in str(said["answer"])
    assert said["citations"] == [
        {
            "step": "Step 6",
            "quote": "Log into the CAT CAIS Reporter Portal Production Environment with your FINRA login credentials"
            " (see Step 3).",
            "line": 131,
        }
    ]


def test_a_bare_line_is_a_question(asked: Callable[[str], dict[str, object]]) -> None:
    assert asked("who do i call")["answered"] is True


def test_a_referral_is_no_answer(asked: Callable[[str], dict[str, object]]) -> None:
    said = asked('{"id": 7, "question": "what does it cost?", "context": null}')
    assert (said["id"], said["answered"], said["citations"]) == (7, False, [])


@pytest.mark.parametrize(
    "line",
    [
        "{",
        '{"question": 5}',
        '{"id": 1}',
        "{" * 50_000,
        '{"question": "x", "context": []}',
        '{"question": "\\ud800"}',
        "[]",
    ],
    ids=range(7),
)
def test_a_line_that_cannot_be_read_is_answered_with_what_to_send(
    line: str, asked: Callable[[str], dict[str, object]]
) -> None:
    said = asked(line)
    assert said["answered"] is False
    assert said["answer"]


def test_in_a_pipe_each_line_is_answered_before_the_next_is_sent() -> None:
    command = [sys.executable, "-m", "bot", "ask", "--json", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for line, answered in ((b"deadline?\n", True), (b"\n{nonsense\n", False), (b"\xff\xfe who do i call?\n", True)):
            process.stdin.write(line)
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["answered"] is answered
        process.stdin.close()
        assert process.wait(timeout=20) == 0
