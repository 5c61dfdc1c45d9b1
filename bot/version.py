"""Which version of the program this is."""


def version() -> str:
    """As the installed package says; a source tree that is run without being installed does not know."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as of  # few commands ask

    try:
        return of("cais-roadmap")
    except PackageNotFoundError:
        return "unknown"
