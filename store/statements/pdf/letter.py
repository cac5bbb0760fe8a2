"""One-page letters in the house style: a receipt, an explanation of a balance, a packet for financial assistance."""

from __future__ import annotations

from pathlib import Path

from store.money import show_cents
from store.new_file import new_file
from store.statements.letter_values import Letter, Part
from store.statements.pdf.letters import wrap
from store.statements.pdf.paper import Paper
from store.statements.pdf.pen import BODY, BOLD, GREY, INK, LEFT, NAVY, PLAIN, RIGHT, TINT, Pen, Style, box, rule
from store.statements.pdf.window import mail_window
from store.statements.values import Guarantor, Practice
from store.statements.words import Words

_FOOT = 60.0
_TEXT = Style(PLAIN, 10, INK)
_HEAD = Style(BOLD, 11, NAVY)
_LEAD = 13.5


def write_letter(letter: Letter, practice: Practice, guarantor: Guarantor, words: Words, path: Path) -> None:
    """Write it as a new PDF file, as many pages as it takes."""
    with new_file(path) as file:
        paper = Paper(file, title=letter.title, author=practice.name, language=words.language, made=letter.on)
        _Sheet(paper, letter, practice, words).draw(guarantor)
        paper.close()


def letter_lines(letter: Letter, practice: Practice, guarantor: Guarantor, words: Words) -> list[str]:
    """The same as plain text of at most 78 columns."""
    import textwrap

    lines = [practice.name, *practice.address, practice.phone, "", guarantor.name, *guarantor.address, ""]
    lines += [letter.title.upper(), words.day(letter.on)]
    lines += [f"{label}: {value}" for label, value in letter.facts]
    if letter.opening:
        lines += ["", *textwrap.wrap(letter.opening, 76)]
    for part in letter.parts:
        amount = show_cents(part.cents, sign="$") if part.cents is not None else ""
        lines += ["", f"{part.title[:60]:<62}{amount:>14}".rstrip()]
        lines += [f"  {line}" for text in part.lines for line in textwrap.wrap(text, 74)]
    if letter.total is not None:
        lines += ["-" * 76, f"{letter.total[0][:60]:<62}{show_cents(letter.total[1], sign='$'):>14}"]
    for text in letter.closing:
        lines += ["", *textwrap.wrap(text, 76)]
    return lines


class _Sheet:
    def __init__(self, paper: Paper, letter: Letter, practice: Practice, words: Words) -> None:
        self.paper, self.letter, self.practice, self.words = paper, letter, practice, words
        self.pen = Pen(paper)
        self.y = 0.0

    def draw(self, guarantor: Guarantor) -> None:
        letter, pen = self.letter, self.pen
        pen.left(LEFT, 736, self.practice.name, Style(BOLD, 16, NAVY), 330)
        y = 721.0
        for line in (*self.practice.address, self.practice.phone):
            pen.left(LEFT, y, line, Style(PLAIN, 9, GREY), 320)
            y -= 11.5
        pen.right(RIGHT, 734, letter.title, Style(BOLD, 18, NAVY), 210)
        y = 712.0
        for label, value in (("", self.words.day(letter.on)), *letter.facts):
            pen.left(396, y, label, Style(PLAIN, 8.5, GREY), 80)
            pen.right(RIGHT, y, value, Style(BOLD, 9, INK), 110)
            y -= 14
        mail_window(pen, guarantor)
        self.y = 516.0
        if letter.opening:
            self._text(letter.opening, LEFT, _TEXT)
            self.y -= 6
        for part in letter.parts:
            self._part(part)
        self._end()
        pen.flush()
        self.paper.showPage()

    def _part(self, part: Part) -> None:
        lines = [line for text in part.lines for line in wrap(text, _TEXT.font, _TEXT.size, RIGHT - LEFT - 20)]
        self._room(min(len(lines), 3) * _LEAD + 26)
        box(self.paper, LEFT, self.y - 6, RIGHT - LEFT, 18, TINT)
        self.pen.left(LEFT + 8, self.y, part.title, _HEAD, 400)
        if part.cents is not None:
            self.pen.right(RIGHT - 8, self.y, show_cents(part.cents, sign="$"), _HEAD)
        self.y -= 20
        for line in lines:
            self._room(_LEAD)
            self.pen.left(LEFT + 10, self.y, line, _TEXT)
            self.y -= _LEAD
        self.y -= 8

    def _end(self) -> None:
        letter = self.letter
        self._room(40)
        if letter.total is not None:
            rule(self.paper, self.y + 6, NAVY, w=1)
            self.pen.left(LEFT + 8, self.y - 10, letter.total[0], Style(BOLD, 12, NAVY))
            self.pen.right(RIGHT - 8, self.y - 10, show_cents(letter.total[1], sign="$"), Style(BOLD, 12, NAVY))
            self.y -= 32
        for text in letter.closing:
            self._text(text, LEFT, BODY)
            self.y -= 6

    def _text(self, text: str, x: float, style: Style) -> None:
        for line in wrap(text, style.font, style.size, RIGHT - x):
            self._room(_LEAD)
            self.pen.left(x, self.y, line, style)
            self.y -= _LEAD

    def _room(self, high: float) -> None:
        """Begin another page when this one has no room for so many points."""
        if self.y - high < _FOOT:
            self.pen.flush()
            self.paper.showPage()
            self.pen.left(LEFT, 744, f"{self.practice.name} · {self.letter.title}", Style(BOLD, 10, NAVY), 400)
            self.y = 716.0
