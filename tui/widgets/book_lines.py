"""The lines of the code book: levels, index entries, and notes stacked from the chapter down."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

from store.work.values import Why
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
NOTE_MEANS = {
    "includes": "what else belongs here",
    "inclusionTerm": "other wordings of the same condition",
    "excludes1": "never coded together with this, unless the two are unrelated",
    "excludes2": "not part of this; both may be coded where both are documented",
    "codeFirst": "the underlying condition stands before this code",
    "useAdditionalCode": "a second code says more, where it is documented",
    "codeAlso": "two codes may be needed, in either order",
    "sevenChrDef": "the code is complete with a seventh character only",
}
"""What a kind of note asks for, in our words, by the conventions of the classification."""
TREE_MEANS = (
    ("*", "may be billed on the day of service"),
    ("-", "a heading: go on to a code below it"),
    (">", "more of the index stands below; Enter opens it"),
)
_STYLES = {"excludes1": BAD, "codeFirst": WARN, "useAdditionalCode": WARN}


def level_line(name: str, title: str, depth: int, width: int, mark: str = " ") -> Line:
    """A level of the tree; `*` may be billed, `-` is a heading."""
    head = f"{mark}{'  ' * min(depth, 6)}{name.rjust(2)}  "  # chapters are numbers
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
    """Why it can't be billed, every note that holds, the nearest level first; then rules, other editions, the index."""
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
    if page.known:
        lines.append((("In what is loaded", BOLD),))
        lines += [((part, PLAIN),) for one in page.known for part in fold("  " + one_line(one), width)]
    if page.elsewhere:
        lines.append((("In other editions", BOLD),))
        lines += [((part, PLAIN),) for one in page.elsewhere for part in fold("  " + one_line(one), width)]
    if page.index:
        lines.append((("In the Alphabetic Index", BOLD),))
        lines += [((part, PLAIN),) for one in page.index for part in fold("  " + ", ".join(one.path), width)]
    return lines or [(("No notes here.", DIM),)]


def why_page(page: BookPage, on: date) -> Why:
    """What a page is, whether it may be billed on a day and what would make it so, and which notes hold for it."""
    lines = [page.standing or (f"It may be billed on {on}." if page.billable else "This is a heading.")]
    if page.below and not page.billable:
        lines.append("Go on to a code below it: " + ", ".join(level.name for level in page.below[:8]) + ".")
    counted = Counter(NOTE_KINDS.get(note.kind, "Note") for note in page.notes)
    if counted:
        told = ", ".join(f"{kind} {times}" for kind, times in counted.items())
        lines.append(f"Notes that hold for it, of every level: {told}; Tab goes to them.")
    title = f"{page.name} {page.title}".strip()
    return Why(title, tuple(lines), f"{page.book} in force on {on}")


def why_entry(entry: IndexEntry) -> Why:
    """What a line of the index points to."""
    to = entry.see or entry.see_also
    points = f"It points to {entry.code}." if entry.code else f"It points to '{to}'." if to else "It has no code."
    below = ("More stands below it; Enter opens it.",) if entry.has_below else ()
    also = (f"The manifestation {entry.manifestation} is coded after it.",) if entry.manifestation else ()
    checked = ("The tabular list has the last word; Enter goes there.",) if entry.code else ()
    return Why(", ".join(entry.path), (points, *also, *below, *checked), "Alphabetic Index of ICD-10-CM")


def _note(label: str, text: str, kind: str, width: int) -> list[Line]:
    folded = fold(text, max(10, width - 17))
    return [
        ((f" {fit(label if number == 0 else '', 15)} ", _STYLES.get(kind, DIM)), (part, PLAIN))
        for number, part in enumerate(folded)
    ]
