"""A bare Textual program with one table, a line to type in and a text: what everything else is compared with."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import DataTable, Input, Static


class Bare(App[None]):
    """Two hundred rows."""

    def compose(self) -> ComposeResult:
        yield Input()
        yield DataTable(cursor_type="row")
        yield Static("note " * 200)

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        table.add_columns("claim", "patient", "payer", "reason", "amount", "state")
        table.add_rows([(f"1{n:04}-1", "DOE, MARIA", "MEDB", "CO-97", f"{n * 7}.00", "OPEN") for n in range(200)])
        table.focus()


if __name__ == "__main__":
    Bare().run(mouse=False)
