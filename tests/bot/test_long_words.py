"""Whatever is typed, and however much of it, is answered in words, and in time: the sandbox waits as long as Slack."""

import pytest

from bot.bootstrap import build_router
from bot.typed.words import LONGEST, LONGEST_COMMAND
from flows.services import Services
from tests.bot.conversing import BEN, Slack, words_of
from tests.bot.firm_making import a_firm, person

COMMANDS = build_router().commands
AGAIN = ("1 ", "next friday ", "in 3 days after ", "for ", "@ben ", "to ", "every ", "s2 ", "<@U0LEA> ", "and ", "é")
TOO_LONG = ("That is too long", "Nothing was changed.")


async def answered(slack: Slack, text: str) -> str:
    """What is read of it, in whatever way: the sentence, or what the command says of itself."""
    return words_of(await slack.ben.types(text))


@pytest.mark.parametrize("command", COMMANDS)
async def test_what_is_long_and_says_one_thing_over_and_over_is_answered_in_time(
    slack: Slack, services: Services, command: str
) -> None:
    await a_firm(services, "Oak", BEN)
    longest = LONGEST if COMMANDS[command].free_text else LONGEST_COMMAND
    for words in AGAIN:
        said = await answered(slack, f"/cais {command} {(words * longest)[:longest]}")
        assert "went wrong" not in said


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_book_is_refused_in_a_sentence(slack: Slack, services: Services, command: str) -> None:
    key = (await a_firm(services, "Oak", BEN)).key
    before = await services.position(key, person(BEN))
    for words in AGAIN[:5]:
        said = await answered(slack, f"/cais {command} {words * 4000}")
        assert all(part in said for part in TOO_LONG)
    assert await services.position(key, person(BEN)) == before


async def test_a_command_says_how_much_it_takes(slack: Slack, services: Services) -> None:
    await a_firm(services, "Oak", BEN)
    said = await answered(slack, f"/cais due s1 {'1 ' * 300}")
    assert "That is too long for `/cais due`: write up to 500 characters. Nothing was changed." in said
    assert "too long" not in await answered(slack, f"/cais note {'Called the agent. ' * 40}")


async def test_a_long_question_in_the_apps_own_messages_may_begin_with_a_commands_word(
    slack: Slack, services: Services
) -> None:
    await a_firm(services, "Oak", BEN)
    long = "our clearing firm says that they will look into it next week and come back to us. " * 8
    said = await slack.ben.types(f"Waiting is what we do: {long} How does a firm register for CAIS?")
    assert "too long" not in words_of(said)


async def test_a_book_in_the_apps_own_messages_is_refused_in_a_sentence(slack: Slack, services: Services) -> None:
    await a_firm(services, "Oak", BEN)
    said = await slack.ben.types("what is due for Oak? " * 2000)
    assert "write up to 4,000 characters" in words_of(said)
