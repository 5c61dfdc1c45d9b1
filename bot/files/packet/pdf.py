"""Prints a page as a tagged PDF, where WeasyPrint and the Pango it draws with are there."""

import io
from contextlib import redirect_stdout
from typing import Any


class NoPdf(Exception):
    """No PDF can be made on this machine, and what is missing, as a sentence."""


def print_pdf(page: str) -> bytes:
    """The page as PDF/UA: tagged, with its language and title. Raises NoPdf."""
    weasyprint = printer()
    # The pictures are in the page itself; nothing else is ever fetched, whatever somebody typed.
    fetcher = weasyprint.URLFetcher(allowed_protocols=["data"])
    document = weasyprint.HTML(string=page, url_fetcher=fetcher)
    printed: bytes = document.write_pdf(pdf_variant="pdf/ua-1")
    return printed


def printer() -> Any:
    """WeasyPrint, once it has found what it draws with. Raises NoPdf."""
    try:
        with redirect_stdout(io.StringIO()):  # it prints half a page where Pango is missing
            import weasyprint  # type: ignore[import-untyped]  # it has no types
    except ImportError:
        raise NoPdf("The package weasyprint is not installed: pip install 'cais-roadmap[pdf]'.") from None
    except OSError:
        raise NoPdf("Pango is not on this machine: on Debian or Ubuntu, apt-get install libpangoft2-1.0-0.") from None
    return weasyprint
