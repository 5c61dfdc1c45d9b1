"""What a file is, by its first and last bytes, beside what its name and Slack say it is."""

import codecs
from collections.abc import Mapping

UNKNOWN = "application/octet-stream"
"""None of what is recognised here: nothing is said against what it is called then."""

LOOKED_AT = 8192
"""Bytes of a file's beginning, and of its end, that are looked at."""

WORDS = {
    "application/pdf": "PDF",
    "image/png": "PNG picture",
    "image/jpeg": "JPEG picture",
    "image/gif": "GIF picture",
    "image/webp": "WebP picture",
    "image/tiff": "TIFF picture",
    "image/heic": "HEIC picture",
    "text/html": "web page (HTML)",
    "text/xml": "XML",
    "text/plain": "text",
    "text/csv": "CSV",
    "application/rtf": "RTF text",
    "application/json": "JSON",
    "message/rfc822": "e-mail",
    "application/zip": "zip archive",
    "application/gzip": "gzip archive",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel workbook",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "PowerPoint presentation",
    "application/x-ole-storage": "old Office file or Outlook message",
    "application/msword": "old Word document",
    "application/vnd.ms-excel": "old Excel workbook",
    "application/vnd.ms-powerpoint": "old PowerPoint presentation",
    "application/vnd.ms-outlook": "Outlook message",
    "application/vnd.ms-visio.drawing": "Visio drawing",
    "application/vnd.visio": "Visio drawing",
    "application/x-msdownload": "Windows program",
    "application/x-elf": "Linux program",
    "video/mp4": "MP4 video",
    UNKNOWN: "kind of file not known",
}

_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"{\\rtf", "application/rtf"),
    (b"\x1f\x8b", "application/gzip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"MZ", "application/x-msdownload"),
    (b"\x7fELF", "application/x-elf"),
)
_OFFICE: tuple[tuple[bytes, str], ...] = (
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
)
_FITS: Mapping[str, tuple[str, ...]] = {
    "application/x-ole-storage": (
        "application/msword",
        "application/vnd.ms-",
        "application/vnd.visio",
        "application/x-mspublisher",
        "application/vnd.openxmlformats-officedocument.",  # with a password
    ),
    "application/zip": (
        "application/x-zip",
        "application/vnd.oasis.opendocument",
        "application/vnd.apple.",
        "application/x-iwork-",
        "application/epub",
        "application/java-archive",
        "application/vnd.ms-visio.",
        "application/vnd.visio",
        "application/vnd.ms-xps",
        "application/vnd.google-earth.kmz",
    ),
    _OFFICE[0][1]: ("application/vnd.ms-word.", "application/vnd.openxmlformats-officedocument.wordprocessingml."),
    _OFFICE[1][1]: ("application/vnd.ms-excel.", "application/vnd.openxmlformats-officedocument.spreadsheetml."),
    _OFFICE[2][1]: ("application/vnd.ms-powerpoint.", "application/vnd.openxmlformats-officedocument.presentationml."),
    "application/gzip": ("application/x-gzip", "application/x-tgz", "application/x-gtar", "application/x-compressed"),
    "application/rtf": ("text/rtf",),
    "application/x-msdownload": ("application/x-dosexec", "application/vnd.microsoft.portable-executable"),
    "image/jpeg": ("image/jpg", "image/pjpeg"),
    "image/heic": ("image/heif", "image/heic"),
    "video/mp4": ("video/", "audio/", "image/avif", "image/heif", "image/heic"),
    "text/html": ("application/xhtml",),
    "text/xml": ("text/",),
}
"""How a claim begins that says more of what these bytes show: a container may be of many kinds."""

_CONTAINERS = ("application/zip", "application/x-ole-storage", "video/mp4")
_NEVER_TEXT = (
    *("image/", "audio/", "video/", "font/", "application/pdf", "application/rtf", "application/msword"),
    *("application/vnd.ms-", "application/vnd.openxmlformats-", "application/vnd.oasis.", "application/vnd.apple."),
    *("application/zip", "application/x-zip", "application/gzip", "application/x-gzip", "application/x-msdownload"),
)
"""How the claims begin that plain text contradicts; of others, such as keys, scripts and certificates, many are it."""


def seen(head: bytes, tail: bytes = b"") -> str:
    """The MIME type that a file's bytes show; `head` and `tail` are its first and last `LOOKED_AT`."""
    for beginning, kind in _BEGINNINGS:
        if head.startswith(beginning):
            return kind
    if head.startswith(b"PK\x03\x04"):
        both = head + tail
        return next(
            (kind for part, kind in _OFFICE if part in both and b"[Content_Types].xml" in both), "application/zip"
        )
    if head[4:8] == b"ftyp":
        return "image/heic" if head[8:12] in (b"heic", b"heix", b"mif1") else "video/mp4"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return _text(head)


def _text(head: bytes) -> str:
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        # A character may be cut in two where the look ends.
        text = codecs.getincrementaldecoder(encoding)().decode(head, final=len(head) < LOOKED_AT)
    except UnicodeDecodeError:
        return UNKNOWN
    if "\x00" in text:
        return UNKNOWN
    begins = text.lstrip()[:300].casefold()
    if begins.startswith(("<!doctype html", "<html", "<head", "<body")):
        return "text/html"
    return "text/xml" if begins.startswith("<?xml") else "text/plain"


def words(kind: str) -> str:
    """What people call it; the MIME type itself where we have no word."""
    return WORDS.get(kind, kind)


def differ(claimed: str, found: str) -> bool:
    """Whether the bytes show something else than was claimed; what is not recognised contradicts nothing."""
    if not claimed or UNKNOWN in (claimed, found) or claimed == found:
        return False
    if found == "text/plain":
        return claimed.startswith(_NEVER_TEXT) and not claimed.endswith("xml")
    if found == "text/xml" and claimed.endswith("xml"):
        return False
    return not claimed.startswith(_FITS.get(found, ("no other",)))


def in_words(claimed: str, found: str) -> str:
    """What kind of file it is; where its bytes show another than was claimed, both. Empty where nothing is known."""
    if not found:
        return words(claimed) if claimed == UNKNOWN else f"said to be {words(claimed)}" if claimed else ""
    if differ(claimed, found):
        return f"said to be {words(claimed)}, but its bytes show {words(found)}"
    says_more = found == UNKNOWN or (found in ("text/plain", *_CONTAINERS) and claimed != UNKNOWN)
    return words(claimed if says_more and claimed else found)
