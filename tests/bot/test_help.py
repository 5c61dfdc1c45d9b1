"""Help, words that are no command, and old buttons."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.views import help as views
from flows.services import Services
from tests.bot.conversing import BEN, Slack, labels, words_of
from tests.bot.firm_making import TENANT, a_firm, person

MANIFEST = Path(__file__).parents[2] / "manifest.yml"


async def test_help_lists_every_command_and_works_before_there_is_a_firm(slack: Slack) -> None:
    said = words_of(await slack.ben.types("/cais help"))
    for usage in views.USAGES:
        assert f"`{usage.typed.removeprefix('/cais ')}` {usage.says}" in said, usage.command
    assert "Not legal advice" in said
    assert slack.refused() == []


async def test_every_command_has_examples_that_begin_with_it(slack: Slack) -> None:
    for usage in views.USAGES:
        said = await slack.ben.types(f"help {usage.command}")
        assert usage.examples, usage.command
        assert all(e.startswith(usage.command) for e in usage.examples)
        if usage.command:
            assert usage.says in words_of(said)


@pytest.mark.parametrize("typed", ["help /cais", "help cais next", "/cais help /cais next"])
async def test_help_takes_a_command_with_its_slash_too(slack: Slack, typed: str) -> None:
    assert "*Examples*" in words_of(await slack.ben.types(typed))


@pytest.mark.parametrize("typed", ["hi", "Hello!", "Good morning."])
async def test_a_greeting_is_answered_with_where_one_is(slack: Slack, services: Services, typed: str) -> None:
    assert "Welcome" in words_of(await slack.ben.types(typed))
    await a_firm(services, "Apex Securities", BEN)
    assert "Does your firm report events with an FDID?" in words_of(await slack.ben.types(typed))


async def test_help_for_a_mistyped_command_offers_the_nearest(slack: Slack) -> None:
    await slack.ben.types("help histry")
    await slack.ben.presses("Help: history")
    assert "/cais history [task or step]" in words_of(slack.ben.last)


async def test_a_mistyped_command_is_offered_and_runs_only_when_clicked(slack: Slack, services: Services) -> None:
    firm = await a_firm(services, "Apex Securities", BEN)
    said = await slack.ben.types("/cais noet called Ana")
    assert "I do not know “noet called Ana”" in said["text"]
    assert await services.events.position(firm.key) == firm
    await slack.ben.presses("note called Ana")
    position = await services.events.position(firm.key)
    assert position is not None
    assert position.notes == {"": 1}
    assert "called Ana" in words_of(slack.ben.last)


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("s1 done", "done s1"),
        ("mark s1 as done", "done s1"),
        ("I finished s1.", "done s1"),
        ("complete s1", "done s1"),
        ("s1", "step 1"),
        ("open s1", "step 1"),
        ("go to step 5", "step 5"),
        ("give s1 to me", "assign s1 to me"),
        ("s1 is due next Friday", "due s1 next Friday"),
        ("pause until Friday", "remind pause until Friday"),
        ("resume", "remind end pause"),
        ("packet", "export packet"),
        ("Calendar", "export ics"),
        ("go back", "undo"),
        ("timezone", "settings"),
        ("the dishes are done", ""),
    ],
)
async def test_what_people_say_in_their_own_words_is_offered_as_a_command(
    slack: Slack, services: Services, typed: str, offered: str
) -> None:
    key = (await a_firm(services, "Apex Securities", BEN)).key
    version = (await services.position(key, person(BEN))).version
    said = await slack.ben.types(typed)
    assert [label for label in labels(said) if label != "What can I type?"] == ([offered] if offered else [])
    assert "Nothing was" in words_of(said)
    assert (await services.position(key, person(BEN))).version == version


@pytest.mark.parametrize(
    ("typed", "offered", "shown"),
    [
        ("asign s1 to Lea, please", "assign s1 to Lea", "Lea Haddad"),
        ("give s1 to Lea please", "assign s1 to Lea", "Lea Haddad"),
        ("s1 is due next Friday, thanks", "due s1 next Friday", "Which Friday"),
        ("pause until Friday please", "remind pause until Friday", "Paused until Friday"),
        ("s1, please", "step 1", "Step 1 of 6"),
        ("noet s1 sent, please", "note s1 sent, please", "sent, please"),
    ],
)
async def test_what_is_offered_is_understood_once_it_is_clicked(
    slack: Slack, services: Services, typed: str, offered: str, shown: str
) -> None:
    await a_firm(services, "Apex Securities", BEN, U0LEA="member")
    said = await slack.ben.types(typed)
    await slack.ben.presses(offered, on=said)
    assert shown in words_of(slack.ben.last)
    assert slack.refused() == []


@pytest.mark.parametrize(
    "typed", ["I am done", "the dishes are done", "give it to me", "lunch is due Friday", "move it to Friday"]
)
async def test_without_a_firm_no_words_are_a_task(slack: Slack, services: Services, typed: str) -> None:
    said = await slack.ben.types(typed)
    assert (labels(said), "Nothing was changed" in words_of(said)) == (["What can I type?"], True)


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("is s1 done?", "Step 1 of 6"),
        ("Who did s1?", "Step 1 of 6"),
        ("when was s1 done?", "Step 1 of 6"),
        ("has s1 been recorded yet?", "Step 1 of 6"),
        ("/cais ask is s1 done?", "Step 1 of 6"),
        ("ask where are we?", "· status"),
        ("what's left?", "· status"),
        ("How far are we?", "· status"),
        ("who are we waiting for?", "Nobody is waited for"),
        ("my tasks", "· where you are"),
        ("what can you do?", "*What you can type after* `/cais`"),
        ("What have we done so far?", "· status"),
        ("is step 1 done?", "Step 1 of 6"),
        ("who did step 2?", "Step 2 of 6"),
        ("when was step 6-II-A finished?", "Step 6 of 6"),
        ("who owns step 1?", "Step 1 of 6"),
        ("who owns s2?", "Step 2 of 6"),
        ("what did we answer in step 1?", "Step 1 of 6"),
        ("which agents do we have?", "No agent reports for this firm."),
        ("who is our agent?", "No agent reports for this firm."),
        ("who is my lead?", "*Members of Apex Securities: 1*"),
        ("who is in our firm?", "*Members of Apex Securities: 1*"),
        ("who did what and when?", "*History*"),
        ("what changed?", "*History*"),
        ("what changed last week?", "*History from Nov 16, 2026 until Nov 22, 2026*"),
        ("What happened since Friday?", "*History from Nov 20, 2026*"),
        ("what changed since 2026-11-20?", "*History from Nov 20, 2026*"),
        ("what changed since Nov 20, 2026", "*History from Nov 20, 2026*"),
        ("when did Ben finish step 3?", "Step 3 of 6"),
        ("when did Ben Cole do s2?", "Step 2 of 6"),
    ],
)
async def test_what_is_asked_of_the_firms_own_record_is_shown_and_sends_nobody_to_the_helpdesk(
    slack: Slack, services: Services, asked: str, shown: str
) -> None:
    key = (await a_firm(services, "Apex Securities", BEN)).key
    said = words_of(await slack.ben.types(asked))
    assert shown in said
    assert "A message you can copy" not in said
    assert await services.asking._kept.all(TENANT, key.firm) == []


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("What does s1 mean by FDID?", "FDID is the Firm Designated ID"),
        ("what does SAA mean in s3?", "SAA"),
        ("who does s1 concern?", "roadmap"),
        ("what do I need for s2?", "roadmap"),
        ("what happened since the compliance date?", "roadmap"),
    ],
)
async def test_what_is_asked_about_a_task_is_a_question_though_its_short_name_stands_in_it(
    slack: Slack, services: Services, asked: str, said: str
) -> None:
    key = (await a_firm(services, "Apex Securities", BEN)).key
    answered = words_of(await slack.ben.types(asked))
    assert said in answered
    assert "of 6:" not in answered
    assert [kept.question for kept in await services.asking._kept.all(TENANT, key.firm)] == [asked]


async def test_the_record_of_a_firm_that_is_named_is_shown_and_of_no_other(slack: Slack, services: Services) -> None:
    await a_firm(services, "Birch Capital", BEN)
    await a_firm(services, "Apex Securities", BEN)
    await slack.ben.types("/cais firm use Apex")
    for asked in (
        "is s1 done for Birch?",
        "where are we for Birch Capital?",
        "/cais ask who did s1 for Birch Capital?",
    ):
        said = words_of(await slack.ben.types(asked))
        assert ("Birch Capital" in said, "Apex Securities" in said) == (True, False), asked
        assert "Step 1 of 6" in said or "· status" in said, asked
    for asked in ("is s1 done for Cedar?", "when is s1 due for Birch?"):
        assert "Step 1 of 6" not in words_of(await slack.ben.types(asked)), asked


async def test_thanks_are_taken_kindly_and_those_who_say_that_or_me_are_understood(
    slack: Slack, services: Services
) -> None:
    await a_firm(services, "Apex Securities", BEN)
    for typed in ("thanks", "Thank you so much!", "thx"):
        said = await slack.ben.types(typed)
        assert ("You are welcome" in words_of(said), "Next" in labels(said)) == (True, True), typed
    assert "*Where you are*" in words_of(await slack.ben.types("help me, please"))
    await slack.ben.types("/cais note s1 called")
    assert "*Undone:* Note" in words_of(await slack.ben.types("undo that"))
    assert slack.refused() == []


@pytest.mark.parametrize(("title", "command"), views.PROMPTS)
async def test_a_prompts_title_typed_by_hand_does_what_the_prompt_does(
    slack: Slack, services: Services, title: str, command: str
) -> None:
    await a_firm(services, "Apex Securities", BEN)
    assert words_of(await slack.ben.types(title)) == words_of(await slack.ben.types(command))


async def test_an_old_button_says_so_and_leads_on(slack: Slack, services: Services) -> None:
    await a_firm(services, "Apex Securities", BEN)
    await slack.ben.types("next")
    message = slack.ben.last
    for block in message["blocks"]:
        for element in block.get("elements") or ():
            if element.get("action_id") == "records.note":
                element["action_id"] = "records.from_another_age"
    await slack.ben.presses("records.from_another_age", on=message)
    assert "older version" in words_of(slack.ben.last)
    await slack.ben.presses("Next")
    assert "Step 1 of 6" in words_of(slack.ben.last)


async def test_the_prompts_are_those_of_the_manifest_and_are_commands(slack: Slack) -> None:
    manifest = YAML(typ="safe").load(MANIFEST.read_text())
    prompts = manifest["features"]["agent_view"]["suggested_prompts"]
    assert [(p["title"], p["message"]) for p in prompts] == list(views.PROMPTS)
    asked = {message for _, message in views.PROMPTS if views.reads_like_a_question(message)}
    assert {message for _, message in views.PROMPTS} - asked <= {u.command for u in views.USAGES}
    assert asked, "one of them shows that one can ask"
    await slack.ben.opens_home("messages")
    assert slack.refused() == []


async def test_words_that_need_a_firm_are_said_to_be_lost_before_there_is_one(slack: Slack) -> None:
    said = words_of(await slack.ben.types("note called the Helpdesk"))
    assert "`note called the Helpdesk` needs a firm first, so nothing was recorded." in said
    assert "Set up your firm" in labels(slack.ben.last)
