"""How large a document may be."""

LARGEST = 50_000_000
"""Bytes."""

MOST_PAGES = 3_000

MOST_TEXT = 60_000_000
"""Characters of text in it: 3,000 pages have a tenth of that, so more than this was made to fill the disk."""
