"""Where the firm is: in short, the whole roadmap, one step; typed in a channel, a DM or after a mention."""

import pytest

from bot.typed.tasks import step_meant, tasks_meant
from flows.firms import Refusal
from flows.services import Services
from tests.bot.conversing import BEN, COMPLIANCE, Slack, labels, words_of
from tests.bot.walking import choose, firm_of_ben, header_of, to_step_four
from tests.flows.life import PACK, Life


async def test_the_bare_command_says_in_short_where_the_firm_is(slack: Slack, services: Services) -> None:
    await firm_of_ben(services)
    shown = await slack.ben.types("/cais")
    said = words_of(shown)
    assert "Apex Securities" in shown["text"]
    assert "*Next:* step 1 of 6, Does your firm report events with an FDID?" in said
    assert labels(shown) == ["Next task", "Status", "Help"]


async def test_the_walk_happens_in_one_message(slack: Slack, services: Services) -> None:
    await firm_of_ben(services)
    await slack.ben.types("/cais next")
    before = len(slack.ben.sees)
    await slack.ben.presses("Yes")
    await slack.ben.presses("Already registered")
    await slack.ben.presses("Back")
    await slack.ben.presses("Next task")
    assert len(slack.ben.sees) == before
    assert "Step 3 of 6" in header_of(slack.ben.last)


async def test_in_a_channel_only_the_person_who_asked_sees_it(slack: Slack, services: Services) -> None:
    await firm_of_ben(services)
    ben = slack.ben.at(COMPLIANCE)
    await ben.types("/cais next")
    assert "Step 1 of 6" in header_of(ben.last)
    assert "Step 1 of 6" not in "".join(words_of(m) for m in slack.lea.at(COMPLIANCE).sees)


async def test_the_same_words_work_in_a_dm_without_the_slash(slack: Slack, services: Services) -> None:
    await firm_of_ben(services)
    assert "Step 1 of 6" in header_of(await slack.ben.types("next"))
    assert header_of(await slack.ben.types("Status.")) == PACK.title
    assert "Step 6 of 6" in header_of(await slack.ben.types("step 6-II-A"))


async def test_the_status_shows_the_mark_of_every_task_in_words_and_who_did_it_when(
    slack: Slack, services: Services
) -> None:
    await firm_of_ben(services)
    ben = await to_step_four(slack)
    await choose(ben, "agent", agents="Alpha Clearing\nBeta Bureau")
    said = words_of(await ben.types("/cais status"))
    assert (
        "✅ Done: Register for CAIS · `s2`\n↳ Already registered · by you, Nov 23, 2026, 9:00 AM New York time" in said
    )
    assert "👉 Next: Test relationship with your agent: Alpha Clearing" in said
    assert "⬜ Open: Test relationship with your agent: Beta Bureau" in said
    assert "🔒 Comes later: Ask the Helpdesk to certify your firm" in said
    assert "May 31, 2024 was the industry date" in said
    assert "Not legal advice." in said
    await ben.picks("Open a step", "Step 6: Certify for production")
    assert "Step 6 of 6" in header_of(ben.last)


async def test_a_step_shows_its_quotes_with_their_lines_and_its_links_with_their_environment(
    slack: Slack, services: Services
) -> None:
    await firm_of_ben(services)
    said = words_of(await slack.ben.types("/cais step 5"))
    assert "Step 5, lines 77-78" in said
    assert "*TEST* environment" in said
    assert "Section 7" in said
    await slack.ben.presses("Step 6")
    assert "*PRODUCTION* environment" in words_of(slack.ben.last)
    assert "Step 6, lines 105-106" in words_of(slack.ben.last)


async def test_a_number_that_is_no_step_gets_a_kind_sentence(slack: Slack, services: Services) -> None:
    await firm_of_ben(services)
    for words in ("/cais step 7", "/cais step nine", "/cais step 6-III"):
        assert "The roadmap has steps 1 to 6" in words_of(await slack.ben.types(words))


@pytest.mark.parametrize(
    ("words", "step", "parts"),
    [
        ("6", "6", []),
        ("step six", "6", []),
        ("6-II-A", "6", ["6-II-A"]),
        ("6 ii b", "6", ["6-II-B"]),
        ("6.2", "6", ["6-II-A", "6-II-B", "6-II-C"]),
        ("step 6.1", "6", ["6-I"]),
        ("#4", "4", []),
        ("2.", "2", []),
    ],
)
def test_a_step_is_understood_however_it_is_written(words: str, step: str, parts: list[str]) -> None:
    found, named = step_meant(PACK, words)
    assert (found.id, [p.id for p in named]) == (step, parts)


@pytest.mark.parametrize("words", ["0", "7", "66", "certify", "4-II", "", "6-II-D"])
def test_what_is_no_step_is_refused(words: str) -> None:
    with pytest.raises(Refusal):
        step_meant(PACK, words)


def test_a_task_is_found_by_its_id_its_key_its_step_and_words_of_its_title() -> None:
    life = Life().go("agent", agents=["Alpha Clearing", "Beta Bureau"])
    alpha = life.agent("Alpha Clearing")

    def keys(words: str) -> list[str]:
        return [i.key for i in tasks_meant(PACK, life.walk, words)]

    assert keys("S6R") == ["s6r"]
    assert keys(f"s5[{alpha}]") == [f"s5[{alpha}]"]
    assert keys("s6a alpha") == [f"s6a[{alpha}]"]
    assert keys("test relationship alpha") == [f"s5[{alpha}]"]
    assert len(keys("5")) == 2
    assert keys("step 2") == ["s2"]
    assert keys("") == [life.next]
    assert keys("xyzzy") == []


async def test_a_card_that_is_pressed_in_another_firm_shows_only_its_own(slack: Slack, services: Services) -> None:
    await firm_of_ben(services)
    await slack.ben.types("/cais next")
    card = slack.ben.last
    await firm_of_ben(services, "Borealis Brokers")
    await slack.ben.presses("Yes", on=card)
    assert "Apex Securities" in words_of(slack.ben.last)
    assert "Borealis" not in words_of(slack.ben.last)
    assert slack.person(BEN).last["text"].startswith("Recorded")
