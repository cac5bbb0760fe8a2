"""The encounter note: DocumentReference attachments and Composition sections, as plain text."""

from __future__ import annotations

import base64
import binascii
import re
from html.parser import HTMLParser

from store.intake.checks import Doubts, FieldError, a_note
from store.intake.fhir import look
from store.intake.fhir.links import Links
from store.intake.fhir.look import Node
from store.text import clean_line

_VOID_STATUS = frozenset({"entered-in-error", "superseded", "cancelled"})
_BLOCKS = frozenset(
    {"address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "footer", "h1", "h2", "h3", "h4", "h5", "h6",
     "header", "hr", "li", "ol", "p", "pre", "section", "table", "tbody", "thead", "tr", "ul"}
)  # fmt: skip
_SILENT = frozenset({"script", "style", "head", "title", "template"})
_CHARSETS = {"": "utf-8", "utf-8": "utf-8", "us-ascii": "ascii", "iso-8859-1": "latin-1", "windows-1252": "cp1252"}
_MANY_LINES = re.compile(r"\n{3,}")


def note(documents: list[Node], links: Links, doubts: Doubts, line: int) -> str:
    """All documents of an encounter as one text, oldest first; each has its title before it if there are several."""
    parts = []
    for document in sorted(documents, key=_when):
        if {look.text(document, "status"), look.text(document, "docStatus")} & _VOID_STATUS:
            continue
        body = _composition(document) if _is_composition(document) else _attachments(document, links, doubts, line)
        if body.strip():
            parts.append((_title(document), body.strip("\n")))
    if len(parts) == 1:
        return parts[0][1]
    return "\n\n".join(f"{title.upper()}\n{body}" if title else body for title, body in parts)


def plain_text(markup: str) -> str:
    """What a reader of the markup would see: blocks on lines of their own, list items with a hyphen."""
    reader = _Text()
    reader.feed(markup)
    reader.close()
    lines = (line.strip() for line in "".join(reader.pieces).split("\n"))
    return _MANY_LINES.sub("\n\n", "\n".join(lines)).strip("\n")


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent = 0
        self._pre = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._silent += tag in _SILENT
        self._pre += tag == "pre"
        if tag in _BLOCKS:
            self._break()
        if tag == "li":
            self.pieces.append("- ")
        if tag in {"td", "th"} and self.pieces and not self.pieces[-1].endswith("\n"):
            self.pieces.append("\t")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _SILENT and self._silent > 0
        self._pre -= tag == "pre" and self._pre > 0
        if tag in _BLOCKS:
            self._break()
        if tag in {"p", "table"}:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        said = data if self._pre else re.sub(r"\s+", " ", data)
        if said.strip() or (self.pieces and not self.pieces[-1].endswith("\n")):
            self.pieces.append(said)

    def _break(self) -> None:
        if self.pieces and not self.pieces[-1].endswith("\n"):
            self.pieces.append("\n")


def _is_composition(document: Node) -> bool:
    return document.get("resourceType") == "Composition"


def _when(document: Node) -> str:
    return look.text(document, "date")


def _title(document: Node) -> str:
    title = look.text(document, "title") or look.text(document, "description")
    return clean_line(title) or look.words(look.child(document, "type"))


def _composition(document: Node) -> str:
    parts: list[str] = []
    waiting = [(section, "Composition.section") for section in reversed(look.children(document, "section"))]
    while waiting:
        section, path = waiting.pop()
        title = clean_line(look.text(section, "title", path))
        body = plain_text(look.text(look.child(section, "text", path), "div", path))
        if title or body:
            parts.append(f"{title.upper()}\n{body}".strip("\n"))
        waiting += [(inner, path) for inner in reversed(look.children(section, "section", path))]
    whole = "\n\n".join(parts) or plain_text(look.text(look.child(document, "text"), "div", "Composition.text"))
    return a_note(whole, "Composition.section")


def _attachments(document: Node, links: Links, doubts: Doubts, line: int) -> str:
    """The first attachment that is text; the others of one DocumentReference are renderings of the same."""
    path = "DocumentReference.content.attachment"
    kinds = []
    contents = look.children(document, "content", "DocumentReference")
    for attachment in sorted((look.child(one, "attachment", path) for one in contents), key=_is_html):
        kind = look.text(attachment, "contentType", path).lower()
        media, _, rest = kind.partition(";")
        if media.strip() not in {"text/plain", "text/html", "application/xhtml+xml", "text/markdown", ""}:
            kinds.append(clean_line(media))
            continue
        text = _decoded(_data(attachment, document, links, path), rest, path)
        return a_note(plain_text(text) if _is_html(attachment) else text, path)
    if kinds:
        doubts.add(f"A document of kind {kinds[0][:60]!r} is not text and was left out.", line)
    return ""


def _is_html(attachment: Node) -> bool:
    return "html" in look.text(attachment, "contentType")


def _data(attachment: Node, document: Node, links: Links, path: str) -> bytes:
    """The bytes of an attachment, its own or those of the Binary that it points to within the file."""
    data = look.text(attachment, "data", path)
    url = look.text(attachment, "url", path)
    if not data and url:
        binary = links.follow({"reference": url}, document, path)
        if binary is None or binary.get("resourceType") != "Binary":
            raise FieldError(f"{path}.url", "the document is not in this file; send it within")
        data = look.text(binary, "data", "Binary")
    try:
        return base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        raise FieldError(f"{path}.data", "is not base64") from None


def _decoded(data: bytes, parameters: str, path: str) -> str:
    found = re.search(r"charset=\"?([\w-]+)", parameters)
    charset = _CHARSETS.get(found[1] if found else "")
    if charset is None:
        raise FieldError(f"{path}.contentType", f"the character set {clean_line(parameters)[:40]!r} is not read here")
    try:
        return data.decode(charset)
    except UnicodeDecodeError as error:
        raise FieldError(f"{path}.data", f"byte {error.start + 1} is not {charset.upper()}") from None
