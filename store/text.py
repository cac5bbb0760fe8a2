"""Text that comes from outside, made harmless before it is kept or shown.

Terminal escapes, bidirectional overrides and invisible characters become U+FFFD, so that what is shown is what
is there.  Cleaning is done when text is imported and again, by `tui.widgets.plain`, when it is shown.
"""

from __future__ import annotations

import unicodedata

from store.errors import Refused

_REPLACEMENT = 0xFFFD
_HOSTILE = (
    *range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0),  # C0 but TAB and LF, DEL, C1
    *range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2060, 0x2070),  # zero width, bidirectional
    0xFEFF, *range(0xFFF9, 0xFFFC), *range(0xD800, 0xE000), *range(0xE0000, 0xE0080),
)  # fmt: skip
_NOTE = dict.fromkeys(_HOSTILE, _REPLACEMENT)
_LINE = _NOTE | {0x09: " ", 0x0A: " "}


def clean_line(text: str) -> str:
    """One line for a field: NFC, tabs and line ends as spaces, trimmed, hostile characters as U+FFFD."""
    return unicodedata.normalize("NFC", text.replace("\r\n", " ").translate(_LINE)).strip()


def clean_note(text: str) -> str:
    """Several lines for a note: line ends as LF, tabs kept, hostile characters as U+FFFD."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", unified.translate(_NOTE))


def show_zip(text: str) -> str:
    """'668990390' as '66899-0390'; anything else as it is."""
    return f"{text[:5]}-{text[5:]}" if len(text) == 9 and text.isdigit() else text


def show_phone(text: str) -> str:
    """'3165550100' as '(316) 555-0100'; anything else as it is."""
    return f"({text[:3]}) {text[3:6]}-{text[6:]}" if len(text) == 10 and text.isdigit() else text


def whole_number(text: str, least: int, most: int, where: str = "") -> int:
    """A whole number that a person wrote; `Refused` where it is none from `least` to `most`."""
    if text.isascii() and text.isdecimal() and least <= (number := int(text[:9])) <= most:
        return number
    raise Refused(f"{text[:20]!r} is no such number.", where=where, do=f"Write one from {least} to {most}.")


def how_many(count: int, thing: str, things: str = "") -> str:
    """So many of a thing: '1 row', '2,000 rows'; `things` is what several are called where that is no -s."""
    return f"{count:,} {thing if count == 1 else things or f'{thing}s'}"
