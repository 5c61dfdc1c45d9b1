"""Whose tasks are: assigning them, handing them over, and who cannot own one."""

import pytest

from bot.listeners.dates import item_of
from bot.sandbox.workspace import BOT_USER
from bot.views import tasks
from bot.views.scene import scene_of
from flows.events import FirmKey
from flows.firms import Person, Refusal
from flows.services import Act, Services
from tests.bot.conversing import BEN, CONRAD, LEA, Slack, labels, words_of
from tests.bot.walking import BEN_COLE, TENANT, add_lea, firm_of_ben, history, position

LEA_ID = f"slack:{TENANT}/{LEA}"
BEN_ID = f"slack:{TENANT}/{BEN}"


async def owners(services: Services, key: FirmKey) -> dict[str, str]:
    found = (await position(services, key)).owners
    return {task: owner.person for task, owner in found.items()}


@pytest.mark.parametrize("transport", ["http", "socket"], indirect=True)
@pytest.mark.parametrize(
    "typed",
    ["/cais assign s1 <@U0LEA>", "assign s1 to <@U0LEA>", "assign <@U0LEA> s1", "assign s1 Lea", "assign to @lea"],
)
async def test_a_task_is_assigned_to_somebody_mentioned_or_named(slack: Slack, services: Services, typed: str) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    shown = await slack.ben.types(typed)
    assert await owners(services, key) == {"s1": LEA_ID}
    assert "was given to Lea Haddad" in words_of(shown)
    assert "*Owner:* Lea Haddad" in words_of(shown)
    await slack.ben.presses("Undo")
    assert await owners(services, key) == {}
    assert slack.refused() == []


@pytest.mark.parametrize(
    "typed",
    [
        *("Lea s1", "Lea Haddad s1", "s1 Lea Haddad", "s1 to lea haddad"),
        *("s1 @Lea Haddad", "s1 to @lea haddad.", "@Lea Haddad s1", "to @Lea Haddad: s1"),  # typed out, so no mention
    ],
)
async def test_a_members_name_may_stand_before_the_task_or_behind_it(
    slack: Slack, services: Services, typed: str
) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    await slack.ben.types(f"/cais assign {typed}")
    assert await owners(services, key) == {"s1": LEA_ID}


@pytest.mark.parametrize(
    "typed", ["s1 <@U0LEA> due Dec 20", "s1 due Dec 20 <@U0LEA>", "lea s1 by Dec 20", "s1 to Lea Dec 20"]
)
async def test_a_date_behind_an_assignment_is_not_set_and_the_way_to_set_it_stands_there(
    slack: Slack, services: Services, typed: str
) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    shown = await slack.ben.types(f"/cais assign {typed}")
    assert await owners(services, key) == {"s1": LEA_ID}
    assert "Its date was not changed: `/cais due s1 Dec 20` does that." in words_of(shown)
    assert (await position(services, key)).task_due == {}
    await slack.ben.presses("/cais due s1 Dec 20", on=shown)
    assert str((await position(services, key)).task_due["s1"].on) == "2026-12-20"
    assert slack.refused() == []


@pytest.mark.parametrize("between", [" ", " and ", ", "])
async def test_of_two_who_are_mentioned_each_is_offered_as_a_task_has_one_owner(
    slack: Slack, services: Services, between: str
) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    asked = await slack.ben.types(f"/cais assign s1 <@U0LEA>{between}<@U0BEN>")
    assert "A task has one owner. Nothing was changed. Whose is" in words_of(asked)
    assert labels(asked) == ["Assign to Lea Haddad", "Assign to Ben Cole"]
    assert await owners(services, key) == {}
    await slack.ben.presses("Assign to Lea Haddad", on=asked)
    assert await owners(services, key) == {"s1": LEA_ID}
    assert "That is so already" in words_of(await slack.ben.types("/cais assign s1 <@U0LEA> <@U0LEA>"))


@pytest.mark.parametrize(
    "typed",
    [
        "s3 to Lea and Conrad",
        "s3 Lea Haddad, Conrad Mills",
        "s3 to Lea and to Conrad by Dec 20",
        "s3 to both Lea & <@U0CON>",
        "s3: <@U0LEA> or conrad",
        "Lea and Conrad to s3",
        "s3 to Lea Haddad/Conrad",
    ],
)
async def test_of_two_who_are_called_by_name_each_is_offered_too(slack: Slack, services: Services, typed: str) -> None:
    key = await three_owners(services)
    await services.answer(key, Act(BEN_COLE, "button", "a1"), "fdid_duty", ["yes"])
    before = await owners(services, key)
    asked = await slack.ben.types(f"/cais assign {typed}")
    assert "A task has one owner. Nothing was changed. Whose is" in words_of(asked)
    assert labels(asked) == ["Assign to Lea Haddad", "Assign to Conrad Mills"]
    assert await owners(services, key) == before
    await slack.ben.presses("Assign to Lea Haddad", on=asked)
    assert await owners(services, key) == before | {"s3": LEA_ID}
    assert slack.refused() == []


@pytest.mark.parametrize("typed", ["s3 to Lea and Lea Haddad", "s3 to <@U0LEA> and Lea", "s3 <@U0LEA>, <@U0LEA>"])
async def test_whoever_is_listed_twice_is_one_person(slack: Slack, services: Services, typed: str) -> None:
    key = await three_owners(services)
    await services.answer(key, Act(BEN_COLE, "button", "a1"), "fdid_duty", ["yes"])
    await slack.ben.types(f"/cais assign {typed}")
    assert (await owners(services, key))["s3"] == LEA_ID


@pytest.mark.parametrize(
    "typed",
    [
        "s3 from <@U0CON>, to <@U0LEA>",
        "s3 from <@U0CON> and to <@U0LEA>",
        "s3 to <@U0LEA>, due Friday",
        "s3 to <@U0LEA> & by Friday",
    ],
)
async def test_who_had_it_and_by_when_are_no_more_people(slack: Slack, services: Services, typed: str) -> None:
    key = await three_owners(services)
    await services.answer(key, Act(BEN_COLE, "button", "a1"), "fdid_duty", ["yes"])
    await slack.ben.types(f"/cais assign {typed}")
    assert (await owners(services, key))["s3"] == LEA_ID


async def test_of_several_people_who_is_nobody_is_said_and_where_no_task_fits_that_is(
    slack: Slack, services: Services
) -> None:
    key = await three_owners(services)
    before = await owners(services, key)
    for typed in ("s1 to Lea and Zorro", "s1 to Zorro and Lea", "s1 to <@U0LEA> and Zorro", "s1 Lea, Zorro & Conrad"):
        said = words_of(await slack.ben.types(f"/cais assign {typed}"))
        assert "Nobody of Apex Securities is called “Zorro”. Nothing was changed." in said, typed
    for typed in ("purple cows to Lea and Conrad", "s1 and s2 to Lea", "s1 to Lea and s2 to Conrad"):
        assert "No task of this firm fits those words" in words_of(await slack.ben.types(f"/cais assign {typed}"))
    await services.answer(key, Act(BEN_COLE, "button", "a1"), "fdid_duty", ["yes"])
    which = words_of(await slack.ben.types("/cais assign step 3 to Lea and Conrad"))
    assert "A task has one owner, and nothing was assigned. Open one and press *Assign*." in which
    assert await owners(services, key) == before


@pytest.mark.parametrize(
    ("typed", "asks", "owner"),
    [
        ("step 3 <@U0LEA>", "To Lea Haddad: which one? Nothing was assigned.", LEA_ID),
        ("step 3 to Lea", "To Lea Haddad: which one?", LEA_ID),
        ("step 3 to me", "To Ben Cole: which one?", BEN_ID),
        ("step 3 nobody", "To nobody: which one?", None),
        ("step 3 to Lea Dec 20", "To Lea Haddad: which one?", LEA_ID),
    ],
)
async def test_where_it_is_asked_which_task_whom_it_was_given_to_is_kept(
    slack: Slack, services: Services, typed: str, asks: str, owner: str | None
) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    await services.answer(key, Act(BEN_COLE, "button", "a1"), "fdid_duty", ["yes"])
    await services.assign(key, Act(BEN_COLE, "button", "o1"), "s3", Person(LEA_ID if owner != LEA_ID else BEN_ID, ""))
    asked = await slack.ben.types(f"/cais assign {typed}")
    assert asks in words_of(asked)
    scene = scene_of(services, await position(services, key), BEN_ID)
    await slack.ben.presses(item_of(scene, "s3").title, on=asked)
    assert await owners(services, key) == ({"s3": owner} if owner else {})
    assert ("Its date was not changed" in words_of(slack.ben.last)) == ("Dec 20" in typed)
    assert slack.refused() == []


@pytest.mark.parametrize("typed", ["s1 to @lea, please", "s1 <@U0LEA> please", "s1 to Lea, thanks!", "s1 to @lea pls."])
async def test_a_kind_word_behind_a_command_is_no_part_of_it(slack: Slack, services: Services, typed: str) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    await slack.ben.types(f"/cais assign {typed}")
    assert await owners(services, key) == {"s1": LEA_ID}
    assert "is called “@zorro”" in words_of(await slack.ben.types("/cais assign s1 to @zorro, soon"))
    assert "Step 1" in words_of(await slack.ben.types("next, please"))
    assert "sent, please" in words_of(await slack.ben.types("/cais note s1 sent, please")), "a text of one's own"


@pytest.mark.parametrize("whom", ["lea", "<@U0LEA>", "Lea Haddad", "@Lea Haddad"])
async def test_whom_a_date_is_for_is_no_firm_and_the_task_can_be_given_to_them(
    slack: Slack, services: Services, whom: str
) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    said = await slack.ben.types(f"/cais due s1 in 2 weeks for {whom}")
    assert "Whose it is was not changed: `/cais assign s1 @ben` does that." in words_of(said)
    assert (await position(services, key)).task_due["s1"].on.isoformat() == "2026-12-07"
    assert await owners(services, key) == {}
    await slack.ben.presses("Assign to Lea Haddad", on=said)
    assert await owners(services, key) == {"s1": LEA_ID}
    again = words_of(await slack.ben.types(f"/cais due s1 tomorrow for {whom}"))
    assert ("November 24, 2026" in again, "Whose it is" in again) == (True, False)
    assert "no firm called “zorro”" in words_of(await slack.ben.types("/cais due s1 tomorrow for zorro"))
    assert slack.refused() == []


async def test_a_command_that_gives_a_task_is_named_only_where_one_task_is_meant(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    for typed in ("annual review every March 15", "annual review every March 16", "step 1 Friday"):
        said = words_of(await slack.ben.types(f"due {typed} for Lea"))
        assert "A date of a step or of every year belongs to nobody" in said, typed
        assert "Whose it is" not in said, typed
    for typed in ("foo Friday for Lea", "s1 whenever for Lea", "test Friday for Lea", "s1 Friday for nobody"):
        said = words_of(await slack.ben.types(f"due {typed}"))
        assert ("Whose it is" in said, "belongs to nobody:" in said) == (False, False), typed
    await slack.ben.types("assign s1 to Lea")
    taken = words_of(await slack.ben.types("due s1 tomorrow for nobody"))
    assert "Whose it is was not changed: `/cais assign s1 nobody` does that." in taken
    assert slack.refused() == []


async def test_what_comes_once_for_each_agent_takes_no_owner_before_one_is_named_and_its_card_says_so(
    services: Services,
) -> None:
    key = await firm_of_ben(services)
    scene = scene_of(services, await position(services, key), BEN_ID)
    card = tasks.card(scene, item_of(scene, "s5"))
    assert "This comes once for each agent. Once they are named, each has an owner and a date" in str(card.blocks)
    offered = str(tasks.card(scene, item_of(scene, "s2")).blocks)
    for label in ("Assign", "Set date"):
        assert f"'{label}'" in offered
        assert f"'{label}'" not in str(card.blocks)
    with pytest.raises(Refusal, match="comes once for each agent"):
        await services.assign(key, Act(BEN_COLE, "button", "old"), "s5", BEN_COLE)
    assert await owners(services, key) == {}


async def test_a_task_is_mine_and_then_nobodys(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    await slack.ben.types("/cais assign s1 to me")
    assert await owners(services, key) == {"s1": BEN_ID}
    assert "Ben Cole (you)" in words_of(slack.ben.last)
    await slack.ben.types("/cais assign s1 nobody")
    assert await owners(services, key) == {}


async def test_who_takes_a_task_reads_whose_it_was_and_that_they_are_not_told(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    given = words_of(await slack.ben.types("/cais assign s1 <@U0LEA>"))
    assert "Before, it belonged" not in given
    taken = words_of(await slack.ben.types("/cais assign s1 to me"))
    assert "Before, it belonged to Lea Haddad. I do not tell them: let them know." in taken
    assert "Before, it belonged to you." in words_of(await slack.ben.types("/cais assign s1 nobody"))
    await slack.ben.types("/cais assign s1 <@U0LEA>")
    handed = words_of(await slack.ben.types("/cais handover <@U0LEA> <@U0BEN>"))
    assert "Before, it belonged to Lea Haddad. I do not tell them: let them know." in handed
    await slack.ben.types("/cais assign s1 <@U0LEA>")
    await services.remove_member(key, Act(BEN_COLE, "modal", "off"), LEA_ID)
    left = words_of(await slack.ben.types("/cais assign s1 to me"))
    assert "Before, it belonged to Lea Haddad (no longer a member)." in left
    assert "I do not tell them" not in left
    assert slack.refused() == []


async def test_the_button_on_the_card_assigns_and_takes_off(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    await slack.ben.types("/cais next")
    await slack.ben.presses("Assign")
    assert (await slack.ben.submits({"person": LEA}))["ok"]
    assert await owners(services, key) == {"s1": LEA_ID}
    await slack.ben.presses("Assign", on=slack.ben.last)
    assert (await slack.ben.submits({"person": LEA, "nobody": ["yes"]}))["ok"]
    assert await owners(services, key) == {}


async def test_whoever_is_no_member_is_refused_and_a_lead_gets_the_button_to_add_them(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    shown = await slack.ben.types("/cais assign s1 <@U0CON>")
    assert "Conrad Mills is no member of Apex Securities" in words_of(shown).replace("*", "")
    assert await owners(services, key) == {}
    await slack.ben.presses("Add as a member…")
    await slack.ben.submits({"person": CONRAD, "role": "member"})
    await slack.ben.types("/cais assign s1 <@U0CON>")
    assert await owners(services, key) == {"s1": f"slack:{TENANT}/{CONRAD}"}


async def test_a_member_who_is_no_lead_is_told_whom_to_ask(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    shown = await slack.lea.types("/cais assign s1 <@U0CON>")
    assert "Ask a lead of the firm to add them" in words_of(shown)
    assert "Add as a member…" not in labels(shown)


@pytest.mark.parametrize(
    ("typed", "named"),
    [("s1 Zorro", "Zorro"), ("Zorro s1", "Zorro"), ("fdid to Don Zorro", "Don Zorro"), ("s1 @zorro", "@zorro")],
)
async def test_a_name_nobody_has_is_what_is_unknown_and_not_the_task(
    slack: Slack, services: Services, typed: str, named: str
) -> None:
    key = await firm_of_ben(services)
    before = await history(services, key)
    shown = await slack.ben.types(f"/cais assign {typed}")
    assert f"Nobody of Apex Securities is called “{named}”. Nothing was changed." in words_of(shown).replace("*", "")
    assert "type `@` and pick from the list" in words_of(shown)
    assert await history(services, key) == before
    assert slack.refused() == []


async def test_words_that_may_be_a_mistyped_task_are_not_taken_for_a_person(slack: Slack, services: Services) -> None:
    await firm_of_ben(services)
    assert "No task of this firm fits" in words_of(await slack.ben.types("/cais assign report eventz"))


async def test_a_name_that_is_spelled_nearly_like_a_members_is_offered(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    asked = await slack.ben.types("/cais assign s1 Hadad")
    assert "Did you mean one of these?" in words_of(asked)
    assert await owners(services, key) == {}
    await slack.ben.presses("Assign to Lea Haddad", on=asked)
    assert await owners(services, key) == {"s1": LEA_ID}


async def test_a_name_that_two_members_have_is_asked_about(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    second = Person(f"slack:{TENANT}/{CONRAD}", "Lea Mills")
    await services.set_member(key, Act(BEN_COLE, "modal", "second"), second, "member")
    asked = await slack.ben.types("/cais assign s1 Lea")
    assert "are called “Lea”" in words_of(asked)
    await slack.ben.presses("Assign to Lea Mills", on=asked)
    assert await owners(services, key) == {"s1": second.id}


async def test_a_lead_adds_whom_nobody_knows_and_then_gives_them_the_task_with_one_press(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    await slack.ben.types("/cais assign s1 @conrad")
    await slack.ben.presses("Add a member…")
    assert (await slack.ben.submits({"person": CONRAD, "role": "member"}))["ok"]
    await slack.ben.presses("Assign to Conrad Mills")
    assert await owners(services, key) == {"s1": f"slack:{TENANT}/{CONRAD}"}
    assert slack.refused() == []


async def test_who_is_no_lead_is_told_by_name_who_may_add_somebody(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    for typed in ("s1 Zorro", "s1 <@U0CON>"):
        shown = await slack.lea.types(f"/cais assign {typed}")
        assert "Ask a lead of the firm to add them: Ben Cole." in words_of(shown), typed
        assert not any(label.startswith("Add") for label in labels(shown)), typed


async def test_an_app_and_a_closed_account_own_nothing(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    await slack.ben.types("/cais next")
    await slack.ben.presses("Assign")
    answer = await slack.ben.submits({"person": BOT_USER})
    assert "an app" in str(answer.get("errors")) or "an app" in words_of(slack.ben.last)
    slack.sandbox.slack.workspace.users[LEA]["deleted"] = True
    await slack.ben.types("/cais assign s1 <@U0LEA>")
    assert "was closed" in words_of(slack.ben.last)
    assert await owners(services, key) == {}


async def test_a_guest_who_is_a_member_may_own_a_task_and_it_says_what_that_means(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    slack.sandbox.slack.workspace.users[LEA]["is_restricted"] = True
    shown = await slack.ben.types("/cais assign s1 <@U0LEA>")
    assert "They are a guest of the workspace" in words_of(shown)
    assert await owners(services, key) == {"s1": LEA_ID}


@pytest.mark.parametrize("named", ["<@U0LEA>", "@lea", "Lea Haddad"])
async def test_an_account_that_was_closed_a_moment_ago_is_asked_about_before_it_is_given_a_task(
    slack: Slack, services: Services, named: str
) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    users = slack.sandbox.slack.workspace.users
    await services.directory.blocked(TENANT, LEA_ID, "account_inactive", at=1.0)
    users[LEA]["deleted"] = True
    assert "was closed" in words_of(await slack.ben.types(f"/cais assign s1 {named}"))
    users[LEA]["deleted"] = False
    shown = words_of(await slack.ben.types(f"/cais assign s1 {named}"))
    assert "was given to Lea Haddad" in shown
    assert "not told" not in shown
    assert (await services.directory.reach(TENANT, [LEA_ID]))[LEA_ID].reachable


@pytest.mark.parametrize("typed", ["assign s1 <@U0LEA>", "handover <@U0BEN> <@U0LEA>"])
async def test_whoever_gives_a_task_to_somebody_who_takes_no_messages_reads_so_and_why(
    slack: Slack, services: Services, typed: str
) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    await slack.ben.types("/cais assign s1 to me")
    await services.directory.blocked(TENANT, LEA_ID, "cannot_dm_bot", at=1.0)
    shown = words_of(await slack.ben.types(f"/cais {typed}"))
    assert await owners(services, key) == {"s1": LEA_ID}
    assert "I cannot reach them: takes no messages from apps. They are not told of it" in shown


async def test_all_open_tasks_of_a_person_are_handed_over_and_one_undo_brings_them_back(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    await slack.ben.types("/cais next")
    await slack.ben.presses("Yes")
    for task in ("s2", "s3e", "s4"):
        await slack.ben.types(f"/cais assign {task} @lea")
    await slack.ben.types("/cais handover <@U0LEA> <@U0BEN>")
    assert set((await owners(services, key)).values()) == {BEN_ID}
    await slack.ben.presses("Undo")
    assert set((await owners(services, key)).values()) == {LEA_ID}
    await slack.ben.types("/cais handover")
    assert (await slack.ben.submits({"giver": LEA, "person": BEN}))["ok"]
    assert set((await owners(services, key)).values()) == {BEN_ID}


async def test_members_hand_over_their_own_tasks_only(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    await slack.ben.types("/cais assign s1 to me")
    await slack.lea.types("/cais handover <@U0BEN> to <@U0LEA>")
    assert "Only a lead" in words_of(slack.lea.last)
    await slack.ben.types("/cais handover to <@U0LEA>")
    assert await owners(services, key) == {"s1": LEA_ID}
    await slack.ben.types("/cais handover to <@U0LEA> from me")
    assert "No open task of *Apex Securities* belongs to you. Nothing was changed." in words_of(slack.ben.last)


@pytest.mark.parametrize(
    "typed",
    ["hand over @ben to @lea", "/cais handover all tasks of @ben to @lea", "/cais hand over <@U0BEN> to <@U0LEA>"],
)
async def test_to_may_stand_between_the_two_people(slack: Slack, services: Services, typed: str) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    await slack.ben.types("/cais assign s1 to me")
    await slack.ben.types(typed)
    assert await owners(services, key) == {"s1": LEA_ID}


@pytest.mark.parametrize("stranger", ["@conrad", "conrad", "s1"])
async def test_a_name_nobody_has_is_said_and_no_other_tasks_are_handed_over_instead(
    slack: Slack, services: Services, stranger: str
) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    await slack.ben.types("/cais assign s1 to me")
    await slack.ben.types(f"hand over @lea to {stranger}")
    assert f"I do not know who “{stranger}” is in *Apex Securities*." in words_of(slack.ben.last)
    assert await owners(services, key) == {"s1": BEN_ID}


async def test_words_that_name_nobody_change_nothing(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    before = await history(services, key)
    for words in ("assign s1 @zorro", "assign s1 <@U0BEN> <@U0LEA>", "assign nonsense to me", "handover @zorro"):
        await slack.ben.types(f"/cais {words}")
        assert "Nothing was changed" in words_of(slack.ben.last) or "No task" in words_of(slack.ben.last), words
    assert await history(services, key) == before


async def test_who_has_left_the_firm_is_shown_as_no_longer_a_member(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    await slack.ben.types("/cais assign s1 <@U0LEA>")
    await services.remove_member(key, Act(BEN_COLE, "button", "take-off"), LEA_ID)
    assert "Lea Haddad (no longer a member)" in words_of(await slack.ben.types("/cais next"))
    await slack.ben.types("/cais handover lea to me")
    assert await owners(services, key) == {"s1": BEN_ID}


async def test_taking_somebody_off_the_firm_says_what_still_belongs_to_them(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    await slack.ben.types("/cais assign s1 <@U0LEA>")
    await slack.ben.types("/cais firm members")
    shown = slack.ben.last
    hers = [b for b in shown["blocks"] if LEA in str(b.get("accessory")) or LEA in str(b.get("elements"))]
    await slack.ben.presses("Take off the firm", on={**shown, "blocks": hers})
    assert "One open task still belongs to them" in words_of(slack.ben.last)


async def three_owners(services: Services) -> FirmKey:
    """Ben owns s1, Lea s2, and Conrad s3."""
    key = await firm_of_ben(services)
    await add_lea(services, key, LEA)
    conrad = Person(f"slack:{TENANT}/{CONRAD}", "Conrad Mills")
    await services.set_member(key, Act(BEN_COLE, "modal", "conrad"), conrad, "member")
    for task, owner in (("s1", BEN_COLE), ("s2", Person(LEA_ID, "Lea Haddad")), ("s3", conrad)):
        await services.assign(key, Act(BEN_COLE, "modal", f"own-{task}"), task, owner)
    return key


@pytest.mark.parametrize(
    ("typed", "moved"),
    [
        ("to <@U0LEA> from <@U0CON>", {"s3": LEA_ID}),
        ("to Lea from Conrad", {"s3": LEA_ID}),
        ("from Conrad Mills to Lea Haddad", {"s3": LEA_ID}),
        ("everything to Lea from <@U0CON>", {"s3": LEA_ID}),
        ("<@U0LEA> from <@U0CON>", {"s3": LEA_ID}),
        ("all to <@U0LEA> from me", {"s1": LEA_ID}),
        ("to me from <@U0CON>", {"s3": BEN_ID}),
        ("<@U0CON> <@U0LEA>", {"s3": LEA_ID}),
        ("Conrad to Lea", {"s3": LEA_ID}),
        ("to Lea", {"s1": LEA_ID}),
        ("to <@U0LEA> to <@U0LEA>", {"s1": LEA_ID}),
        ("to <@U0LEA> to Lea", {"s1": LEA_ID}),
        ("from <@U0CON> from <@U0CON> to <@U0LEA>", {"s3": LEA_ID}),
        ("<@U0LEA> <@U0LEA>", {}),
    ],
)
async def test_who_stands_behind_from_gives_in_whatever_order(
    slack: Slack, services: Services, typed: str, moved: dict[str, str]
) -> None:
    key = await three_owners(services)
    before = await owners(services, key)
    await slack.ben.types(f"/cais handover {typed}")
    assert await owners(services, key) == before | moved
    assert slack.refused() == []


async def test_all_of_somebody_elses_tasks_are_a_leads_to_take_in_whatever_order(
    slack: Slack, services: Services
) -> None:
    key = await three_owners(services)
    before = await owners(services, key)
    await slack.lea.types("/cais handover to me from <@U0CON>")
    assert await owners(services, key) == before


async def test_a_handover_with_a_giver_alone_or_two_of_one_kind_asks(slack: Slack, services: Services) -> None:
    key = await three_owners(services)
    before = await owners(services, key)
    await slack.ben.types("/cais handover from <@U0CON>")
    assert slack.ben.modal is not None
    assert "'initial_user': 'U0CON'" in str(slack.ben.modal["blocks"])
    assert (await slack.ben.submits({"person": LEA}))["ok"]
    assert await owners(services, key) == before | {"s3": LEA_ID}
    asked = words_of(await slack.ben.types("handover from <@U0LEA>"))
    assert "To whom shall the open tasks of <@U0LEA> go? Nothing was changed." in asked
    for typed in (
        "to <@U0LEA> to <@U0CON>",
        "from <@U0LEA> from <@U0CON>",
        "to <@U0LEA>, <@U0CON>",
        "to <@U0LEA> and <@U0CON>",
    ):
        assert "Say from whom to whom" in words_of(await slack.ben.types(f"/cais handover {typed}"))
    assert await owners(services, key) == before | {"s3": LEA_ID}


@pytest.mark.parametrize("typed", ["s2 from <@U0LEA>", "s2 from Lea"])
async def test_taking_a_task_from_somebody_does_not_give_it_to_them(
    slack: Slack, services: Services, typed: str
) -> None:
    key = await three_owners(services)
    await services.answer(key, Act(BEN_COLE, "button", "a1"), "fdid_duty", ["yes"])
    before = await owners(services, key)
    asked = await slack.ben.types(f"/cais assign {typed}")
    assert "to whom, or to nobody? Nothing was changed. It belongs to Lea Haddad." in words_of(asked)
    assert labels(asked) == ["Assign…", "To me", "To nobody"]
    await slack.ben.presses("To nobody", on=asked)
    assert await owners(services, key) == {k: v for k, v in before.items() if k != "s2"}
    await slack.ben.presses("Undo")
    assert await owners(services, key) == before
    await slack.ben.types(f"/cais assign {typed} to me")
    assert await owners(services, key) == before | {"s2": BEN_ID}
    assert slack.refused() == []


async def test_of_several_tasks_to_take_each_keeps_from_whom(slack: Slack, services: Services) -> None:
    key = await three_owners(services)
    await services.answer(key, Act(BEN_COLE, "button", "a1"), "fdid_duty", ["yes"])
    before = await owners(services, key)
    asked = await slack.ben.types("/cais assign test portal from <@U0LEA>")
    assert "From Lea Haddad: which one? Nothing was assigned." in words_of(asked)
    scene = scene_of(services, await position(services, key), BEN_ID)
    await slack.ben.presses(item_of(scene, "s3").title, on=asked)
    assert "to whom, or to nobody? Nothing was changed. It belongs to Conrad Mills." in words_of(slack.ben.last)
    assert await owners(services, key) == before
