"""A key for what is kept of an object: equal only for that very object, not for any that merely says the same."""


class Same:
    """Holds the object, so that its place in memory is not given to another meanwhile.

    Comparing two packs or positions by what they say would take longer than reading them.
    """

    __slots__ = ("it",)

    def __init__(self, it: object) -> None:
        self.it = it

    def __hash__(self) -> int:
        return id(self.it)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.it is other.it
