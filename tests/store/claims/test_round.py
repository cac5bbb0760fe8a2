"""Whole rounds against an independent payer: first, second and third payers in turn, to the cent."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from store.claims.acks import ImportAcks
from store.errors import Refused
from store.money import parse_cents
from store.remits.take_in import ImportRemittance
from store.tables import Claim
from tests.journeys.payers import simulator
from tests.store.world import World
from tests.store.x12.samples import validator_complaints

pytestmark = pytest.mark.skipif(simulator() is None, reason="the payer program is not at hand")


@pytest.mark.parametrize("seed", ["3", "11"])
@pytest.mark.parametrize("options", [(), ("--claim-level-rate", "0.5")], ids=["lines", "some as a whole"])
def test_each_payer_in_turn_is_told_what_those_before_decided(
    world: World, tmp_path: Path, seed: str, options: tuple[str, ...]
) -> None:
    for payers in (("MEDB", "PRMUT", "HRTLD"), ("PRMUT", "HRTLD"), ("HRTLD", "SUMMT")) * 3:
        world.claim(*payers)
    sequences: list[str] = []
    for turn in range(4):
        try:
            text = world.send()
        except Refused:
            break  # nobody else pays
        assert validator_complaints(text) == []
        folder = tmp_path / f"turn{turn}"
        folder.mkdir()
        (folder / "claims.837").write_text(text)
        rates = ("--deny-rate", "0", "--line-deny-rate", "0", "--reject-rate", "0", "--interest-rate", "0")
        command = [sys.executable, str(simulator()), str(folder / "claims.837"), "--out", str(folder / "out")]
        subprocess.run([*command, "--seed", seed, "--quiet", *rates, *options], check=True, capture_output=True)
        for path in sorted((folder / "out").glob("*.x12")):
            kind = ImportRemittance if path.name.startswith("835") else ImportAcks
            world.do(kind(path.name, path.read_bytes()))
        for one in json.loads((folder / "out" / "truth.json").read_text())["claims"]:
            claim = world.one(Claim, control_number=one["claim_id"])
            sequences.append(one["sbr"])
            assert world.books(claim.id).get("cash", 0) == parse_cents(one["paid"]), one
            left = world.books(claim.id).get("patient", 0) + max(0, world.books(claim.id).get("forwarded", 0))
            following = world.all(Claim, prior_id=claim.id)
            assert left == parse_cents(one["patient"]) or following
        assert world.faults() == []
    assert {"P", "S"} <= set(sequences)
    assert sum(claim.state == "READY" for claim in world.all(Claim)) == 0
