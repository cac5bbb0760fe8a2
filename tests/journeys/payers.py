"""The payer of the command-line journey: the external simulator where it is at hand, else the tests' own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from store.money import parse_cents
from tests.payer import answer


@dataclass(frozen=True)
class Truth:
    """What a payer decided for a claim, in cents, net over all answers."""

    paid: int
    patient: int
    adjustments: dict[str, dict[str, int]]


def simulator() -> Path | None:
    """The external payer program, if there is one."""
    top = os.environ.get("SUPERBILL_SHARED") or Path(__file__).parents[3] / "shared"
    path = Path(top) / "payer_sim" / "payer_sim.py"
    return path if path.exists() else None


def ask_payer(claims: Path, out: Path, seed: str = "7") -> dict[str, Truth]:
    """Writes the payer's files into `out`; what it decided, by control number."""
    program = simulator()
    if program is None:
        return _own(claims, out)
    options = ("--deny-rate", "0.15", "--plb", "0.5", "--reversals", "0.1", "--quiet")
    command = [sys.executable, str(program), str(claims), "--out", str(out), "--seed", seed, *options]
    subprocess.run(command, check=True, capture_output=True)
    told = json.loads((out / "truth.json").read_text())["claims"]
    return {one["claim_id"]: _truth(one) for one in told}


def _truth(one: dict[str, object]) -> Truth:
    adjustments = one["adjustments"]
    assert isinstance(adjustments, dict)
    groups = {
        group: {reason: parse_cents(amount) for reason, amount in reasons.items() if parse_cents(amount)}
        for group, reasons in adjustments.items()
    }
    groups = {group: reasons for group, reasons in groups.items() if reasons}
    return Truth(parse_cents(str(one["paid"])), parse_cents(str(one["patient"])), groups)


def _own(claims: Path, out: Path) -> dict[str, Truth]:
    out.mkdir()
    answers = answer(claims.read_text())
    (out / "999_1.x12").write_text(answers.syntax)
    (out / "277ca_1.x12").write_text(answers.claims)
    (out / "835_1.x12").write_text(answers.remittance)
    return {number: Truth(one.paid, one.patient, one.adjustments) for number, one in answers.truth.items()}
