"""What Slack's payloads say of the installation they come through: in one workspace, or for a whole org.

Of an installation for an org Slack leaves the workspace out where it names the installation, and says it elsewhere.
"""

from __future__ import annotations

from bot.sandbox.options import Options
from bot.sandbox.wire import Json
from bot.sandbox.workspace import BOT_USER

ORG = {"id": "E0SANDBOX", "name": "Sandbox Holdings"}


def of_event(options: Options, team: str) -> Json:
    """The ids beside an event, and whom it is visible to (slackapi/bolt-python, test_events_org_apps.py)."""
    org = ORG["id"] if options.whole_org else None
    visible_to: Json = {
        "enterprise_id": org,
        "team_id": None if org else team,
        "user_id": BOT_USER,
        "is_bot": True,
        "is_enterprise_install": bool(org),
    }
    where: Json = {"team_id": team, "context_team_id": team, "context_enterprise_id": org}
    return {**where, **({"enterprise_id": org} if org else {}), "authorizations": [visible_to]}


def of_command(options: Options) -> Json:
    """What a command says beside the workspace it was typed in."""
    if not options.whole_org:
        return {"is_enterprise_install": "false"}
    return {"enterprise_id": ORG["id"], "enterprise_name": ORG["name"], "is_enterprise_install": "true"}


def of_interaction(options: Options, team: Json) -> Json:
    """What is said of a click, a form or a shortcut; of an org's, the workspace stands with the person only."""
    if options.whole_org:
        return {"team": None, "enterprise": ORG, "is_enterprise_install": True}
    here = {"id": team["id"], "domain": team["domain"]}
    return {"team": here, "enterprise": None, "is_enterprise_install": False}


def installed_in(options: Options, team: str) -> str:
    """What views call `app_installed_team_id`: of an org's installation Slack's docs show the id of the org there."""
    return ORG["id"] if options.whole_org else team


def of_person(options: Options, user: str, team: str) -> Json:
    """What users.info says of somebody of an org."""
    if not options.whole_org:
        return {}
    return {
        "enterprise_user": {"id": user, "enterprise_id": ORG["id"], "enterprise_name": ORG["name"], "teams": [team]}
    }
