"""An invented practice in memory, with the methods of the real one and a record of what was asked of it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from store.errors import NotAllowed, NotFound, Refused, Stale, Taken
from store.people.identities import Identities
from store.people.roles import Permission
from store.reports.values import Opens, Point, Report, ReportRow, Series, Way
from store.work.record import Facts, Lines, Record, Tab, Table
from store.work.values import BoardLine, Column, Done, Kind, Lease, NamedView, Page, QueueInfo, Row, SortKey, View, Why
from tui.asks import Choice, Chosen, Pick
from tui.keys import Action
from tui.queues import QueueScreenSpec

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

COLUMNS = (
    Column("slack", "Slk", 4, Kind.DAYS, help="Days left to appeal or correct."),
    Column("claim", "Claim", 9, help="Claim number."),
    Column("patient", "Patient", 11, help="Patient's name."),
    Column("payer", "Payer", 7, help="Who denied it."),
    Column("dos", "DOS", 5, Kind.DATE, help="Date of service."),
    Column("code", "GrpCARC", 7, help="Adjustment group and reason code."),
    Column("cat", "Cat", 5, help="Category of the denial."),
    Column("denied", "Den$", 9, Kind.CENTS, help="Denied amount."),
    Column("value", "EV$", 7, Kind.CENTS, help="Expected value of working it."),
    Column("level", "Lv", 2, Kind.NUMBER, help="Appeal level."),
    Column("state", "St", 4, help="State."),
    Column("owner", "Owner", 6, wide=True, help="Who it is assigned to."),
    Column("next", "Next", 10, Kind.DATE, wide=True, help="When to look again."),
    Column("cause", "Root cause", 12, wide=True, help="Why it was denied in the first place."),
)

_PATIENTS = [
    "DOE, MARIA",
    "RIVERA, JUAN",
    "CHAN, LI",
    "OKAFOR, ADA",
    "NOVAK, EVA",
    "SMITH, J",
    "ÅBERG, ISA",
    "O'NEIL, PAT",
]
_PAYERS = ["MEDB", "BCBSTX", "UHC", "AETNA", "CIGNA", "HUMANA", "TXMCD"]
_REASONS = ["CO 29", "CO 197", "CO 16", "CO 97", "PR 204", "CO 50", "OA 18"]
_CATEGORIES = ["TFL", "AUTH", "INFO", "BNDL", "ELIG", "MEDN", "DUP"]
_CAUSES = ["registration", "front desk", "coding", "payer error", "charge entry"]


@dataclass(frozen=True)
class Appeal:
    item_ids: tuple[int, ...]


@dataclass(frozen=True)
class WriteOff:
    item_id: int
    reason: str
    token: int | None


@dataclass
class FakePractice:
    """Holds `count` denials; `asked` names every page that was read."""

    count: int = 214
    hostile: str = ""
    asked: list[tuple[int, int]] = field(default_factory=list)
    done: list[tuple[Any, str | None]] = field(default_factory=list)
    undone: int = 0
    taken: dict[int, str] = field(default_factory=dict)
    tended: int = 0
    leases: dict[int, Lease] = field(default_factory=dict)
    released: list[int] = field(default_factory=list)
    deferred: set[int] = field(default_factory=set)
    refuse: str = ""
    lose: bool = False
    minutes: int = 10
    pin: str = ""
    locked: bool = False
    rows: dict[int, Row] = field(default_factory=dict)
    closed: bool = False
    with_lease: Lease | None = None
    kept_sitting: str = ""
    clipboard: list[tuple[str, int]] = field(default_factory=list)
    exports: list[tuple[str, int]] = field(default_factory=list)
    may: frozenset[str] = frozenset(str(one) for one in Permission)
    reported: list[tuple[str, date | None, date | None, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rows = dict((_few_rows if self.count < 1000 else _rows)(self.count, self.hostile))

    def board(self) -> tuple[BoardLine, ...]:
        denials = BoardLine("denials", "Denials", self.count - len(self.deferred), 3841200, 44, 3, 11, 6)
        others = (
            BoardLine("coding", "Coding", 58, 1204450, 6, 0, 4, 12),
            BoardLine("query", "Query hold", 4, 98000, 9, 1, 0, 2),
            BoardLine("claims", "Claim edits", 31, 770120, 3, 0, 0, 0),
            BoardLine("rejections", "Rejections", 7, 210300, 2, 0, 0, 1),
            BoardLine("remits", "Remittance exceptions", 12, 1893377, 5, 0, 0, 0),
            BoardLine("underpayments", "Underpayments", 19, 412650, 61, 0, 2, 0),
            BoardLine("credits", "Credit balances", 6, 88410, 33, 2, 0, 0),
            BoardLine("statements", "Statements", 143, 1255000, 30, 0, 0, 0),
            BoardLine("calls", "Patient calls", 26, 640225, 12, 5, 8, 3),
        )
        return (*others[:5], denials, *others[5:])

    def queue(self, name: str) -> QueueInfo:
        return QueueInfo(name, name.title(), COLUMNS)

    def page(self, queue: str, view: View, *, start: int, limit: int, counted: Page | None = None) -> Page:
        del queue, counted
        if view.filter == "bad:":
            raise Refused("'bad:' names no column.", do="Columns are payer, cat, state.")
        self.asked.append((start, limit))
        rows = self._view(view)
        cents = sum(row.cells[7] for row in rows if isinstance(row.cells[7], int))
        past = sum(row.flag == "X" for row in rows)
        soon = sum(row.flag == "!" for row in rows)
        return Page(tuple(rows[start : start + limit]), start, len(rows), cents, past, soon)

    def views(self, name: str) -> Sequence[NamedView]:
        return [
            NamedView(7, "big ones", View("payer:uhc", (SortKey("denied", True),))),
            NamedView(8, "old ones", View("", (SortKey("slack"),)), shared=name == "denials"),
        ]

    def rules(self, _name: str) -> Sequence[tuple[int, str, str]]:
        return [(1, "payer:uhc", "Tan, R"), (2, "", "Ode, B")]

    def reports(self) -> Sequence[tuple[str, str, str]]:
        return [("kpi", "Key figures", "Each with its rows."), ("ageing", "Ageing", "What is owed, by age.")]

    def report(self, key: str, start: date | None, end: date | None, argument: str) -> Report:
        self.reported.append((key, start, end, argument))
        return report(key, argument)

    def exported(self, what: str, rows: int, /) -> None:
        self.exports.append((what, rows))

    def copied(self, subject: str, letters: int, /) -> None:
        self.clipboard.append((subject, letters))

    def rights(self) -> frozenset[str]:
        return self.may

    def sitting(self) -> str:
        return self.kept_sitting

    def keep_sitting(self, content: str) -> None:
        self.kept_sitting = content

    def record(self, queue: str, subject_id: int) -> Record:
        row = self.rows.get(subject_id)
        if queue not in SPECS or row is None or subject_id in self.deferred:
            raise NotFound("That item is no longer here.")
        return _record(row)

    def claim(self, claim_id: int) -> Record:
        return replace(_record(self.rows[claim_id]), title=f"Claim {self.rows[claim_id].cells[1]}", state="SENT")

    def ledger(self, account_id: int) -> Record:
        return replace(_record(self.rows[account_id]), title="Account 88213", state="insurance pending", why="History")

    def why(self, item_id: int) -> Why:
        return Why(
            f"Why denial {item_id} is here",
            ("The payer denied line 2 with CO 197 on 2026-02-11.", "Score 1,188 = p 0.59 x $1,980.00 x 1.02."),
            "priority rule, denials",
        )

    def do(self, command: Any, /, *, key: str | None = None, lease: Lease | None = None) -> Done:
        if self.refuse:
            raise Refused(self.refuse)
        self.done.append((command, key))
        self.with_lease = lease
        if type(command).__name__ == "Defer":
            self.deferred.add(command.item_id)
            return Done(len(self.done), f"Deferred until {command.until}.", undoable=True)
        return Done(len(self.done), f"{type(command).__name__} done.", undoable=not isinstance(command, Appeal))

    def undo(self) -> Done:
        if not self.done:
            raise Refused("There is nothing to take back.")
        command, _ = self.done.pop()
        if type(command).__name__ == "Defer":
            self.deferred.discard(command.item_id)
        self.undone += 1
        return Done(99, f"Took back: {type(command).__name__}.")

    def tend(self) -> str:
        self.tended += 1
        return "" if self.tended == 1 else "2 claims are overdue."

    def users(self) -> Sequence[tuple[int, str]]:
        return ((1, "Tan, R"), (2, "Ode, K"))

    def lease(self, item_id: int) -> Lease:
        if item_id in self.taken:
            raise Taken(f"{self.taken[item_id]} is working on it since 09:12.")
        lease = Lease(item_id, item_id, len(self.leases) + 1, NOW + timedelta(minutes=10))
        self.leases[item_id] = lease
        return lease

    def next_item(self, queue: str, *, beside: int = 0) -> Lease | None:  # noqa: ARG002 - what is in hand is no item
        assert queue in SPECS
        free = (row.item_id for row in self._view(View()) if row.item_id not in {*self.taken, *self.leases})
        item = next(free, None)
        return self.lease(item) if item else None

    def beat(self, lease: Lease) -> Lease:
        if self.lose:
            raise Stale("Your hold on this item ran out.")
        return replace(lease, until=lease.until + timedelta(minutes=10))

    def release(self, lease: Lease) -> None:
        self.leases.pop(lease.item_id, None)
        self.released.append(lease.item_id)

    def glass(self, claim_id: int, reason: str) -> Callable[[], Record]:
        self.done.append((claim_id, reason))
        return lambda: Record("Note of E1", "Opened for a reason", "to be read", (Tab("Note", (Lines(("HPI",)),)),))

    def glass_told(self) -> str:
        return ""

    def identities(self, known: int) -> Identities | None:
        words = {word.strip(",").casefold() for row in self.rows.values() for word in str(row.cells[2]).split()}
        found = Identities(frozenset(words), frozenset(), frozenset(), len(self.rows))
        return None if found.patients == known else found

    def lock_minutes(self) -> int:
        return self.minutes

    def is_locked(self) -> bool:
        return self.locked

    def lock(self) -> bool:
        self.locked = bool(self.pin)
        return self.locked

    def unlock(self, number: str) -> None:
        if number != self.pin:
            raise NotAllowed("That is not it.", do="4 more tries.")
        self.locked = False

    def close(self) -> None:
        self.closed = True

    def _view(self, view: View) -> list[Row]:
        rows = [row for row in self.rows.values() if (row.item_id in self.deferred) <= view.deferred]
        if view.mine:
            rows = [row for row in rows if row.cells[11] == "me"]
        for word in view.filter.casefold().split():
            rows = [row for row in rows if word in " ".join(map(str, row.cells)).casefold()]
        names = [column.key for column in COLUMNS]
        for key in reversed(view.sort or (SortKey("value", True), SortKey("slack"))):
            place = names.index(key.column)
            rows.sort(key=lambda row, place=place: row.cells[place], reverse=key.descending)  # type: ignore
        return rows


def _rows(count: int, hostile: str) -> dict[int, Row]:
    chance = random.Random(7)
    return {number: _row(number, chance, hostile) for number in range(1, count + 1)}


_few_rows = cache(_rows)
"""Made once, for the same are asked for by each test; a row is never changed."""


def _row(number: int, chance: random.Random, hostile: str) -> Row:
    denied = chance.randrange(2000, 250000)
    slack = chance.randrange(-3, 90)
    cells = (
        slack,
        f"K{10000 + number}-{number % 3 + 1}",
        hostile or _PATIENTS[number % len(_PATIENTS)],
        _PAYERS[number % len(_PAYERS)],
        date(2026, 1, 1) + timedelta(days=chance.randrange(50)),
        _REASONS[number % len(_REASONS)],
        _CATEGORIES[number % len(_CATEGORIES)],
        denied,
        int(denied * chance.random()),
        chance.randrange(3),
        ("NEW", "OPEN", "WORK")[number % 3],
        "me" if number % 20 == 0 else "tan",
        date(2026, 3, 1) + timedelta(days=number % 40),
        _CAUSES[number % len(_CAUSES)],
    )
    flag = "X" if slack < 0 else "!" if slack <= 5 else "$" if denied > 200000 else ""
    preview = (
        hostile or f"{cells[1]} line 2 J1885 x2, remark N54, no authorisation, appeal level 1 due in {slack} days",
        "last: 02-10 called, rep Ana, ref 88213, authorisation faxed; next: confirm receipt",
        "worked before: same payer and reason, 22 tried, 13 won (59%), median 24 days",
    )
    return Row(number, number, flag, cells, owner="RT" if number % 17 == 0 else "", preview=preview)


def _record(row: Row) -> Record:
    facts = Facts(
        (
            ("Patient", row.cells[2]), ("Payer", row.cells[3]), ("Date of service", row.cells[4]),
            ("Reason", row.cells[5]), ("Category", row.cells[6]), ("Appeal level", row.cells[9]),
            ("Charge", "1,980.00"), ("Allowed", "0.00"), ("Authorisation", "none"), ("Provider", "Lee, Ann, MD"),
        ),
        title="Denial",
    )  # fmt: skip
    lines = Table(
        (Column("n", "Ln", 2, Kind.NUMBER), Column("code", "Code", 6), Column("charge", "Charge", 10, Kind.CENTS),
         Column("paid", "Paid", 10, Kind.CENTS), Column("cas", "Adjustments", 20)),
        ((1, "99214", 18500, 12233, "CO 45 62.67"), (2, "J1885", 198000, 0, "CO 197 1,980.00")),
        title="Lines",
    )  # fmt: skip
    raw = Lines(tuple(f"CAS*CO*197*1980~ segment {number}" for number in range(1, 60)), title="Remittance")
    history = Lines(("02-10 called RT rep Ana ref 88213", "02-01 denied"), title="History")
    tabs = (
        Tab("Summary", (facts, lines)), Tab("Remittance", (raw,)), Tab("History", (history,)),
        Tab("Appeals", (Table(lines.columns, (), "Appeals"),)),
    )  # fmt: skip
    headline = f"{row.cells[2]}, {row.cells[3]}, {row.cells[5]}: appeal level 1 due in {row.cells[0]} days"
    return Record(f"Denial {row.cells[1]}", headline, str(row.cells[10]), tabs, row.item_id, row.item_id, 1)


def report(key: str, argument: str) -> Report:
    columns = (
        Column("title", "Key figure", 28, help="What is measured."),
        Column("value", "Value", 10),
        Column("count", "Count", 6, Kind.NUMBER),
        Column("cents", "Money", 12, Kind.CENTS, wide=True),
    )
    if argument:
        rows = tuple(ReportRow((f"claim {n}", "UHC", n, n * 1000), opens=Opens(claim_id=n)) for n in range(1, 40))
    else:
        rows = (
            ReportRow(
                ("Clean claim rate", "98.8%", 161, None), ("159 of 161.",), Opens(report="kpi", argument="clean")
            ),
            ReportRow(("Denials of DOE, MARIA", "n/a", 3, 125000), (), Opens(queue="denials", view=View("uhc")), "X"),
            ReportRow(("Nothing behind it", "-", 0, 0)),
        )
    ends = [date(2026, 1, 31) + timedelta(days=30 * n) for n in range(6)]
    points = tuple(Point(end - timedelta(days=29), end, float(n * 7) or None, n * 7, 100) for n, end in enumerate(ends))
    return Report(
        key, f"{key} {argument}", columns, rows, ("A note.",), (Series("Trend", points, "%"),),
        ways=(Way("by", "by payer", "the figure of each payer", f"{argument}:by"),),
        terms=(("Clean claim rate", "passed over scrubbed"),),
    )  # fmt: skip


def _ids(chosen: Chosen) -> tuple[int, ...]:
    return tuple(row.item_id for row in chosen.rows)


DENIALS = QueueScreenSpec(
    "denials",
    actions=(
        Action(
            id="denials.appeal",
            key="A",
            label="appeal",
            help="Send an appeal at the next level.",
            rank=20,
            many=True,
            build=lambda c: [Appeal(_ids(c))],
            confirm=lambda c: f"Send {len(c.rows)} appeal(s), ${c.cents / 100:,.2f} denied?",
        ),
        Action(
            id="denials.write_off",
            key="w",
            label="write off",
            help="Ask for a write-off; over your limit somebody else approves it.",
            rank=50,
            asks=(
                Pick(
                    name="reason",
                    question="Write off because",
                    choices=(
                        Choice("TFL", "timely filing", "the limit passed"),
                        Choice("SMALL", "small balance", "under the site's limit"),
                        Choice("DUP", "duplicate", "charged twice"),
                    ),
                ),
            ),
            build=lambda c: [WriteOff(c.rows[0].item_id, c.text("reason"), c.lease.token if c.lease else None)],
        ),
    ),
)

SPECS = {"denials": DENIALS}


async def search_codes(text: str) -> Sequence[FakeHit]:
    return [hit for hit in HITS if text.casefold() in hit.title.casefold() or text.upper() in hit.code]


@dataclass(frozen=True)
class FakeHit:
    code: str
    title: str
    system: str = "ICD-10-CM"
    score: float = 1.0
    matched: tuple[tuple[int, int], ...] = ()
    billable: bool = True
    via: str = "title"
    phrase: str = ""
    in_force: bool = True


HITS = (
    FakeHit("E11", "Type 2 diabetes mellitus", billable=False, matched=((7, 15),)),
    FakeHit("E11.9", "Type 2 diabetes mellitus without complications", matched=((7, 15),)),
    FakeHit("E11.65", "Type 2 diabetes mellitus with hyperglycemia", matched=((7, 15),)),
    FakeHit("I10", "Essential (primary) hypertension"),
)
