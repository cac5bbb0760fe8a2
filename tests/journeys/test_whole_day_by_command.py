"""A whole day through the command line, against a payer whose decisions are known."""

from __future__ import annotations

import os
from pathlib import Path

from tests.journeys.command import superbill
from tests.journeys.payers import ask_payer
from tests.journeys.words import encounter_csv, proved


def test_claims_sent_answered_and_posted_agree_with_the_payer_to_the_cent(day: Path) -> None:
    batch = superbill("claims", "batch", "--out", "out", "--json")
    assert batch.status == 0, batch.err
    claim_file = Path(batch.json["result"]["files"][0])
    truth = ask_payer(claim_file, day / "answers")
    files = sorted(str(path) for path in (day / "answers").glob("*.x12"))
    acks = [name for name in files if not Path(name).name.startswith("835")]
    remits = [name for name in files if Path(name).name.startswith("835")]
    assert superbill("import", "acks", *acks).status == 0
    posted = superbill("import", "remits", *remits)
    assert posted.status == 0, posted.err
    again = superbill("import", "remits", *remits)
    assert "nothing changed" in again.out

    claims = {claim["control_number"]: claim for claim in superbill("claims", "list", "--json").json}
    for number, one in truth.items():
        ours = claims[number]
        assert (ours["paid"], ours["patient_responsibility"], ours["adjustments"]) == (
            one.paid,
            one.patient,
            one.adjustments,
        ), number
    assert superbill("claims", "show", next(iter(truth))).status == 0
    assert superbill("denials", "list", "--json").status == 0
    assert superbill("remits", "list").status == 0
    proved(os.environ["SUPERBILL_DB"])


def test_a_statement_run_is_sent_once_and_can_be_unsent(day: Path) -> None:
    preview = superbill("statements", "preview", "--as-of", "2026-11-23", "--json")
    inside = [row for row in preview.json if row["included"]]
    first = superbill("statements", "run", "--as-of", "2026-11-23", "--out", "letters", "--json")
    assert first.status == 0, first.err
    assert f"{len(inside)} statements sent" in first.json["said"]
    again = superbill("statements", "run", "--as-of", "2026-11-23", "--out", "letters")
    assert "sent already" in again.out
    run_id = first.json["result"]["run"]
    assert superbill("statements", "unsend", str(run_id)).status == 0
    assert superbill("statements", "preview", "--as-of", "2026-11-23", "--json").json == preview.json
    assert len(list((day / "letters").iterdir())) == 3
    assert superbill("check").status == 0


def test_encounters_are_imported_once(day: Path) -> None:
    path = encounter_csv(day / "visits.csv")
    assert "1 new encounters" in superbill("import", "encounters", str(path)).out
    assert "0 new encounters, 1 already here" in superbill("import", "encounters", str(path)).out
