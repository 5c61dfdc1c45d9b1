"""A firm that is named at the end of what is typed, offered, or said in free text."""

import pytest

from bot.buttons import PickFirm, ShowHelp
from bot.views.blocks import button
from flows.services import Services
from tests.bot.conversing import BEN, LEA, Slack, labels, words_of
from tests.bot.firm_making import TENANT, a_firm, person
from tests.bot.walking import history


async def two_firms(services: Services) -> None:
    """Alpha, the current one, and Beta; Ben leads both."""
    alpha = await a_firm(services, "Alpha", BEN)
    await a_firm(services, "Beta", BEN)
    await services.directory.use(TENANT, person(BEN).id, alpha.key.firm)


async def notes_of(services: Services, name: str) -> list[str]:
    firms = {f.name: f.key for f in await services.directory.all_firms(TENANT)}
    return [str(getattr(r.event, "text", "")) for r in await history(services, firms[name]) if r.type == "note_added"]


async def types_of(services: Services, name: str) -> list[str]:
    firms = {f.name: f.key for f in await services.directory.all_firms(TENANT)}
    return [r.type for r in await history(services, firms[name])]


async def test_a_mistyped_command_runs_on_the_firm_it_names(slack: Slack, services: Services) -> None:
    await two_firms(services)
    await slack.ben.types("/cais note stays in Alpha")
    await slack.ben.types("/cais udno for Beta")
    await slack.ben.presses("undo for Beta")
    assert "undone" not in await types_of(services, "Alpha")
    await slack.ben.types("/cais noet of the other one for Beta")
    await slack.ben.presses("note of the other one for Beta")
    assert await notes_of(services, "Beta") == ["of the other one"]
    assert await notes_of(services, "Alpha") == ["stays in Alpha"]


async def test_words_of_an_old_button_still_mean_the_firm_they_name(slack: Slack, services: Services) -> None:
    await two_firms(services)
    alpha, beta = await services.directory.all_firms(TENANT)
    old = button("old", PickFirm(firm=alpha.key.firm, then="firm for Beta"))
    shown = await slack.ben.types("/cais firm use")
    await slack.sandbox.replay(
        {
            "type": "block_actions",
            "user": {"id": BEN, "name": "ben"},
            "team": {"id": "T0SANDBOX"},
            "channel": {"id": slack.ben.channel},
            "container": {"type": "message", "channel_id": slack.ben.channel, "message_ts": shown["ts"]},
            "trigger_id": "1.2.3",
            "actions": [{**old, "block_id": "b", "action_ts": "1.1"}],
        }
    )
    await slack.settled()
    assert "*Beta*" in words_of(slack.ben.last)
    assert beta.name == "Beta"


async def test_the_end_of_a_note_stays_unless_it_is_the_whole_name_of_another_firm(
    slack: Slack, services: Services
) -> None:
    await two_firms(services)
    await slack.ben.types("/cais note registration form sent for alpha")
    await slack.ben.types("/cais note asked the clearing firm for Bet")
    assert await notes_of(services, "Alpha") == [
        "registration form sent for alpha",
        "asked the clearing firm for Bet",
    ]
    await slack.ben.types("/cais note form sent @ Beta")
    assert await notes_of(services, "Beta") == ["form sent"]


async def test_the_reason_of_a_reopened_task_stays_whole(slack: Slack, services: Services) -> None:
    await two_firms(services)
    await slack.ben.types("/cais next")
    await slack.ben.presses("Yes")
    await slack.ben.presses("Form submitted")
    await slack.ben.types("/cais reopen s2 it was for Bet")
    assert "it was for Bet" in words_of(await slack.ben.types("/cais history"))


@pytest.mark.parametrize("firms", [2, 7])
async def test_words_too_long_to_be_kept_are_to_be_typed_again_once_a_firm_is_picked(
    slack: Slack, services: Services, firms: int
) -> None:
    for n in range(firms):
        await a_firm(services, f"Firm {n}", BEN, U0LEA="member")
    said = await slack.lea.types("/cais note " + "x " * 1300)
    assert "too long to be kept here: type it again" in said["text"]
    if firms == 2:
        await slack.lea.presses("Firm 1")
    else:
        await slack.lea.picks("Choose a firm", "Firm 1")
    assert "Firm 1" in words_of(slack.lea.last)
    assert slack.refused() == []
    assert await notes_of(services, "Firm 1") == []


async def test_a_mistyped_long_note_is_not_cut_off_but_to_be_typed_again(slack: Slack, services: Services) -> None:
    await a_firm(services, "Alpha", LEA)
    said = await slack.lea.types("/cais noet " + "x " * 1300)
    assert "too long for a button: type it again" in said["text"]
    assert labels(said) == ["What can I type?"]


def test_a_button_never_carries_more_than_slack_takes() -> None:
    with pytest.raises(ValueError, match="more than 2000"):
        button("Help", ShowHelp(command="x" * 2000))
