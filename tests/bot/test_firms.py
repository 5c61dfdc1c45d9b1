"""Several firms: which one is meant, who is in it, what a channel means, and what only a lead may do."""

import pytest

from bot.slack.places import place
from flows.ports import Known
from flows.services import Act, Services
from tests.bot.conversing import BEN, CLIENTS, COMPLIANCE, CONRAD, GENERAL, LEA, Slack, elements, labels, words_of
from tests.bot.firm_making import TENANT, a_firm, person


async def test_the_card_of_a_firm_says_what_it_is_and_what_one_may_do(slack: Slack, services: Services) -> None:
    await a_firm(services, "Apex Securities", BEN, U0LEA="viewer")
    said = await slack.ben.types("/cais firm")
    for words in ("Apex Securities", "Your role: lead", "Target: not set", "Lead: Ben Cole", "Members: 2"):
        assert words in words_of(said)
    assert "Settings" in labels(said)
    assert "Settings" not in labels(await slack.lea.types("/cais firm"))


async def test_a_picked_firm_goes_on_with_what_was_typed(slack: Slack, services: Services) -> None:
    await a_firm(services, "Apex", BEN)
    await a_firm(services, "Birch", BEN)
    await services.directory.use(TENANT, person(BEN).id, "")
    said = await slack.ben.types("/cais note called the Helpdesk")
    assert "Which firm do you mean?" in said["text"]
    await slack.ben.presses("Birch")
    assert "called the Helpdesk" in words_of(slack.ben.last)
    assert "*Birch*" in words_of(slack.ben.last)
    assert "Birch" in words_of(await slack.ben.types("/cais next")), "it is the current one now"


async def test_three_hundred_firms_can_be_listed_and_picked_from(slack: Slack, services: Services) -> None:
    for n in range(300):
        await a_firm(services, f"Firm {n:03} of the Consultant & Sons", CONRAD)
    await services.directory.use(TENANT, person(CONRAD).id, "")
    conrad = slack.person(CONRAD)
    await conrad.types("/cais status")
    await conrad.picks("Choose a firm", "Firm 217 of the Consultant & Sons")
    assert "Firm 217" in words_of(conrad.last)
    listed = words_of(await conrad.types("/cais firm list"))
    assert "Firm 000" in listed
    assert "Firm 299" in listed
    await conrad.picks("Choose a firm", "Firm 003 of the Consultant & Sons")
    assert "*Firm 003" in words_of(conrad.last)
    await conrad.opens_home()
    await conrad.presses("All my firms (300)", on=conrad.home)
    assert "Firms 1 to 12 of 300" in words_of(conrad.home or {})
    assert slack.refused() == []


async def test_a_near_miss_of_a_firms_name_is_offered_and_not_used(slack: Slack, services: Services) -> None:
    await a_firm(services, "Apex Securities", BEN)
    await a_firm(services, "Birch Brokers", BEN)
    said = await slack.ben.types("/cais firm use Apex Securties")
    assert "You have no firm called" in said["text"]
    sighting = await services.directory.sight(TENANT, person(BEN).id)
    assert sighting.current != sighting.firms[0].key.firm, "Apex is offered, not used"
    await slack.ben.presses("Apex Securities")
    assert "This is your current firm now" in words_of(slack.ben.last)
    assert "current firm now" in words_of(await slack.ben.types("/cais firm use birch brokers"))


async def test_only_firms_that_are_called_nearly_so_are_offered(slack: Slack, services: Services) -> None:
    for name in ("Client 04 Partners", "Client 05 Brokers", "Apex Securities"):
        await a_firm(services, name, BEN)
    for unknown in ("Zorro", "Alpha", "of"):
        assert labels(await slack.ben.types(f"/cais firm use {unknown}")) == ["All my firms"]
    said = await slack.ben.types("/cais firm use Cleint 05")
    assert labels(said) == ["Client 05 Brokers", "Client 04 Partners", "All my firms"]
    assert labels(await slack.ben.types("/cais firm use securities")) == ["Apex Securities", "All my firms"]


async def test_a_mistyped_word_after_firm_is_offered(slack: Slack, services: Services) -> None:
    await a_firm(services, "Apex Securities", BEN)
    said = await slack.ben.types("/cais firm membrs")
    assert "Nothing was run" in said["text"]
    await slack.ben.presses("firm members")
    assert "Members of Apex Securities: 1" in words_of(slack.ben.last)


async def test_a_lead_adds_changes_and_takes_off_members(slack: Slack, services: Services) -> None:
    firm = await a_firm(services, "Apex Securities", BEN)
    await slack.lea.types("hello")  # so that her name is known
    await slack.ben.types("/cais firm members")
    await slack.ben.presses("Add or change a member")
    await slack.ben.submits({"person": LEA, "role": "viewer"})
    assert "Lea Haddad is now a viewer of *Apex Securities*" in words_of(slack.ben.last)
    await slack.lea.types("/cais firm members")
    assert "Add or change a member" not in labels(slack.lea.last)
    offered = [e for _, e in elements(slack.ben.last) if "accessibility_label" in e]
    assert offered
    assert all(e["accessibility_label"].startswith(e["text"]["text"]) for e in offered), "what is seen can be spoken"
    assert (await slack.ben.presses("Take off the firm", on=slack.ben.last))["ok"]
    position = await services.events.position(firm.key)
    assert position is not None
    assert "A firm needs a lead" in words_of(slack.ben.last)
    assert set(position.members) == {person(BEN).id, person(LEA).id}
    await slack.ben.types("/cais firm members")
    off = "Take off the firm: Lea Haddad"
    ((hers, asked),) = [(b, e) for b, e in elements(slack.ben.last) if e.get("accessibility_label") == off]
    assert "Their tasks stay theirs until you hand them over" in asked["confirm"]["text"]["text"]
    await slack.ben.presses("Take off the firm", on={**slack.ben.last, "blocks": [hers]})
    await slack.ben.presses("Add Lea Haddad again")
    roles = next(e for _, e in elements(slack.ben.modal or {}) if e["type"] == "radio_buttons")
    assert roles["initial_option"]["value"] == "viewer", "as before"
    await slack.ben.submits({"person": LEA, "role": "member"})
    assert "Lea Haddad is now a member" in words_of(slack.ben.last)


async def test_a_person_named_behind_members_is_no_firm_and_can_be_added(slack: Slack, services: Services) -> None:
    await a_firm(services, "Apex Securities", BEN, U0LEA="viewer")
    slack.sandbox.slack.workspace.users[CONRAD].update(is_restricted=True)
    said = words_of(await slack.ben.types("/cais firm members <@U0CON|conrad>"))
    assert "Conrad Mills is no member of *Apex Securities*. *Add Conrad Mills* makes them one." in said
    assert "They are a guest of the workspace" in said
    assert "Members of Apex Securities: 2" in said
    await slack.ben.presses("Add Conrad Mills")
    await slack.ben.submits({"person": CONRAD, "role": "viewer"})
    assert "Conrad Mills is now a viewer of *Apex Securities*" in words_of(slack.ben.last)
    for named in ("<@U0CON|conrad>", "@Conrad Mills", "conrad", "Conrad Mills"):
        said = words_of(await slack.ben.types(f"/cais firm members {named}"))
        assert "Conrad Mills is a viewer of *Apex Securities*. Their role can be changed here." in said
    await slack.ben.presses("Change the role of Conrad Mills")
    assert (slack.ben.modal or {})["title"]["text"] == "Change a role"


async def test_a_name_that_is_nobodys_behind_members_says_how_people_are_named_and_added(
    slack: Slack, services: Services
) -> None:
    await a_firm(services, "Apex Securities", BEN, U0LEA="viewer")
    said = await slack.ben.types("/cais firm members @guest")
    assert "firm called" not in words_of(said)
    assert "Nobody of *Apex Securities* is called “guest”. Nothing was changed." in words_of(said)
    assert "type `@` and pick from the list Slack shows" in words_of(said)
    assert "Add or change a member" in labels(said)
    hers = await slack.lea.types("/cais firm members @guest")
    assert "Ask a lead of the firm to add them: Ben Cole." in words_of(hers)
    assert "Add or change a member" not in labels(hers)
    assert "Lea Haddad is a viewer of *Apex Securities*. A lead" in words_of(await slack.lea.types("firm members me"))
    assert "Ask a lead" in words_of(await slack.lea.types("/cais firm members <@U0CON|conrad>"))


async def test_an_app_or_a_closed_account_behind_members_is_not_offered(slack: Slack, services: Services) -> None:
    await a_firm(services, "Apex Securities", BEN)
    for what, sentence in (({"is_bot": True}, "members are people"), ({"deleted": True}, "Conrad Mills was closed")):
        slack.sandbox.slack.workspace.users[CONRAD].update({"is_bot": False, **what})
        await services.directory.remember(TENANT, Known(person(CONRAD).id, "Conrad Mills"), at=0.0)
        said = await slack.ben.types("/cais firm members <@U0CON|conrad>")
        assert sentence in words_of(said)
        assert "Add Conrad Mills" not in labels(said)


async def test_a_firm_named_behind_members_is_still_a_firm(slack: Slack, services: Services) -> None:
    await a_firm(services, "Apex Securities", BEN)
    await a_firm(services, "Birch", BEN)
    for named in ("for Birch", "@ Birch", "@Birch", "for bir"):
        assert "Members of Birch: 1" in words_of(await slack.ben.types(f"/cais firm members {named}")), named
    assert "You have no firm called “Zorro”" in words_of(await slack.ben.types("/cais firm members for Zorro"))


async def test_somebody_whose_name_is_not_known_is_shown_as_a_mention(slack: Slack, services: Services) -> None:
    await a_firm(services, "Apex Securities", BEN)
    await slack.ben.types("/cais firm members")
    await slack.ben.presses("Add or change a member")
    slack.sandbox.faults({"method": "users.info", "kind": "refuse", "error": "user_not_found"})
    await slack.ben.submits({"person": CONRAD, "role": "member"})
    assert "<@U0CON> is now a member" in words_of(slack.ben.last)


async def test_who_is_added_stands_in_the_record_by_name_though_the_app_never_heard_of_them(
    slack: Slack, services: Services
) -> None:
    firm = await a_firm(services, "Apex Securities", BEN)
    await slack.ben.types("/cais firm members")
    await slack.ben.presses("Add or change a member")
    await slack.ben.submits({"person": CONRAD, "role": "member"})
    position = await services.events.position(firm.key)
    assert position is not None
    assert position.members[person(CONRAD).id].name == "Conrad Mills"


async def test_a_linked_channel_means_its_firm_and_says_nothing_to_others(slack: Slack, services: Services) -> None:
    await a_firm(services, "Apex Securities", BEN)
    await a_firm(services, "Birch Brokers", LEA)
    assert "now mean" in words_of(await slack.ben.at(CLIENTS).types("/cais firm link"))
    said = words_of(await slack.lea.at(CLIENTS).types("/cais next"))
    assert "linked to a firm you are not a member of" in said
    assert "Apex" not in said
    assert "Apex" not in words_of(await slack.lea.at(CLIENTS).types("/cais firm link for Birch Brokers"))
    assert "linked to another firm" in words_of(slack.lea.at(CLIENTS).last)
    await slack.ben.at(CLIENTS).types("/cais firm")
    await slack.ben.at(CLIENTS).presses("Unlink this channel")
    assert "no longer linked" in words_of(slack.ben.at(CLIENTS).last)
    assert "Birch" in words_of(await slack.lea.at(CLIENTS).types("/cais next"))


async def test_link_with_a_name_links_that_firm_and_no_other(slack: Slack, services: Services) -> None:
    await a_firm(services, "Apex Securities", BEN)
    elm = await a_firm(services, "Elm Partners", BEN)
    await slack.ben.types("/cais firm use Apex")
    assert "Elm Partners" in words_of(await slack.ben.at(CLIENTS).types("/cais firm link Elm"))
    position = await services.events.position(elm.key)
    assert position is not None
    assert len(position.channels) == 1
    assert "linked to Elm Partners" in words_of(await slack.ben.at(CLIENTS).types("/cais firm link Apex"))
    assert "no firm called “Oak”" in words_of(await slack.ben.at(CLIENTS).types("/cais firm link Oak"))


async def test_whoever_names_a_firm_of_others_hears_the_same_as_of_none(slack: Slack, services: Services) -> None:
    await a_firm(services, "Apex Securities", BEN)
    await a_firm(services, "Elm Partners", LEA)
    for name in ("Elm", "Nobody"):
        shown = await slack.ben.types(f"/cais next for {name}")
        assert f"You have no firm called “{name}”." in words_of(shown)
        assert "Apex Securities" in labels(shown)
        assert "Partners" not in words_of(shown)


async def test_a_direct_message_cannot_be_linked(slack: Slack, services: Services) -> None:
    await a_firm(services, "Apex Securities", BEN)
    assert "Type that in the channel" in words_of(await slack.ben.types("firm link"))


@pytest.mark.parametrize("command", ["firm link", "firm rename Other"])
async def test_what_only_a_lead_may_do_is_refused_to_members(slack: Slack, services: Services, command: str) -> None:
    firm = await a_firm(services, "Apex Securities", BEN, U0LEA="member")
    before = await services.events.history(firm.key)
    said = words_of(await slack.lea.at(GENERAL).types(f"/cais {command}"))
    assert "Only a lead of Apex Securities can do that" in said
    assert await services.events.history(firm.key) == before


async def test_settings_change_several_things_at_once_and_undo_takes_all_back(slack: Slack, services: Services) -> None:
    firm = await a_firm(services, "Apex Securities", BEN)
    await slack.ben.types("/cais firm settings")
    await slack.ben.submits({"name": "Apex Capital", "situation": "reporting", "target": "2027-02-01"})
    assert "Saved." in words_of(slack.ben.last)
    position = await services.events.position(firm.key)
    assert position is not None
    assert (position.name, position.situation) == ("Apex Capital", "reporting")
    await slack.ben.types("/cais undo")
    position = await services.events.position(firm.key)
    assert position is not None
    assert (position.name, position.situation, position.target) == ("Apex Securities", "new", None)


async def test_settings_change_only_what_the_person_altered_and_not_what_others_did_meanwhile(
    slack: Slack, services: Services
) -> None:
    firm = await a_firm(services, "Apex Securities", BEN, U0LEA="member")
    await slack.lea.types("/cais firm settings")
    await slack.ben.types("/cais firm settings")
    await slack.ben.submits({"target": "2027-03-01", "name": "Apex Capital"})
    await slack.lea.submits({"situation": "reporting"})
    position = await services.events.position(firm.key)
    assert position is not None
    assert (position.name, position.situation, str(position.target)) == ("Apex Capital", "reporting", "2027-03-01")
    await slack.ben.types("/cais firm settings")
    await slack.ben.submits({"target": None})
    position = await services.events.position(firm.key)
    assert position is not None
    assert position.target is None


async def test_the_answers_given_at_set_up_can_be_changed_in_the_settings(slack: Slack, services: Services) -> None:
    firm = await a_firm(services, "Apex Securities", BEN)
    await slack.ben.types("/cais firm settings")
    await slack.ben.submits({"precheck": "no", "profile": "yes"})
    position = await services.events.position(firm.key)
    assert position is not None
    assert (position.precheck, position.profile) == ("no", "yes")


async def test_settings_refuse_a_past_target_at_its_field(slack: Slack, services: Services) -> None:
    firm = await a_firm(services, "Apex Securities", BEN)
    await slack.ben.types("/cais settings")
    answer = await slack.ben.submits({"name": "Apex Capital", "target": "2026-11-23"})
    assert list(answer["errors"]) == ["target"]
    position = await services.events.position(firm.key)
    assert position == firm


async def test_a_workspace_admin_sees_all_firms_and_that_she_is_no_member(slack: Slack, services: Services) -> None:
    await a_firm(services, "Apex Securities", BEN)
    await slack.ana.types("hello")  # so that Slack is asked who she is
    said = words_of(await slack.ana.types("/cais firm list"))
    assert "*Apex Securities* · not a member" in said
    await slack.ana.presses("Open")
    assert "Apex Securities" in words_of(slack.ana.last)


async def test_whoever_is_taken_off_sees_the_firm_no_more(slack: Slack, services: Services) -> None:
    firm = await a_firm(services, "Apex Securities", BEN, U0LEA="member")
    await slack.lea.types("/cais firm")
    card = slack.lea.last
    await services.remove_member(firm.key, Act(person(BEN), "button", "off"), place(TENANT, LEA))
    await slack.lea.presses("Members", on=card)
    assert "you are not a member of" in words_of(slack.lea.last)
    assert "Apex" not in words_of(slack.lea.last)


async def test_names_in_a_firm_notify_nobody(slack: Slack, services: Services) -> None:
    firm = await a_firm(services, "A <!here> & *B*", BEN)
    await services.add_agents(firm.key, Act(person(BEN), "modal", "agents"), ["<@U0LEA> <!channel>"])
    for command in ("firm", "firm list", "firm members", "history", "status", "next", "note <!channel>"):
        said = await slack.ben.at(COMPLIANCE).types(f"/cais {command}")
        assert said["notifies"] == [], command
        assert "&lt;!here&gt; &amp; " in said["text"], command


async def test_a_viewer_reads_everything_and_is_offered_nothing_that_would_be_refused(
    slack: Slack, services: Services
) -> None:
    await a_firm(services, "Apex Securities", "U0BEN", U0LEA="viewer")

    lead, viewer = await slack.ben.types("/cais next"), await slack.lea.types("/cais next")

    assert {"Yes", "No…", "Not sure", "Add evidence", "Add note"} <= set(labels(lead))
    assert not {"Yes", "No…", "Not sure", "Add evidence", "Add note"} & set(labels(viewer))
    assert "Industry Members that have an obligation" in words_of(viewer)
    assert "You are a viewer" in words_of(viewer)
    assert "You are a viewer" not in words_of(lead)
    assert set(labels(await slack.lea.types("/cais firm"))) < set(labels(await slack.ben.types("/cais firm")))
