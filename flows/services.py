"""The use cases every chat adapter calls, and nothing deeper."""

from flows.ports import Directory, EventStore, Inbox


class Services:
    """Everything a person can do, each checked where the work is done."""

    def __init__(self, *, events: EventStore, directory: Directory, inbox: Inbox) -> None:
        self.events = events
        self.directory = directory
        self.inbox = inbox
