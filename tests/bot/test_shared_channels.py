"""Events in a channel that two companies share: whose they are, and which of the two apps was mentioned."""

from typing import Any

import pytest

from bot.front.hearing import hear
from bot.front.whose import author_of

SEEN_HERE = {"enterprise_id": None, "team_id": "T1", "user_id": "U1BOT", "is_bot": True, "is_enterprise_install": False}
SEEN_BY_THE_ORG = {**SEEN_HERE, "enterprise_id": "E1", "team_id": None, "is_enterprise_install": True}

# As Slack sends them (slackapi/bolt-python, tests/slack_bolt/request/test_internals.py): what stands beside the event,
# what stands in it of teams, the installation that is listed, and the author's own workspace.
READ: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any], str]] = [
    ({"team_id": "T1"}, {"team": "T1"}, SEEN_HERE, "-/T1"),
    ({"team_id": "T1"}, {"team": "T1", "user_team": "T9", "source_team": "T9"}, SEEN_HERE, "-/T9"),
    ({"team_id": "T2", "enterprise_id": "E2"}, {"team": "T2", "user_team": "T1"}, SEEN_HERE, "-/T1"),
    ({"team_id": "T2", "enterprise_id": "E2"}, {"team": "T2"}, SEEN_HERE, "E2/T2"),
    ({"team_id": "T1", "context_team_id": "T2", "context_enterprise_id": "E2"}, {"team": "T1"}, SEEN_HERE, "-/T1"),
    ({"team_id": "T2", "context_team_id": "T2", "context_enterprise_id": "E2"}, {"team": "T2"}, SEEN_HERE, "E2/T2"),
    ({"team_id": "T2", "enterprise_id": "E2"}, {"team": "T2", "user_team": "E2"}, SEEN_HERE, "E2/T2"),
    ({"team_id": "T1"}, {"team": "T1", "user_team": "E2", "source_team": "E2"}, SEEN_HERE, ""),
    ({"team_id": "T1", "enterprise_id": "E1"}, {"team": "T1"}, SEEN_BY_THE_ORG, "E1/T1"),
    ({"team_id": "T1", "enterprise_id": "E1"}, {"team": "T1", "user_team": "E1"}, SEEN_BY_THE_ORG, "E1/T1"),
    ({"team_id": "T1", "enterprise_id": "E1"}, {"team": "T1", "user_team": "T9"}, SEEN_BY_THE_ORG, "-/T9"),
    ({"team_id": "T1"}, {"source_team": "T9"}, SEEN_HERE, "-/T9"),
    ({"team_id": "T1"}, {}, SEEN_HERE, ""),
    ({"team_id": "T1"}, {"user_team": {}, "team": 5}, SEEN_HERE, ""),
]


def mention(text: str, listed: dict[str, Any], beside: dict[str, Any], **teams: Any) -> dict[str, Any]:
    event = {"type": "app_mention", "user": "U7", "text": text, "channel": "C1", "ts": "1.1", **teams}
    more = {"event_id": "Ev1", "authorizations": [listed], "is_ext_shared_channel": True}
    return {"type": "event_callback", **beside, "event": event, **more}


@pytest.mark.parametrize(("beside", "teams", "listed", "own"), READ, ids=range(len(READ)))
def test_the_authors_own_workspace_is_read_from_where_slack_says_it(
    beside: dict[str, Any], teams: dict[str, Any], listed: dict[str, Any], own: str
) -> None:
    assert author_of(mention("<@U1BOT> next", listed, beside, **teams)) == own


@pytest.mark.parametrize("bot_user", ["U1BOT", "U2BOT", "U3BOT"])
@pytest.mark.parametrize("text", ["<@{}> next", "please <@{}>: next", "<@{}|cais> /cais next"])
def test_whichever_companys_app_is_mentioned_the_words_are_those_round_it(bot_user: str, text: str) -> None:
    call = hear(mention(text.format(bot_user), SEEN_HERE, {"team_id": "T1"}, team="T1"), "-/T2", "U2BOT")
    assert call is not None
    assert call.words.removeprefix("please ") == "next"


def test_somebody_else_who_is_mentioned_beside_our_app_stays() -> None:
    call = hear(mention("<@U5> <@U2BOT> next", SEEN_HERE, {"team_id": "T1"}), "-/T2", "U2BOT")
    assert call is not None
    assert call.words == "@U5 next"
