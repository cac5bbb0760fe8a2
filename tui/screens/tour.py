"""The tour: a few pages for who sees the program for the first time; the keys are named as they are set."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult

from tui.keys import COMMON, MOVES
from tui.screens.closing import ClosingScreen
from tui.widgets.look import BOLD, DIM, PLAIN
from tui.widgets.plain import Line, PlainText, fold
from tui.widgets.scroller import Pager

PAGES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Welcome", (
        "This is an invented practice: no person, payer or price in it is real, and nothing leaves this machine.",
        "Every screen is worked by keyboard. The line at the bottom names the keys that matter; {help} names "
        "all of them, "
        "with what they do, the right they need, and whether {undo} takes them back.",
    )),
    ("The board and its queues", (
        "The board lists the queues: how many items, what they are worth, how old, how many past their deadline.",
        "{down} and {up} or the arrows move, {open} opens, {back} goes back to the same row. A number before "
        "a key counts: "
        "5{down} is five rows down.",
        "{palette} finds any command or queue by typing a part of its name.",
    )),
    ("Working in a list", (
        "{filter} keeps the rows that hold your words, or payer:acme den:>100. {sort} sorts, {view} changes "
        "the view and "
        "keeps it under a name. {mark} marks rows; the next action takes all of them.",
        "{next} takes the item that comes first and that nobody works on. {why} says why a row is here.",
        "Small letters are safe: {undo} takes back what they did. A CAPITAL sends, posts or closes, and "
        "asks first; at the coding desk F, K and J act at once and {undo} takes that back too.",
    )),
    ("For a coder", (
        "Open Coding and press {next}: the note, and beside it the codes. i searches a diagnosis as you type: ckd 3b, "
        "t2dm neurop, e1122. h searches the procedure. F finishes and opens the next.",
    )),
    ("For a biller", (
        "Claims to send: B sends all that is ready. Denials: they stand by what working them will bring. c "
        "corrects and "
        "sends again, A appeals, w writes off with a reason, 14d puts a row aside for two weeks. {repeat} "
        "does the last "
        "thing again on this row. {claim} opens the claim, {ledger} the account, from anywhere.",
    )),
    ("You can't lose your place", (
        "Text that you began stays in its prompt when you press Esc or when the line drops, and next time "
        "you are where "
        "you left. {quit} leaves. The tour is there again with :tour on the board.",
    )),
)  # fmt: skip


class TourScreen(ClosingScreen, inherit_bindings=False):
    """Page by page; Enter goes on, Esc ends it."""

    def __init__(self) -> None:
        super().__init__()
        self._page = 0
        self._text = Pager(id="text")

    def compose(self) -> ComposeResult:
        """A title, the page, and how to go on."""
        yield PlainText(id="title")
        yield self._text
        yield PlainText(id="keys")

    def on_mount(self) -> None:
        """The first page."""
        self._text.can_focus = False
        self._show()

    def on_resize(self) -> None:
        """Folds anew."""
        self._show()

    def on_key(self, event: events.Key) -> None:
        """Goes on, back, or ends."""
        event.stop()
        if self.hand_on(event.key, event.character):
            return
        if event.key in {"escape", "q"}:
            self.dismiss()
        elif event.key in {"left", "k", "up", "pageup", "backspace"}:
            self._turn(-1)
        else:
            self._turn(1)

    def _turn(self, by: int) -> None:
        if self._page + by >= len(PAGES):
            self.dismiss()
            return
        self._page = max(0, self._page + by)
        self._show()

    def _show(self) -> None:
        title, texts = PAGES[self._page]
        width = min(76, self.app.size.width - 4)
        names = {one.id: one.first_key for one in (*MOVES, *COMMON)}
        lines: list[Line] = [()]
        for text in texts:
            lines += [(("  " + part, PLAIN),) for part in fold(text.format_map(names), width)]
            lines.append(())
        self.query_one("#title", PlainText).show((f" {title}", BOLD), (f"   {self._page + 1} of {len(PAGES)}", DIM))
        self._text.show(lines)
        last = self._page + 1 == len(PAGES)
        self.query_one("#keys", PlainText).show((f" Enter {'begins' if last else 'goes on'}   ← back   Esc ends", DIM))
