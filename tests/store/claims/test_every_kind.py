"""Every kind of claim, from the records to the bytes, and played against a payer that shares no code with us."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from store.claims.acks import ImportAcks
from store.claims.correct import CorrectClaim, VoidClaim
from store.money import parse_cents
from store.remits.take_in import ImportRemittance
from store.tables import Claim
from tests.journeys.payers import simulator
from tests.store.claims.test_fields import LINES, TOLD
from tests.store.claims.test_hospital import STAY
from tests.store.claims.test_parts import CODES, MANY, parts
from tests.store.eras import era, pays
from tests.store.world import World, person
from tests.store.x12.samples import validator_complaints

GOLDEN = Path(__file__).parent / "golden"
SPLIT = MANY[:51]


def as_kept(world: World, name: str) -> None:
    """What is ready now goes out byte for byte as it is kept, and passes the validator."""
    text = world.send()
    assert validator_complaints(text) == []
    assert text.replace("~", "~\n") == (GOLDEN / name).read_text()


def stay(world: World, *payers: str) -> int:
    where: dict[str, Any] = {"place": "21", "setting": "inpatient", "discharge_date": date(2026, 3, 6)}
    encounter_id = world.encounter(*(payers or ("PRMUT",)), patient=person("A"), **where)
    world.code(encounter_id, ("I10", "S52.501A", "W18.30XA"), (("G0438", (), 3, (1,)), ("G0008", (), 1, (1, 2))))
    claim_id = world.one(Claim, encounter_id=encounter_id).id
    world.do(CorrectClaim(claim_id, fields=STAY))
    world.let_pass(claim_id)
    return claim_id


def split(world: World) -> list[Claim]:
    encounter_id = world.encounter("PRMUT", patient=person("B"))
    world.code(encounter_id, CODES[:4], SPLIT)
    found = parts(world, encounter_id)
    for one in found:
        world.let_pass(one.id)
    return found


def test_a_drug_papers_a_laboratory_and_an_accident(world: World) -> None:
    world.do(CorrectClaim(world.claim(lines=LINES, patient=person("A")), fields=TOLD))
    as_kept(world, "fields.837p")


def test_a_visit_of_51_lines(world: World) -> None:
    assert len(split(world)) == 2
    as_kept(world, "split.837p")


def test_a_stay_in_hospital(world: World) -> None:
    stay(world)
    as_kept(world, "stay.837i")


def test_the_next_payers_claim_a_corrected_one_and_one_taken_back(world: World) -> None:
    claim_id = world.sent("MEDB", "HRTLD", patient=person("A"))
    world.do(ImportRemittance("835", era(pays(world, claim_id, "PR-2 2000", "CO-45 700"))))
    world.let_pass(world.one(Claim, prior_id=claim_id).id)
    as_kept(world, "second.837p")
    corrected, void = (world.claim("PRMUT", patient=person(who)) for who in "BC")
    world.send()
    for one in (corrected, void):
        world.do(ImportRemittance("835", era(pays(world, one, "PR-1 5000", ""), trace=f"T{one}")))
    world.do(CorrectClaim(corrected, modifiers=(("1", ("59",)),)))
    world.let_pass(corrected)
    as_kept(world, "corrected.837p")
    world.do(VoidClaim(void, "wrong patient"))
    world.let_pass(void)
    as_kept(world, "void.837p")


@pytest.mark.skipif(simulator() is None, reason="the payer program is not at hand")
def test_a_payer_answers_every_kind_of_claim_and_the_books_hold_what_it_paid(world: World, tmp_path: Path) -> None:
    """Originals, parts, a stay, second payers' of both forms; then one is replaced, and then that one taken back."""
    first = world.claim("PRMUT")
    world.claim("MEDB", "HRTLD")
    in_hospital = stay(world, "PRMUT", "HRTLD")
    world.do(CorrectClaim(in_hospital, fields=(("discharge_hour", ""),)))  # this payer takes the hour for a day
    split(world)
    paid: Counter[str] = Counter()
    kinds: set[tuple[str, str]] = set()
    for turn in range(3):
        _play(world, tmp_path, paid, kinds)
        if turn == 0:
            world.do(CorrectClaim(first, modifiers=(("1", ("59",)),)))
        elif turn == 1:
            world.do(VoidClaim(first, "wrong patient"))
    assert kinds == {("P", "1"), ("S", "1"), ("P", "7"), ("P", "8")}
    assert {one.sequence for one in world.all(Claim, kind="institutional")} == {"P", "S"}
    for claim in world.all(Claim):
        assert world.books(claim.id).get("cash", 0) == paid[claim.control_number], claim.control_number
    assert paid[world.get(Claim, first).control_number] == 0
    assert world.faults() == []


def _play(world: World, folder: Path, paid: Counter[str], kinds: set[tuple[str, str]]) -> None:
    """Everything that is ready goes to the payer, and its answers are taken in."""
    while world.all(Claim, state="READY") or world.all(Claim, state="EDIT_FAIL"):
        for one in world.all(Claim, state="EDIT_FAIL"):
            world.let_pass(one.id)
        number = len(list(folder.glob("*.837")))
        source, out = folder / f"{number}.837", folder / f"out{number}"
        source.write_text(world.send())
        rates = ("--deny-rate", "0", "--line-deny-rate", "0", "--reject-rate", "0", "--interest-rate", "0")
        command = [sys.executable, str(simulator()), str(source), "--out", str(out), "--quiet", *rates, "--seed", "6"]
        subprocess.run([*command, "--state", str(folder / "state.json")], check=True, capture_output=True)
        for path in sorted(out.glob("*.x12")):
            kind = ImportRemittance if path.name.startswith("835") else ImportAcks
            world.do(kind(path.name, path.read_bytes()))
        for one in json.loads((out / "truth.json").read_text())["claims"]:
            assert one["outcome"] in {"paid", "all_patient", "voided"}, one
            kinds.add((one["sbr"], one["frequency"]))
            paid[one["claim_id"]] += parse_cents(one["paid"])
