"""Against an independent payer that keeps what it decided: paid, adjusted, patient share and state of every claim."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from store.claims.acks import ImportAcks
from store.money import parse_cents
from store.remits.dispositions import Disposition, disposition
from store.remits.take_in import ImportRemittance
from store.tables import Claim, RemitAdjustment, RemitClaim
from tests.journeys.payers import simulator
from tests.store.world import World

pytestmark = pytest.mark.skipif(simulator() is None, reason="the payer program is not at hand")

HARD = ("--deny-rate", "0.2", "--line-deny-rate", "0.2", "--reversals", "0.4", "--plb", "0.7", "--interest-rate", "0.2")
STATES = {
    "paid": "PAID", "partial": "PARTIAL", "all_patient": "ALL_PATIENT", "denied": "DENIED", "zero": "ZERO",
    "rejected_277ca": "REJECTED",
}  # fmt: skip


def told_by_payer(sent: str, folder: Path, *options: str) -> list[dict[str, Any]]:
    """The payer's decisions; its files stand in the folder."""
    (folder / "claims.837").write_text(sent)
    command = [sys.executable, str(simulator()), str(folder / "claims.837"), "--out", str(folder / "out"), "--quiet"]
    subprocess.run([*command, *HARD, *options], check=True, capture_output=True)
    found: list[dict[str, Any]] = json.loads((folder / "out" / "truth.json").read_text())["claims"]
    return found


def adjusted(world: World, claim_id: int) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = defaultdict(int)
    for answer in world.all(RemitClaim, claim_id=claim_id):
        for row in world.all(RemitAdjustment, remit_claim_id=answer.id):
            found[row.group, row.reason] += row.cents
    return {why: cents for why, cents in found.items() if cents}


def state_of(outcome: str, expected: dict[tuple[str, str], int]) -> str:
    """Where a reason denies something, a claim is partly denied, whatever the payer calls it.

    (It says "all the patient's" where nothing is paid though a line is denied, and "paid" where it told no lines.)
    """
    refused = any(cents > 0 and disposition(*why).disposition is Disposition.DENIAL for why, cents in expected.items())
    return "PARTIAL" if outcome in {"all_patient", "paid"} and refused else STATES[outcome]


@pytest.mark.parametrize("split", [(), ("--split-files", "--claim-level-rate", "0.3")], ids=["one file", "split"])
def test_every_claim_is_what_the_payer_decided_to_the_cent(
    world: World, tmp_path: Path, split: tuple[str, ...]
) -> None:
    for seed in ("1", "5", "23"):
        world.again()
        sent = world.reach(("fifteen claims",), lambda: fifteen(world), at_once=True)
        (folder := tmp_path / seed).mkdir()
        equal_to_truth(world, folder, told_by_payer(sent, folder, "--seed", seed, *split))


def fifteen(world: World) -> str:
    """The file of fifteen claims to three payers."""
    for payer in ("PRMUT", "HRTLD", "MEDB") * 5:
        world.claim(payer)
    return world.send()


def equal_to_truth(world: World, folder: Path, truth: list[dict[str, Any]]) -> None:
    """Take in all that the payer wrote; every claim is what it decided."""
    for path in sorted((folder / "out").glob("*.x12")):
        command = ImportRemittance if path.name.startswith("835") else ImportAcks
        world.do(command(path.name, path.read_bytes()))
    for one in truth:
        claim = next(iter(world.all(Claim, control_number=one["claim_id"])))
        books = world.books(claim.id)
        expected = {
            (group, reason): parse_cents(amount)
            for group, reasons in one["adjustments"].items()
            for reason, amount in reasons.items()
            if parse_cents(amount)
        }
        assert adjusted(world, claim.id) == expected
        assert (books.get("cash", 0), world.due(claim.id)[0]) == (parse_cents(one["paid"]), books.get("patient", 0))
        assert claim.state == state_of(one["outcome"], expected), one["outcome"]
    assert world.faults() == []
