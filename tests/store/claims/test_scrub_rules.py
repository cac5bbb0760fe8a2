"""What is found on claims once the practice has loaded NCCI's pairs and unit limits (small invented files)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest
from sqlmodel import Session

from codesets import CodeEntry, CodeLibrary, open_library
from store.claims.edit_work import OverrideFinding, RescrubClaims
from store.claims.fixing import FixFinding, fixes, landing
from store.claims.on_file_work import SetFee
from store.errors import Refused
from store.tables import Claim, ClaimFinding
from store.x12.claim_reading import read_claims
from tests.codesets.edits.rules import LOADED_ON, library_with_rules
from tests.store.world import World

NOC = "J9999"


class WithUnlisted:
    """A library that knows one procedure more, whose title says that it stands for what has no code."""

    def __init__(self, library: CodeLibrary) -> None:
        self._library = library

    def __getattr__(self, name: str) -> Any:
        return getattr(self._library, name)

    def lookup(self, code: str, **how: Any) -> CodeEntry | None:
        if code != NOC:
            return self._library.lookup(code, **how)
        title = "Invented injection, not otherwise classified"
        return CodeEntry(NOC, title, "HCPCS", billable=True, valid_from=LOADED_ON, valid_to=None)


@pytest.fixture(scope="module")
def ruled(built_library_path: Path) -> Iterator[CodeLibrary]:
    with open_library(library_with_rules(built_library_path)) as opened:
        yield opened


def found(world: World, claim_id: int, library: CodeLibrary) -> list[tuple[str, str, str]]:
    """The findings of the coding edits once these rules are loaded: (severity, code, place)."""
    world.owner._codes = library
    world.do(RescrubClaims())
    told = world.all(ClaimFinding, claim_id=claim_id)
    for one in told:
        assert one.message
        assert one.source
    return [(one.severity, one.code, one.place) for one in told if one.code[0] == "K" or one.code == "C.NOC"]


def test_a_pair_that_is_never_paid_together_stops_the_claim_and_goes_to_the_coder(
    world: World, ruled: CodeLibrary
) -> None:
    claim_id = world.claim(lines=(("G0438", (), 2, (1,)), ("G0008", (), 1, (1,))))
    assert world.get(Claim, claim_id).state == "READY"
    told = found(world, claim_id, ruled)
    assert ("stop", "K.PX.PTP", "line 2") in told
    assert ("stop", "K.PX.MUE", "line 1") in told
    assert world.get(Claim, claim_id).state == "EDIT_FAIL"
    with Session(world.engine) as session:
        pair = next(mark for mark, what, _ in fixes(session, claim_id) if "PTP" in what)
        assert landing(session, world.owner.actor, claim_id, pair).question == "Ask the coder"
    with pytest.raises(Refused, match="can't be let pass"):
        world.do(OverrideFinding(claim_id, pair, "I know better"))
    world.do(FixFinding(claim_id, pair, "was it on the same day?"))
    encounter_id = world.get(Claim, claim_id).encounter_id
    assert world.item("coding", encounter_id).reason == "recode: line 2 G0008: was it on the same day?"


def test_a_pair_that_a_modifier_passes_and_units_above_the_limit_warn_until_they_are_mended_or_let_pass(
    world: World, ruled: CodeLibrary
) -> None:
    claim_id = world.claim(lines=(("J0696", (), 5, (1,)), ("G0008", (), 1, (1,))))
    told = found(world, claim_id, ruled)
    assert {one for one in told if one[0] != "info"} == {("warn", "K.PX.PTP", "line 2"), ("warn", "K.PX.MUE", "line 1")}
    with Session(world.engine) as session:
        pair = next(mark for mark, what, _ in fixes(session, claim_id) if "PTP" in what)
    world.do(FixFinding(claim_id, pair, "59"))
    assert [one[1] for one in found(world, claim_id, ruled) if one[0] == "warn"] == ["K.PX.MUE"]
    world.do(OverrideFinding(claim_id, "K.PX.MUE", "five grams were given"))
    assert world.get(Claim, claim_id).state == "READY"


def test_a_code_without_a_meaning_of_its_own_goes_out_once_it_has_words(world: World) -> None:
    world.owner._codes = cast("CodeLibrary", WithUnlisted(world.library))
    world.do(SetFee(NOC, 9_900, date(2026, 1, 1)))
    encounter_id = world.encounter("PRMUT")
    world.code(encounter_id, lines=((NOC, (), 1, (1,)), ("G0438", (), 1, (1,))))
    claim_id = world.one(Claim, encounter_id=encounter_id).id
    with Session(world.engine) as session:
        ((mark, what, where),) = fixes(session, claim_id)
        assert landing(session, world.owner.actor, claim_id, mark).question == "Description of line 1"
    assert what == "C.NOC line 1 SV101-7: J9999 has no meaning of its own: it needs words."
    assert where == "description of line 1"
    world.do(FixFinding(claim_id, mark, "Invented vial, 5 ml"))
    assert world.get(Claim, claim_id).state == "READY"
    (sent,) = read_claims(world.send().encode()).professional
    assert [line.description for line in sent.lines] == ["INVENTED VIAL, 5 ML", ""]
