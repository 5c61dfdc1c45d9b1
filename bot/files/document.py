"""The JSON document as a file."""

from typing import IO

from flows.exports.record import Export
from flows.exports.whole import written


def write(export: Export, into: IO[bytes]) -> None:
    """The document."""
    into.write(written(export))
