"""Makes a canvas of the app's own and lets one person into it."""

from bot.slack.web_api import SlackSaidNo, TooBusy, Unsure, WebApi

PATIENCE = 40.0


async def make(slack: WebApi, title: str, markdown: str) -> str:
    """Slack's id of a new canvas that nobody sees yet. Raises SlackSaidNo, TooBusy, Unsure."""
    whole = {"title": title, "document_content": {"type": "markdown", "markdown": markdown}}
    made = await slack.call("canvases.create", whole, patience=PATIENCE)
    return str(made.get("canvas_id", ""))


async def let_in(slack: WebApi, canvas: str, user: str) -> None:
    """This person may read and change it from now on. Raises SlackSaidNo, TooBusy, Unsure."""
    whom = {"canvas_id": canvas, "access_level": "write", "user_ids": [user]}
    await slack.call("canvases.access.set", whom, patience=PATIENCE)


async def address(slack: WebApi, canvas: str) -> str:
    """Where it is, empty where Slack does not say."""
    try:
        info = await slack.call("files.info", {"file": canvas}, form=True, patience=PATIENCE)
    except (SlackSaidNo, TooBusy, Unsure):
        return ""
    return str((info.get("file") or {}).get("permalink") or "")
