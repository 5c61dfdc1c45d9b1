"""Firms' names, as they are kept and as they are compared: what looks the same is the same."""

import unicodedata


def composed(name: str) -> str:
    """The name with each letter and its accents as one character, where there is one (Unicode's NFC), and as it was."""
    return unicodedata.normalize("NFC", name)


def compared(name: str) -> str:
    """The name in the form in which two are compared: capital or small, and however its letters are composed.

    A Mac may give `Ä` as an A and an accent; in a list the two look the same. A name that was kept so stays as it is.
    """
    if name.isascii():  # nearly every one, and a workspace may have thousands
        return name.casefold()
    return composed(unicodedata.normalize("NFD", name).casefold())
