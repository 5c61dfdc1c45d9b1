"""How Slack's ids for people and channels become ours, and back: `slack:enterprise/team/U1`."""


def place(tenant: str, slack_id: str) -> str:
    """Our id for one of Slack's; `tenant` is `enterprise/team`."""
    return f"slack:{tenant}/{slack_id}"


def slack_id(place_id: str) -> str:
    """Slack's own id within ours."""
    return place_id.rpartition("/")[2]


def is_channel(place_id: str) -> bool:
    """Whether it is a channel, not a conversation between people."""
    return slack_id(place_id)[:1] in ("C", "G")


def mention(person: str) -> str:
    """Slack's code that shows a person's name as it is now; for people whose name we do not know."""
    return f"<@{slack_id(person)}>"


def channel_mention(channel: str) -> str:
    """Slack's code that shows a channel's name to those who may see it."""
    return f"<#{slack_id(channel)}>"
