"""Prints a page as a tagged PDF, where WeasyPrint and the Pango it draws with are there."""

import io
from contextlib import redirect_stdout
from typing import Any

PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core"
"""Of Debian and Ubuntu, as docs/install.md has them."""


class NoPdf(Exception):
    """No PDF can be made on this machine, and what is missing, as a sentence."""


def print_pdf(page: str) -> bytes:
    """The page as PDF/UA: tagged, with its language and title. Raises NoPdf."""
    weasyprint = printer()
    # The pictures are in the page itself; nothing else is ever fetched, whatever somebody typed.
    fetcher = weasyprint.URLFetcher(allowed_protocols=["data"])
    document = weasyprint.HTML(string=page, url_fetcher=fetcher)
    printed: bytes = document.write_pdf(pdf_variant="pdf/ua-1", finisher=_with_scopes)
    return printed


def _with_scopes(_: Any, pdf: Any) -> None:
    """Says of each heading cell what it heads: WeasyPrint only names, in each other cell, those that head it."""
    by_reference = {bytes(each.reference): each for each in pdf.objects if hasattr(each, "get")}
    for cell in by_reference.values():
        if cell.get("S") == "/TH":
            row = by_reference[bytes(cell["P"])]
            of_columns = by_reference[bytes(row["P"])].get("S") == "/THead"
            cell["A"]["Scope"] = "/Column" if of_columns else "/Row"


def printer() -> Any:
    """WeasyPrint, once it has found what it draws with. Raises NoPdf."""
    try:
        with redirect_stdout(io.StringIO()):  # it prints half a page where Pango is missing
            import weasyprint  # type: ignore[import-untyped]  # it has no types
    except ImportError:
        raise NoPdf("The package weasyprint is not installed: pip install 'cais-roadmap[pdf]'.") from None
    except OSError:
        raise NoPdf(f"Pango is not on this machine: on Debian or Ubuntu, apt-get install {PACKAGES}.") from None
    return weasyprint
