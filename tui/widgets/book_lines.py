"""The lines of the code book: levels, index entries, and notes stacked from the chapter down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.widgets.look import BAD, BOLD, DIM, PLAIN, WARN
from tui.widgets.plain import Line, fit, fold, one_line

if TYPE_CHECKING:
    from codesets.library.alphabetic import IndexEntry
    from codesets.library.page import BookPage

NOTE_KINDS = {
    "includes": "Includes",
    "inclusionTerm": "Also called",
    "excludes1": "Excludes1",
    "excludes2": "Excludes2",
    "codeFirst": "Code first",
    "useAdditionalCode": "Use additional",
    "codeAlso": "Code also",
    "sevenChrDef": "7th character",
    "sevenChrNote": "7th character",
}
_STYLES = {"excludes1": BAD, "codeFirst": WARN, "useAdditionalCode": WARN}


def level_line(name: str, title: str, depth: int, width: int, mark: str = " ") -> Line:
    """A level of the tree; `*` may be billed, `-` is a heading."""
    head = f"{mark}{'  ' * min(depth, 6)}{name}  "
    return ((head, BOLD), (fit(one_line(title), max(0, width - len(head))), BOLD if mark != " " else PLAIN))


def index_line(entry: IndexEntry, width: int) -> Line:
    """A line of the index: its words, where it points to, and `>` when more stands below."""
    head = "  " * (len(entry.path) - 1)
    points = entry.code or (f"see {entry.see}" if entry.see else f"see also {entry.see_also}" if entry.see_also else "")
    points += f" [{entry.manifestation}]" if entry.manifestation else ""
    more = " >" if entry.has_below else "  "
    nemod = f" ({entry.nemod})" if entry.nemod and not entry.nemod.startswith("(") else f" {entry.nemod}".rstrip()
    words = fit(one_line(head + entry.title + nemod), max(10, width - min(len(points), width // 2) - 4))
    return ((words, PLAIN), (" " + fit(points, min(len(points), width // 2)), BOLD), (more, DIM))


def note_lines(page: BookPage, width: int) -> list[Line]:
    """Why it can't be billed, every note that holds, the nearest level first; then other editions, and the index."""
    lines: list[Line] = [((part, WARN),) for part in fold(one_line(page.standing), width)] if page.standing else []
    level = kind = ""
    nearest = list(dict.fromkeys(note.node for note in reversed(page.notes)))
    for note in sorted(page.notes, key=lambda one: nearest.index(one.node)):
        if note.node != level:
            level, kind = note.node, ""
            lines.append(((fit(f"{note.node} {one_line(note.node_title)}", width), BOLD),))
        label = "" if note.kind == kind else NOTE_KINDS.get(note.kind, "Note")
        kind = note.kind
        lines += _note(label, "  " * note.depth + one_line(note.text), note.kind, width)
    if page.elsewhere:
        lines.append((("In other editions", BOLD),))
        lines += [((part, PLAIN),) for one in page.elsewhere for part in fold("  " + one_line(one), width)]
    if page.index:
        lines.append((("In the Alphabetic Index", BOLD),))
        lines += [((part, PLAIN),) for one in page.index for part in fold("  " + ", ".join(one.path), width)]
    return lines or [(("No notes here.", DIM),)]


def _note(label: str, text: str, kind: str, width: int) -> list[Line]:
    folded = fold(text, max(10, width - 17))
    return [
        ((f" {fit(label if number == 0 else '', 15)} ", _STYLES.get(kind, DIM)), (part, PLAIN))
        for number, part in enumerate(folded)
    ]
