"""Patients by command: a run in steps, a page again, why it is owed, a payment; and nothing of it for a coder."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.journeys.command import superbill
from tui.cli import main

CODER = (
    "statements preview",
    "statements list",
    "statements select",
    "statements approve 1",
    "statements send 1 --out out",
    "statements run --out out",
    "statements show 1",
    "statements reconcile 1",
    "statements print 1 --out out",
    "statements unsend 1",
    "statements cancel 1",
    "statements template",
    "statements template title Bill",
    "accounts why A10001",
    "accounts why A10001 --out out",
    "accounts pay A10001 5.00",
    "accounts receipt A10001 --out out",
    "accounts policy",
    "accounts policy call_from 9",
    "accounts guideline 2026 16000 5500",
    "accounts discounts charity 2026-11-23 200:100",
    "accounts message 2 hello",
    "accounts estimate P10001 2999900113 90.00 2026-11-01 2026-11-30",
    "ledger show A10001",
)


def test_a_coder_gets_nothing_about_patients_money_from_any_verb(
    day: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with sqlite3.connect(day / "practice.db") as database:
        database.execute("UPDATE practice SET one_circle=1")
        database.execute("UPDATE app_user SET role='coder'")
    for verb in CODER:
        monkeypatch.setattr("sys.argv", ["superbill", *verb.split()])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        assert ended.value.code == 1, verb
        assert "lacks the permission" in told.err, verb
        assert "$" not in told.out, verb
    assert not (day / "out").exists() or not any((day / "out").iterdir())


def test_a_run_goes_step_by_step_and_a_page_is_written_again(day: Path) -> None:
    assert superbill("statements", "select", "--as-of", "2026-11-23").status == 0
    run = superbill("statements", "list", "--json").json[0]
    assert run["state"] == "SELECTED"
    number = str(run["run"])
    early = superbill("statements", "send", number, "--out", "out")
    assert (early.status, "Approve it first" in early.err) == (1, True)
    assert superbill("statements", "approve", number).status == 0
    sent = superbill("statements", "send", number, "--out", "out")
    assert f"{run['in']} statements sent" in sent.out
    pages = superbill("statements", "print", number, "--out", "pages")
    assert f"{run['in']} pages" in pages.out
    assert len(list((day / "pages").glob("*.pdf"))) == run["in"]
    done = superbill("statements", "reconcile", number)
    assert "0 came back, 0 without a result" in done.out
    assert superbill("statements", "list", "--json").json[0]["state"] == "RECONCILED"
    assert superbill("check").status == 0


def test_why_it_is_owed_is_said_and_printed_and_a_payment_changes_it(day: Path) -> None:
    account = next(row for row in superbill("statements", "preview", "--json").json if row["included"])
    told = superbill("accounts", "why", account["account"], "--language", "en").out
    assert f"You owe now: ${account['due'] / 100:,.2f}" in told
    assert superbill("accounts", "why", account["account"], "--out", "papers").status == 0
    paid = superbill("accounts", "pay", account["account"], f"{account['due'] / 100:.2f}", "--method", "card")
    assert "Receipt R" in paid.out
    assert "You owe now: $0.00" in superbill("accounts", "why", account["account"], "--language", "en").out
    assert superbill("accounts", "receipt", account["account"], "--out", "papers").status == 0
    assert len(list((day / "papers").glob("*.pdf"))) == 2
    assert superbill("check").status == 0


def test_the_practice_s_own_words_stand_on_the_page(day: Path) -> None:
    assert superbill("statements", "template", "title", "Your bill").status == 0
    assert "Your bill" in superbill("statements", "template").out
    assert superbill("statements", "run", "--as-of", "2026-11-23", "--out", "out").status == 0
    number = str(superbill("statements", "list", "--json").json[0]["run"])
    superbill("statements", "print", number, "--out", "pages")
    texts = [path.read_text() for path in (day / "pages").glob("*.txt")]
    assert any("YOUR BILL" in text for text in texts)
