"""Why a document cannot be read."""


class Unreadable(Exception):
    """`reason` is a key of `flows.documents.library.REASONS`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
