"""The decision memo in Slack: decided, shown to copy, attested to by a second person, looked at again."""

from bot.front.answering import content, modal_view
from bot.front.hearing import Origin
from bot.sandbox.limits import problems_in_message, problems_in_view
from bot.views import answers, memos
from flows.memos import attest, memo_of
from flows.services import Act, Services
from tests.bot.conversing import BEN, LEA, Slack, labels, words_of
from tests.bot.firm_making import TENANT, a_firm, person
from tests.bot.views.test_walk import scene
from tests.flows.life import ANA, PACK, Life
from tests.flows.life import BEN as LIFES_BEN

SAID = {"basis": "We only advise.", "grounds": ["no_fdid"], "attester": BEN}


async def decides(slack: Slack, services: Services, **said: object) -> None:
    """Lea says no to step 1, and names Ben as the second attester."""
    await a_firm(services, "Apex Securities", LEA, U0BEN="member", U0CON="viewer")
    await slack.ben.types("/cais")  # so that his name is known
    await slack.lea.types("/cais next")
    await slack.lea.presses("No…")
    answer = await slack.lea.submits({**SAID, **said})
    assert answer["ok"], answer


async def test_home_and_the_summary_say_what_the_second_attester_has_not_said_or_does_not_agree_with(
    slack: Slack, services: Services
) -> None:
    await decides(slack, services)
    letter = slack.ben.last
    for said in (await slack.lea.opens_home(), await slack.lea.types("/cais summary")):
        assert "To be attested by Ben Cole: `/cais memo`" in words_of(said)
    await slack.ben.presses("I do not agree…", on=letter)
    assert (await slack.ben.submits({"reason": "We route one option a year."}))["ok"]
    for said in (await slack.lea.opens_home(), await slack.lea.types("/cais summary")):
        assert "Ben Cole does not agree with this answer: `/cais memo`" in words_of(said)
        assert "one option" not in words_of(said)


async def test_who_was_named_and_left_is_not_said_to_be_waited_for(slack: Slack, services: Services) -> None:
    await decides(slack, services)
    (firm,) = await services.directory.all_firms(TENANT)
    await services.remove_member(firm.key, Act(person(LEA), "button", "off"), person(BEN).id)
    said = words_of(await slack.lea.opens_home())
    assert "To be attested by another member or lead: `/cais memo`" in said
    assert "by Ben Cole" not in said


async def test_the_second_attester_gets_the_memo_once_and_attests_where_it_stands(
    slack: Slack, services: Services
) -> None:
    await decides(slack, services)
    assert "*Second attester:* Ben Cole is asked" in words_of(slack.lea.last)
    letter = slack.ben.last
    assert "asks you to attest to a decision" in words_of(letter)
    assert "DECISION MEMO" in words_of(letter)
    assert "lines 19 to 22" in words_of(letter)
    told = len(slack.ben.sees)
    await slack.ben.presses("I attest", on=letter)
    assert "*Recorded:* Attested to the answer" in words_of(slack.ben.last)
    assert len(slack.ben.sees) == told
    shown = await slack.lea.types("/cais memo")
    assert "Ben Cole attests" in words_of(shown)
    assert "I attest" not in labels(shown)
    assert slack.refused() == []


async def test_who_does_not_agree_says_why_and_whoever_decided_is_told_once(slack: Slack, services: Services) -> None:
    await decides(slack, services)
    told = len(slack.lea.sees)
    await slack.ben.presses("I do not agree…")
    assert (await slack.ben.submits({"reason": "Two option orders in May"}))["ok"]
    assert len(slack.lea.sees) == told + 1
    assert "Ben Cole does not agree with your decision" in words_of(slack.lea.last)
    assert "Two option orders in May" in words_of(slack.lea.last)
    await slack.lea.presses("Change the answer…")
    assert slack.lea.modal is not None


async def test_oneself_or_a_viewer_is_refused_beside_the_field(slack: Slack, services: Services) -> None:
    await a_firm(services, "Apex Securities", LEA, U0CON="viewer")
    await slack.lea.types("/cais next")
    await slack.lea.presses("No…")
    for attester in (LEA, "U0CON"):
        answer = await slack.lea.submits({**SAID, "attester": attester})
        assert "second attester" in answer["errors"]["attester"]


async def test_on_its_day_one_click_renews_it_and_an_old_one_does_nothing(slack: Slack, services: Services) -> None:
    await decides(slack, services, recheck="2026-12-10")
    shown = await slack.lea.types("/cais memo")
    await slack.lea.presses("Still no", on=shown)
    assert "*Recorded:* Answered" in words_of(slack.lea.last)
    assert "To be looked at again on: Nov 23, 2027" in words_of(slack.lea.last)
    assert "Still no" not in labels(slack.lea.last)
    assert "Something changed" not in labels(await slack.lea.types("/cais memo"))
    await slack.lea.presses("Undo", on=slack.lea.sees[-2])
    assert "Something changed" in labels(await slack.lea.types("/cais memo"))


def test_the_longest_memo_is_shown_whole_and_within_slacks_limits() -> None:
    life = Life()
    life.answer(
        "fdid_duty", "no", basis="<" * 1500, grounds=("no_fdid", "no_example", "helpdesk"), attester=LIFES_BEN.id
    )
    why = attest(PACK, life.position, LIFES_BEN, of=life.history[-1].sequence, agrees=False, reason=">" * 1500)
    life.take(why, LIFES_BEN)
    seen, memo = scene(life), memo_of(PACK, life.position)
    assert memo is not None
    shown = words_of(content(memos.page(seen, memo, ANA)))
    for line in memos.written(seen, memo).splitlines():
        assert line in shown, "whoever copies it has all of it"
    for message in (memos.page(seen, memo, ANA), memos.to_attest(seen, memo), memos.none(seen)):
        assert not problems_in_message(content(message))
    for modal in (answers.question(seen, PACK.questions["fdid_duty"], "no"), memos.disagree_form(seen, 1)):
        assert not problems_in_view(modal_view(modal, Origin(channel="C0123456789")))
