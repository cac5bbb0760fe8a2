"""A PDF that is written page by page: each page leaves memory as soon as it is drawn.

The library keeps every page until the end.  Here its document is asked to format a page at once; what stays is eight
bytes per object, its place in the file.  Nothing in the bytes comes from the clock, the machine or a random source.
"""

from __future__ import annotations

from array import array
from datetime import date
from typing import Any, BinaryIO

from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen.canvas import Canvas

LETTER = (612.0, 792.0)
"""US Letter in points."""


class _Document(pdfdoc.PDFDocument):
    """The library's document with pages written when they are added."""

    def __init__(self, out: BinaryIO, language: str) -> None:
        super().__init__(compression=1, invariant=1, lang=language)
        self._out = out
        self._at = 0
        self._offsets = array("Q", [0])
        self._page_numbers = array("L")
        self._write(b"%PDF-1.4\n%\x93\x8c\x8b\x9e\n")

    @property
    def _library(self) -> Any:
        """Itself with what the library's stubs do not tell."""
        return self

    def addPage(self, page: Any) -> None:  # noqa: N802 - the library's name
        """Write the page and its content and keep only where they stand."""
        content: Any = pdfdoc.PDFStream(content=page.stream, filters=[pdfdoc.PDFZCompress])
        page.Contents = content
        name = self.thisPageName()
        self._library.Reference(page, name)
        self.updateSignature(page.stream)
        self._page_numbers.append(self.idToObjectNumberAndVersion[name][0])
        self._emit(name)
        self._emit(content.__InternalName__)
        self.pageCounter += 1
        self.inObject = None

    def format(self) -> bytes:
        """Write what is left (fonts, shared drawings, page tree, catalog) and the table of places."""
        self._library.Reference(self._library.Catalog)
        self._library.Reference(self.info)
        self._library.Pages.check_format = self._list_pages
        number = 0
        while (number := number + 1) <= self.objectcounter:  # formatting one object may add others
            if number in self.numberToId:
                self._emit(self.numberToId[number], keep=True)
        self._finish()
        return b""

    def _list_pages(self, _document: pdfdoc.PDFDocument) -> None:
        kids = b" ".join(b"%d 0 R" % number for number in self._page_numbers)
        self._library.Pages.Kids = b"[" + kids + b"]"
        self._library.Pages.Count = len(self._page_numbers)

    def _emit(self, name: str, keep: bool = False) -> None:
        number = self.idToObjectNumberAndVersion[name][0]
        body = pdfdoc.PDFIndirectObject(name, self.idToObject[name]).format(self)
        while len(self._offsets) <= max(number, self.objectcounter):
            self._offsets.append(0)
        self._offsets[number] = self._at
        self._write(body)
        if not keep:
            del self.idToObject[name], self.idToObjectNumberAndVersion[name], self.numberToId[number]

    def _finish(self) -> None:
        start = self._at
        self._write(b"xref\n0 %d\n0000000000 65535 f \n" % len(self._offsets))
        for offset in self._offsets[1:]:
            self._write(b"%010d 00000 n \n" % offset)
        trailer = pdfdoc.PDFTrailer(
            startxref=start,
            Size=len(self._offsets),
            Root=self._library.Reference(self._library.Catalog),
            Info=self._library.Reference(self.info),
            ID=self.ID(),
        )
        self._write(trailer.format(self))

    def _write(self, data: bytes) -> None:
        self._out.write(data)
        self._at += len(data)


class Paper(Canvas):
    """A canvas of US Letter pages that streams to `out`; `made` is the date that the file tells of itself."""

    def __init__(self, out: BinaryIO, *, title: str, author: str, language: str, made: date) -> None:
        super().__init__(out, pagesize=LETTER, invariant=1, pageCompression=1)
        self._library._doc = _Document(out, language)
        self._library._make_preamble()
        self.setTitle(title)
        self.setAuthor(author)
        self.setSubject(title)
        self.setCreator("superbill")
        self.setProducer("ReportLab")
        self._library._doc.setDateFormatter(lambda *_: f"D:{made:%Y%m%d}000000Z")

    @property
    def _library(self) -> Any:
        """Itself with what the library's stubs do not tell."""
        return self

    def close(self) -> None:
        """Write the end of the file.  The page under way must have been shown."""
        self._library._doc.GetPDFData(self)
