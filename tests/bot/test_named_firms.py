"""A firm that is named at the end of what is typed, offered, or said in free text."""

import pytest

from bot.buttons import PickFirm, ShowHelp
from bot.views.blocks import button
from flows.events import FirmKey
from flows.services import Act, Services
from tests.bot.conversing import ANA, BEN, LEA, Slack, labels, words_of
from tests.bot.firm_making import TENANT, a_firm, person
from tests.bot.walking import history
from tests.flows.test_naming import BY_ONE, BY_TWO


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


async def clients(services: Services) -> tuple[FirmKey, FirmKey]:
    """Client 00 Capital, the current one, Client 05 Brokers and Client 06 Partners; Ben leads them all."""
    here = await a_firm(services, "Client 00 Capital", BEN)
    other = await a_firm(services, "Client 05 Brokers", BEN)
    await a_firm(services, "Client 06 Partners", BEN)
    await services.directory.use(TENANT, person(BEN).id, here.key.firm)
    return here.key, other.key


async def reasons(services: Services, key: FirmKey) -> list[str]:
    return [str(getattr(row.event, "reason", "")) for row in await history(services, key) if row.type == "hold_set"]


@pytest.mark.parametrize(
    "typed",
    [
        "hold for Client 05",
        "firm rename for Client 05",
        "reopen for Client 05",
        "documents for Client 05",
        "history for Client 05",
        "note for Client 05",
        "assign s1 to me for Client 05",
        "handover for Client 05",
        "summary for Client 05",
    ],
)
async def test_the_beginning_of_a_name_is_enough_wherever_nothing_else_can_be_meant(
    slack: Slack, services: Services, typed: str
) -> None:
    here, _ = await clients(services)
    before = await history(services, here)
    said = words_of(await slack.ben.types(f"/cais {typed}"))
    shown = said + words_of(slack.ben.modal or {})
    assert "Client 00" not in shown
    assert "Client 05 Brokers" in shown or typed.startswith("reopen"), "a refusal names no firm"
    assert await history(services, here) == before


@pytest.mark.parametrize(
    ("command", "rest"),
    [
        ("hold", "SEC inquiry, waiting for Client 05"),
        ("hold", "lift because for Client 05"),
        ("firm rename", "Foo for Client 05"),
        ("reopen", "s1 because for Client 05"),
        ("documents", "gifts for Client 05"),
        ("note", "s1 waiting for Client 05"),
        ("ask", "who signs for Client 05?"),
    ],
)
async def test_where_the_end_of_free_words_may_name_a_firm_it_is_asked_before_anything_is_done(
    slack: Slack, services: Services, command: str, rest: str
) -> None:
    here, other = await clients(services)
    before = await history(services, here), await history(services, other)
    said = await slack.ben.types(f"/cais {command} {rest}")
    assert "name the firm *Client 05 Brokers*, or is it part of what you wrote? Nothing was done yet." in words_of(said)
    assert labels(said) == ["Client 05 Brokers", "As typed"]
    assert (await history(services, here), await history(services, other)) == before


async def test_each_way_of_reading_it_records_what_it_says(slack: Slack, services: Services) -> None:
    here, other = await clients(services)
    await slack.ben.types("/cais hold waiting for Client 05")
    await slack.ben.presses("As typed")
    assert (await reasons(services, here), await reasons(services, other)) == (["waiting for Client 05"], [])
    await slack.ben.types("/cais hold SEC inquiry for Client 06 for Client 05")
    await slack.ben.presses("Client 05 Brokers")
    assert (await reasons(services, here), await reasons(services, other)) == (
        ["waiting for Client 05"],
        ["SEC inquiry for Client 06"],
    )
    assert slack.refused() == []


async def test_where_no_firm_is_the_current_one_both_readings_are_offered_too(slack: Slack, services: Services) -> None:
    _, other = await clients(services)
    await services.directory.use(TENANT, person(BEN).id, "")
    said = await slack.ben.types("/cais hold SEC inquiry for Client 05")
    assert "*another firm*, as typed" in words_of(said)
    await slack.ben.presses("Client 05 Brokers")
    assert await reasons(services, other) == ["SEC inquiry"]


async def test_the_own_firm_may_be_named_and_a_beginning_of_no_whole_word_is_none(
    slack: Slack, services: Services
) -> None:
    here, _ = await clients(services)
    assert "No legal hold stands" in words_of(await slack.ben.types("/cais hold for Client 00"))
    await slack.ben.types("/cais note s1 form sent for Client 00")
    await slack.ben.types("/cais note s1 waiting for Cli")
    assert await notes_of(services, "Client 00 Capital") == ["form sent for Client 00", "waiting for Cli"]
    assert await reasons(services, here) == []


@pytest.mark.parametrize("typed", ["due s1 Dec 15", "assign s1 to me", "status", "hold", "summary"])
async def test_where_several_names_begin_so_it_is_asked_which(slack: Slack, services: Services, typed: str) -> None:
    here, _ = await clients(services)
    before = await history(services, here)
    said = await slack.ben.types(f"/cais {typed} for Client")
    assert "Which firm do you mean by “for Client”? The names of 3 begin so." in words_of(said)
    assert labels(said) == ["Client 00 Capital", "Client 05 Brokers", "Client 06 Partners"]
    await slack.ben.presses("Client 06 Partners")
    assert "Client 06 Partners" in words_of(slack.ben.last)
    assert await history(services, here) == before
    assert slack.refused() == []


async def test_a_name_typed_after_a_command_that_begins_several_is_asked_about(
    slack: Slack, services: Services
) -> None:
    await clients(services)
    await slack.ben.types("/cais firm use Client 0")
    await slack.ben.presses("Client 05 Brokers")
    said = words_of(slack.ben.last)
    assert "*Client 05 Brokers*" in said
    assert "This is your current firm now" in said


async def test_of_many_firms_that_begin_so_five_are_offered_and_the_others_counted(
    slack: Slack, services: Services
) -> None:
    for n in range(7):
        await a_firm(services, f"Firm {n}", BEN)
    said = await slack.ben.types("/cais note asked them for firm")
    assert labels(said) == [*(f"Firm {n}" for n in range(5)), "As typed"]
    assert "2 more begin so: type more of the name." in words_of(said)


async def test_who_is_mentioned_in_what_goes_on_after_the_question_is_still_that_person(
    slack: Slack, services: Services
) -> None:
    await a_firm(services, "Client 01", BEN, U0LEA="member")
    await a_firm(services, "Client 02", BEN, U0LEA="member")
    await slack.ben.types("/cais assign s1 <@U0LEA|lea> for Client")
    await slack.ben.presses("Client 02")
    assert "Lea" in words_of(slack.ben.last)
    assert "was given to" in words_of(slack.ben.last)


async def test_words_too_long_for_a_button_are_to_be_typed_again_with_the_whole_name(
    slack: Slack, services: Services
) -> None:
    await clients(services)
    said = await slack.ben.types("/cais note " + "x " * 1300 + "for Client 05")
    assert "too long for a button: type it again, with the firm's whole name at the end" in words_of(said)
    assert labels(said) == []
    assert await notes_of(services, "Client 00 Capital") == []


@pytest.mark.parametrize("current", [True, False])
@pytest.mark.parametrize(
    ("typed", "goes_on"),
    [
        ("step 4 for Zephyrine Brokers", "step 4"),
        ("done s1 for Zephyrine Brokers", "done s1"),
        ("export json for Zephyrine Brokers", "export json"),
        ("due s2 Dec 15 for Zephyrine Brokers.", "due s2 Dec 15"),
        ("next for Zephyrine Brokers", "next"),
        ("next @ Zephyrine Brokers", "next"),
    ],
)
async def test_a_firm_one_has_not_got_is_named_as_unknown_and_what_was_typed_goes_on_in_another(
    slack: Slack, services: Services, typed: str, goes_on: str, current: bool
) -> None:
    for name in ("Alpha", "Beta"):
        await a_firm(services, name, LEA, **{BEN: "member"})
    if current:
        await slack.ben.types("/cais firm use Alpha")
    said = words_of(await slack.ben.types(f"/cais {typed}"))
    assert "You have no firm called “Zephyrine Brokers”. Nothing was changed." in said
    assert f"Which firm do you mean? I will go on with `{goes_on}`." in said
    await a_firm(services, "Zephyrine Brokers", LEA)
    assert words_of(await slack.ben.types(f"/cais {typed}")) == said, "the same is said where others have it"
    assert labels(slack.ben.last) == ["Alpha", "Beta"]
    assert await types_of(services, "Alpha") == await types_of(services, "Beta"), "nothing came of it"
    await slack.ben.presses("Beta")
    assert "You have no firm" not in words_of(slack.ben.last)


async def test_names_like_the_unknown_one_come_first_and_are_named(slack: Slack, services: Services) -> None:
    for name in ("Alpha", "Beta", "Cedar", "Delta", "Elm", "Zephyr Brokers"):
        await a_firm(services, name, LEA, **{BEN: "member"})
    shown = await slack.ben.types("/cais step 4 for Zephir Brokers")
    assert "Close to it: *Zephyr Brokers*." in words_of(shown)
    assert labels(shown) == ["Zephyr Brokers", "Choose a firm"]
    await slack.ben.presses("Zephyr Brokers")
    assert "Zephyr Brokers, step 4 of 6" in slack.ben.last["text"]
    assert slack.refused() == []


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("due s2 for Dec 15", "December 15"),
        ("due Dec 15 for step 2", "December 15"),
        ("due s2 for Tusday", "could not read a date"),
        ("done certify for production", "No task"),
        ("done certified for Blue Clearing", "No task"),
        ("due Renewal for Zephyrine every March 15", "March 15"),
    ],
)
async def test_what_else_stands_behind_for_is_not_taken_for_a_firm(
    slack: Slack, services: Services, typed: str, told: str
) -> None:
    key = (await a_firm(services, "Alpha", BEN)).key
    await services.answer(key, Act(person(BEN), "button", "yes"), "fdid_duty", ["yes"])
    await services.answer(key, Act(person(BEN), "button", "how"), "methods", ["agent"], agents=["Blue Clearing"])
    said = words_of(await slack.ben.types(f"/cais {typed}"))
    assert "You have no firm" not in said
    assert told in said


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


async def test_the_end_of_a_note_stays_unless_it_is_a_firms_whole_name(slack: Slack, services: Services) -> None:
    await two_firms(services)
    await slack.ben.types("/cais note registration form sent for alpha")
    await slack.ben.types("/cais note asked the clearing firm for Bet")
    assert await notes_of(services, "Alpha") == [
        "registration form sent",
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


async def namesakes(services: Services) -> tuple[FirmKey, FirmKey]:
    """Two firms called Bravo, Ben's and Lea's; Ana, who runs the workspace, is in neither."""
    return (await a_firm(services, "Bravo", BEN)).key, (await a_firm(services, "bravo", LEA)).key


@pytest.mark.parametrize("typed", ["status for Bravo", "firm use Bravo"])
async def test_of_firms_with_one_name_it_is_asked_which_and_who_leads_each_is_said(
    slack: Slack, services: Services, typed: str
) -> None:
    await namesakes(services)
    await slack.ana.types("hello")  # so that Slack is asked who she is
    said = await slack.ana.types(f"/cais {typed}")
    assert "2 firms bear that name" in words_of(said)
    assert sorted(labels(said)) == [
        "Bravo (Ben Cole leads it, since Nov 23, 2026)",
        "bravo (Lea Haddad leads it, since Nov 23, 2026)",
    ]
    await slack.ana.presses("bravo (Lea Haddad leads it, since Nov 23, 2026)")
    assert "*bravo*" in words_of(slack.ana.last)
    assert "bear that name" not in words_of(slack.ana.last)


async def test_an_admin_whose_own_firm_has_the_name_of_another_is_asked_too(slack: Slack, services: Services) -> None:
    await namesakes(services)
    await a_firm(services, "BRAVO", ANA)
    await slack.ana.types("hello")
    assert "3 firms bear that name" in words_of(await slack.ana.types("/cais status for Bravo"))
    assert "Lea Haddad" not in words_of(await slack.ben.types("/cais status for Bravo")), "of others' firms nothing"


async def test_a_list_of_firms_tells_those_of_one_name_apart(slack: Slack, services: Services) -> None:
    await namesakes(services)
    await a_firm(services, "Charlie", BEN)
    await slack.ana.types("hello")
    said = words_of(await slack.ana.types("/cais firm list"))
    assert "*Bravo* (Ben Cole leads it, since Nov 23, 2026) · not a member" in said
    assert "*Charlie* · not a member" in said


async def test_a_firm_is_named_by_what_looks_like_its_name_however_the_letters_are_composed(
    slack: Slack, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_firm(services, "Alpha", BEN)
    with monkeypatch.context() as before:  # names were kept as they were typed
        before.setattr("flows.setting_up.composed", str)
        old = await a_firm(services, BY_TWO, BEN)
    assert old.name == BY_TWO
    for typed in (BY_ONE, BY_TWO, BY_ONE.lower()):
        assert f"*{BY_TWO}*" in words_of(await slack.ben.types(f"/cais firm use {typed}")), typed
        await slack.ben.types(f"/cais note said of it for {typed}")
    assert await notes_of(services, BY_TWO) == ["said of it"] * 3
    await slack.ben.types("/cais firm new")
    answer = await slack.ben.submits({"name": BY_ONE})
    assert "You already have a firm called" in answer["errors"]["name"]


async def test_firms_that_look_the_same_in_a_list_are_told_apart(
    slack: Slack, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_firm(services, BY_ONE, BEN)
    monkeypatch.setattr("flows.setting_up.composed", str)
    await a_firm(services, BY_TWO, LEA)
    await slack.ana.types("hello")
    said = words_of(await slack.ana.types("/cais firm list"))
    assert f"*{BY_ONE}* (Ben Cole leads it" in said
    assert f"*{BY_TWO}* (Lea Haddad leads it" in said


async def test_the_very_first_words_of_an_admin_reach_a_firm_by_its_name(slack: Slack, services: Services) -> None:
    await a_firm(services, "Bravo", BEN)
    assert "*Bravo*" in words_of(await slack.ana.types("/cais status for Bravo"))
