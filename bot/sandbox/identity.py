"""auth.test, api.test, users.info, users.list and blocks.validate: who is who, and whether blocks are right."""

from __future__ import annotations

import datetime
import zoneinfo

from bot.sandbox.limits import limits, problems_in_blocks, problems_in_message, problems_in_view
from bot.sandbox.methods import method
from bot.sandbox.org import ORG, of_person
from bot.sandbox.slack import Slack
from bot.sandbox.wire import Json, SlackError
from bot.sandbox.workspace import APP_ID, BOT_ID, BOT_USER


@method("api.test", tier="special", caller="anyone")
def api_test(slack: Slack, args: Json) -> Json:
    """Says back what was sent."""
    if args.get("error"):
        raise SlackError(str(args["error"]), args=args)
    return {"args": args}


@method("auth.test", tier="special")
def auth_test(slack: Slack, args: Json) -> Json:
    """Who the token belongs to."""
    team = slack.workspace.team
    return {
        "url": f"https://{team['domain']}.slack.com/",
        "team": team["name"],
        "team_id": team["id"],
        "user": slack.workspace.users[BOT_USER]["name"],
        "user_id": BOT_USER,
        "bot_id": BOT_ID,
        "app_id": APP_ID,
        **({"enterprise_id": ORG["id"]} if slack.options.whole_org else {}),
        "is_enterprise_install": slack.options.whole_org,
    }


@method("auth.teams.list", form=True)
def auth_teams_list(slack: Slack, args: Json) -> Json:
    """The workspaces in which the token counts: here always the one there is."""
    team = slack.workspace.team
    return {"teams": [{"id": team["id"], "name": team["name"]}], "response_metadata": {"next_cursor": ""}}


@method("users.list", scopes=("users:read",), tier="2")
def users_list(slack: Slack, args: Json) -> Json:
    """Everybody, a page at a time; a cursor is only good for going on."""
    everybody = sorted(slack.workspace.users)
    after = str(args.get("cursor") or "")
    if after and after not in slack.workspace.users:
        raise SlackError("invalid_cursor")
    try:
        limit = int(args.get("limit") or 200)
    except ValueError as error:
        raise SlackError("invalid_arguments", messages=["[ERROR] limit must be an integer"]) from error
    if not 1 <= limit <= 1000:
        raise SlackError("invalid_limit")
    left = [user for user in everybody if user > after]
    page = left[:limit]
    cursor = page[-1] if len(left) > limit else ""
    members = [users_info(slack, {"user": user})["user"] for user in page]
    return {"members": members, "cache_ts": 0, "response_metadata": {"next_cursor": cursor}}


@method("users.info", scopes=("users:read",), required=("user",))
def users_info(slack: Slack, args: Json) -> Json:
    """One person, with the IANA time zone; e-mail needs a scope of its own and is not pretended."""
    user = slack.workspace.users.get(str(args["user"]))
    if user is None:
        raise SlackError("user_not_found")
    offset = datetime.datetime.now(zoneinfo.ZoneInfo(user["tz"])).utcoffset() or datetime.timedelta()
    profile = {"real_name": user["real_name"], "display_name": user["name"], "title": user["title"]}
    whole = {
        "team_id": slack.workspace.team_of(user["id"]),
        "tz_label": user["tz"],
        "tz_offset": int(offset.total_seconds()),
        "profile": profile,
        "is_owner": False,
        "is_ultra_restricted": False,
        **of_person(slack.options, user["id"], slack.workspace.team["id"]),
    }
    return {"user": {**{key: value for key, value in user.items() if key != "title"}, **whole}}


@method("blocks.validate", tier="special", caller="anyone")
def blocks_validate(slack: Slack, args: Json) -> Json:
    """Checks blocks, a view or a message without doing anything with them; exactly one of the three."""
    given = [name for name in ("blocks", "view", "message") if args.get(name)]
    if len(given) != 1:
        raise SlackError("invalid_arguments", messages=["[ERROR] exactly one of blocks, view, message"])
    value = args[given[0]]
    if given == ["blocks"]:
        problems = problems_in_blocks(value, "message", limits()["message"]["blocks"])
    else:
        problems = problems_in_view(value) if given == ["view"] else problems_in_message(value)
    if problems:
        raise SlackError("invalid_blocks", errors=[problem.as_json() for problem in problems])
    return {}
