"""Which firm is meant, and whose business it is."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.actions import pack as packed
from bot.clock import real_time
from bot.front.hearing import Call
from bot.surfaces import Message, Say
from flows.firms import Person
from flows.ports import Known
from flows.services import Act, Services
from tests.bot.conftest import bot_in_slack
from tests.bot.conversing import ANA, BEN, COMPLIANCE, LEA, Slack
from tests.bot.tiny import More, Press, tiny_router

TENANT = "-/T0SANDBOX"


def person(user: str, *, admin: bool = False) -> Person:
    return Person(f"slack:{TENANT}/{user}", user, admin)


async def firm_of(services: Services, user: str, name: str) -> str:
    act = Act(person(user), "command", f"set up {name}")
    made = await services.set_up(TENANT, act, name=name, situation="new")
    return made.position.key.firm


@pytest.fixture(params=["http", "socket"])
def transport(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def slack(transport: str, services: Services) -> AsyncIterator[Slack]:
    router = tiny_router()
    for name in ("no_firm", "which_firm", "foreign", "stale"):

        async def fallback(heard: Any, services: Services, name: str = name) -> Say:
            return Say(Message(f"fallback {name}"))

        router.fallback(name)(fallback)
    async with bot_in_slack(transport, services, router) as workspace:
        yield workspace


async def test_without_a_firm_one_is_told_so(slack: Slack) -> None:
    assert (await slack.ben.types("/cais firmly"))["text"] == "fallback no_firm"


async def test_the_only_firm_is_the_one_that_is_meant(slack: Slack, services: Services) -> None:
    await firm_of(services, BEN, "Apex")
    assert (await slack.ben.types("/cais firmly hello"))["text"] == "Apex: hello"


async def test_of_several_firms_the_named_one_is_meant(slack: Slack, services: Services) -> None:
    await firm_of(services, BEN, "Apex Securities")
    await firm_of(services, BEN, "Beacon & Sons")
    assert (await slack.ben.types("/cais firmly one for apex"))["text"] == "Apex Securities: one"
    assert (await slack.ben.types("/cais firmly two @ Beacon & Sons"))["text"] == "Beacon & Sons: two"
    assert (await slack.ben.types("firmly three for beacon"))["text"] == "Beacon & Sons: three"


async def test_nobody_reaches_a_firm_by_its_name_alone(slack: Slack, services: Services) -> None:
    await firm_of(services, LEA, "Beacon")
    await firm_of(services, BEN, "Apex")
    said = (await slack.ben.types("/cais firmly x for Beacon"))["text"]
    assert said == "You have no firm called so. Nothing was changed.", "and nothing comes of it in their own"


async def test_an_admin_reaches_every_firm_by_its_name(slack: Slack, services: Services) -> None:
    await firm_of(services, LEA, "Beacon")
    await slack.ana.types("/cais card")
    assert (await slack.ana.types("/cais firmly x for Beacon"))["text"] == "Beacon: x"


async def was_admin(services: Services, user: str) -> None:
    known = Known(f"slack:{TENANT}/{user}", "Somebody", "America/New_York", True, real_time() - 2 * 3600)
    await services.directory.remember(TENANT, known)


async def test_a_former_admin_reads_nothing_of_others_from_the_first_request_on(
    slack: Slack, services: Services
) -> None:
    theirs = await firm_of(services, BEN, "Apex")
    await was_admin(services, LEA)
    assert (await slack.lea.types("/cais firmly x for Apex"))["text"] == "fallback no_firm"
    await was_admin(services, LEA)
    await slack.sandbox.replay(click(LEA, theirs, COMPLIANCE))
    await slack.settled()
    assert slack.lea.at(COMPLIANCE).last["text"] == "fallback foreign"


async def test_an_admin_is_asked_for_again_after_an_hour_and_stays_one(slack: Slack, services: Services) -> None:
    await firm_of(services, LEA, "Beacon")
    await was_admin(services, ANA)
    assert (await slack.ana.types("/cais firmly x for Beacon"))["text"] == "Beacon: x"


async def test_while_slack_does_not_say_so_nobody_is_an_admin(slack: Slack, services: Services) -> None:
    await firm_of(services, LEA, "Beacon")
    await was_admin(services, ANA)
    slack.sandbox.faults({"method": "users.info", "kind": "500", "times": -1})
    assert (await slack.ana.types("/cais firmly x for Beacon"))["text"] == "fallback no_firm"


def click(user: str, firm: str, channel: str, kind: type[Press] | type[More] = More, verb: str = "") -> dict[str, Any]:
    value = packed(kind(firm=firm))
    action = {"action_id": verb or kind.verb, "block_id": "b", "type": "button", "value": value, "action_ts": "1.1"}
    return {
        "type": "block_actions",
        "user": {"id": user, "name": "x"},
        "team": {"id": "T0SANDBOX"},
        "channel": {"id": channel},
        "container": {"type": "message", "channel_id": channel, "message_ts": "1.1", "is_ephemeral": True},
        "trigger_id": "1.2.3",
        "response_url": "",
        "actions": [action],
    }


@pytest.mark.parametrize("kind", [More, Press])
async def test_a_button_of_somebody_elses_firm_says_nothing_of_it(
    slack: Slack, services: Services, kind: type[Press] | type[More]
) -> None:
    theirs = await firm_of(services, LEA, "Beacon")
    await firm_of(services, BEN, "Apex")
    await slack.sandbox.replay(click(BEN, theirs, COMPLIANCE, kind))
    await slack.settled()
    assert slack.ben.at(COMPLIANCE).last["text"] == "fallback foreign"


async def test_a_button_acts_for_the_firm_it_carries_and_not_for_the_current_one(
    slack: Slack, services: Services
) -> None:
    first = await firm_of(services, BEN, "Apex")
    await firm_of(services, BEN, "Beacon")
    await slack.sandbox.replay(click(BEN, first, COMPLIANCE))
    await slack.settled()
    assert slack.ben.at(COMPLIANCE).last["text"] == "Apex it is"


@pytest.mark.parametrize("value", ["", "nonsense", "[]", '{"version": "x"}', '{"firm": null}'])
async def test_a_forged_button_is_stale(slack: Slack, value: str) -> None:
    payload = click(BEN, "", COMPLIANCE)
    payload["actions"][0]["value"] = value
    await slack.sandbox.replay(payload)
    await slack.settled()
    assert slack.ben.at(COMPLIANCE).last["text"] == "fallback stale"


async def test_a_button_nobody_listens_to_any_more_is_stale(slack: Slack) -> None:
    await slack.sandbox.replay(click(BEN, "", COMPLIANCE, verb="long.gone"))
    await slack.settled()
    assert slack.ben.at(COMPLIANCE).last["text"] == "fallback stale"


async def test_a_button_that_only_opens_an_address_is_acked_in_silence(slack: Slack) -> None:
    payload = click(BEN, "", COMPLIANCE, verb="open.link")
    payload["message"] = {
        "blocks": [{"type": "actions", "elements": [{"action_id": "open.link", "url": "https://catnmsplan.com"}]}]
    }
    assert (await slack.sandbox.replay(payload))["ok"]
    await slack.settled()
    assert slack.ben.at(COMPLIANCE).sees == []


async def test_a_dm_between_two_people_is_not_the_apps_own(slack: Slack) -> None:
    from bot.front.hearing import Origin

    between = Call("command", "", TENANT, ANA, "c", origin=Origin(channel="D0OTHER", response_url="x"))
    assert not slack.bot.answering.is_direct(between)
    body, more = slack.bot.answering.ack(between, Say(Message("private")))
    assert (body, more) == (None, True)
