"""What would be refused is found before it goes: each rule on a real claim, with place, fix and severity."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from store.claims import snapshot
from store.claims.correct import BuildClaims, CorrectClaim
from store.claims.edit_work import HoldClaim, OverrideFinding, ReleaseClaim, RescrubClaims, clean_claim_rate
from store.claims.facility import SetFacilityBill
from store.claims.fixing import FixFinding, fixes
from store.claims.payers import SavePayer
from store.claims.rule_work import SaveRule, SwitchRule, TryRule
from store.claims.scrub import Facts, look
from store.claims.scrub.form import MBI
from store.claims.scrub.site_rules import read_rule
from store.errors import NotAllowed, Refused
from store.remits.take_in import ImportRemittance
from store.tables import Claim, ClaimFinding, ClaimVersion, Encounter, Payer, SiteRule
from tests.store.eras import denied, era
from tests.store.world import DAY, World, on, person

TWINS = (("G0008", (), 1, (1,)), ("G0008", (), 1, (1,)))


def found(world: World, claim_id: int) -> list[ClaimFinding]:
    return world.all(ClaimFinding, claim_id=claim_id)


def rescrubbed(world: World, claim_id: int) -> list[tuple[str, str, str]]:
    world.do(RescrubClaims())
    return [(one.severity, one.code, one.fix) for one in found(world, claim_id) if one.severity != "info"]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("UPDATE practice SET npi='2999900015'", ("stop", "C.NPI", "practice")),
        ("UPDATE practice SET zip='66899'", ("stop", "C.ZIP4", "practice")),
        ("UPDATE practice SET line1='P.O. Box 7'", ("stop", "C.STREET", "practice")),
        ("UPDATE practice SET tax_id='07-99'", ("stop", "C.TAXID", "practice")),
        ("UPDATE practice SET taxonomy='207Q'", ("stop", "C.TAXONOMY", "practice")),
        ("UPDATE provider SET npi='2999900114' WHERE npi='2999900113'", ("stop", "C.NPI", "provider")),
        ("UPDATE provider SET taxonomy='207Q' WHERE npi='2999900113'", ("stop", "C.TAXONOMY", "provider")),
        ("UPDATE coverage SET member_id=''", ("stop", "C.MEMBER", "member")),
        ("UPDATE coverage SET member_id='AB/12'", ("stop", "C.MEMBERFORM", "member")),
        ("UPDATE payer SET member_pattern='PRM[0-9]{4}'", ("stop", "C.MEMBERFORM", "member")),
        ("UPDATE patient_contact SET line1=''", ("stop", "C.ADDRESS", "address")),
        ("UPDATE patient_contact SET state='XX'", ("stop", "C.STATE", "address")),
        ("UPDATE patient SET birth='2026-03-05'", ("stop", "C.BIRTH", "patient")),
        ("UPDATE diagnosis SET code='I99.99'", ("stop", "K.DX-INVALID", "coder")),
        ("UPDATE service_line SET units=0", ("stop", "C.UNITS", "coder")),
        ("UPDATE service_line SET charge=0", ("stop", "C.CHARGE", "fees")),
        ("UPDATE service_line SET pointers=''", ("stop", "C.POINTER", "coder")),
        ("UPDATE service_line SET modifiers='59,59' WHERE position=1", ("stop", "C.MODTWICE", "modifiers")),
        ("UPDATE service_line SET modifiers='5' WHERE position=1", ("stop", "C.MODFORM", "modifiers")),
        ("UPDATE payer SET claim_kinds='institutional'", ("stop", "P.KIND", "payer")),
        ("UPDATE payer SET required='authorization'", ("stop", "P.REQUIRED", "authorization")),
        ("UPDATE payer SET required='referral,clia'", ("stop", "P.REQUIRED", "referral")),
        ("UPDATE claim SET filing_limit='2026-03-08'", ("warn", "R.LATE", "delay_reason")),
    ],
)
def test_what_is_wrong_is_found_with_its_fix_and_keeps_the_claim(
    world: World, sql: str, expected: tuple[str, str, str]
) -> None:
    claim_id = world.claim()
    assert world.get(Claim, claim_id).state == "READY"
    world.sql(sql)
    told = rescrubbed(world, claim_id)
    codes = [one[1] for one in told]
    if expected[1].startswith("K."):
        assert any(code.startswith("K.") for code in codes), codes
    else:
        assert expected in told
    claim = world.get(Claim, claim_id)
    assert (claim.state, claim.edit_count, claim.edit_severity) == ("EDIT_FAIL", len(told), told[0][0])
    for one in found(world, claim_id):
        assert one.place
        assert one.message
        assert one.rule
        assert one.source
    with pytest.raises(Refused, match="No claim is ready"):
        world.send()
    assert world.faults() == []


def _facts(world: World, claim_id: int, **changes: Any) -> list[tuple[str, str]]:
    """The findings on a claim whose content is changed so."""
    with Session(world.engine) as session:
        claim = session.get_one(Claim, claim_id)
        content = snapshot.load(world.all(ClaimVersion, claim_id=claim_id)[-1].content)
        facts = Facts(session, claim, replace(content, **changes), session.get_one(Payer, claim.payer_id), DAY)
        return [(one.code, one.severity) for one in look(facts)]


def test_dates_and_lines_that_no_record_can_hold_are_found_too(world: World) -> None:
    claim_id = world.claim()
    content = snapshot.load(world.one(ClaimVersion).content)
    line = content.lines[0]
    tomorrow, before = DAY + timedelta(days=1), line.service_date - timedelta(days=1)
    for lines, code in (
        ((replace(line, service_date=tomorrow),), "C.FUTURE"),
        ((replace(line, end_date=before),), "C.DATES"),
        ((replace(line, pointers=(9,)),), "C.POINTER"),
        (tuple(replace(line, control=f"L{n}", code=f"G{n:04d}") for n in range(51)), "C.LINES"),
        ((), "C.LINES"),
    ):
        assert (code, "stop") in _facts(world, claim_id, lines=lines)
    assert ("C.DX", "stop") in _facts(world, claim_id, diagnoses=())
    assert ("C.DXTWICE", "stop") in _facts(world, claim_id, diagnoses=("I10", "I10"))
    assert ("C.F8", "stop") in _facts(world, claim_id, frequency="7")
    assert ("C.FORM", "stop") in _facts(world, claim_id, authorization="a*b~c" * 30)


def test_medicare_numbers_have_their_form_and_the_second_place_its_reason(world: World) -> None:
    claim_id = world.claim("MEDB")
    world.sql("UPDATE coverage SET member_id='1SG4TE5MK72'")
    assert ("stop", "C.MBI", "member") in rescrubbed(world, claim_id)
    second = world.claim("PRMUT", "MEDB")
    content = snapshot.load(world.all(ClaimVersion, claim_id=second)[-1].content)
    as_second = replace(content.others[0].coverage, sequence="S")
    assert ("C.MSP", "stop") in _facts(world, second, subscription=as_second, others=())
    assert ("R.PRIOR", "stop") in _facts(world, second, subscription=as_second, others=())


def test_a_hospitals_diagnosis_that_is_none_on_the_last_day_stops_its_claim(world: World) -> None:
    claim_id = world.claim()
    number = world.get(Encounter, world.get(Claim, claim_id).encounter_id).number
    world.do(SetFacilityBill(number, 'bill_type = "131"\nrevenue = ["0510"]\nreasons = ["R07.9"]'))
    assert "K.DXDAY" not in [one[1] for one in rescrubbed(world, claim_id)]
    world.sql("UPDATE diagnosis SET code='I99.99'")
    assert ("stop", "K.DXDAY", "coder") in rescrubbed(world, claim_id)


@given(text=st.from_regex(r"\A[1-9][AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y][0-9][AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y][0-9]"
                          r"[AC-HJKMNP-RT-Y]{2}[0-9]{2}\Z"), place=st.integers(0, 10))  # fmt: skip
def test_every_medicare_number_passes_and_none_with_a_letter_that_is_left_out(text: str, place: int) -> None:
    assert MBI.fullmatch(text)
    for letter in "SLOIBZ":
        assert not MBI.fullmatch(text[:place] + letter + text[place + 1 :])


# --- warnings, holds, first result ---------------------------------------------------------------------------------


def _warned(world: World) -> int:
    encounter_id = world.encounter("PRMUT")
    world.code(encounter_id, lines=TWINS)
    return world.one(Claim, encounter_id=encounter_id).id


def test_a_warning_passes_with_a_reason_that_is_kept_over_versions(world: World) -> None:
    claim_id = _warned(world)
    assert world.get(Claim, claim_id).state == "EDIT_FAIL"
    with pytest.raises(Refused, match="Say why"):
        world.do(OverrideFinding(claim_id, "C.TWINS", " "))
    world.do(OverrideFinding(claim_id, "C.TWINS", "both arms"))
    assert world.get(Claim, claim_id).state == "READY"
    world.do(CorrectClaim(claim_id, authorization="A1"))
    assert world.get(Claim, claim_id).state == "READY"
    assert found(world, claim_id)[0].overridden == "both arms"
    world.send()


def test_a_stop_is_let_pass_by_nobody_and_a_warning_not_by_everybody(world: World) -> None:
    claim_id = world.claim()
    world.sql("UPDATE coverage SET member_id=''")
    world.do(RescrubClaims())
    with pytest.raises(Refused, match="can't be let pass"):
        world.do(OverrideFinding(claim_id, "C.MEMBER", "I know better"))
    for name in ("coder", "collector", "admin"):
        with pytest.raises(NotAllowed, match="override"):
            world.who(name).do(OverrideFinding(_warned(world), "C.TWINS", "fine"))


def test_the_first_result_stays_for_the_clean_claim_rate(world: World) -> None:
    clean, warned = world.claim(), _warned(world)
    world.do(OverrideFinding(warned, "C.TWINS", "both arms"))
    world.sql("UPDATE coverage SET member_id=''")
    world.do(RescrubClaims())
    assert [world.get(Claim, one).first_scrub for one in (clean, warned)] == ["clean", "warn"]
    with Session(world.engine) as session:
        assert clean_claim_rate(session) == (1, 2)


def test_a_held_claim_is_not_sent_and_comes_back_on_its_day(world: World) -> None:
    claim_id = world.claim()
    until = DAY + timedelta(days=3)
    world.do(HoldClaim(claim_id, until, "records are missing"))
    assert (world.get(Claim, claim_id).state, world.item("claims", claim_id).deferred_until) == ("HELD", until)
    with pytest.raises(Refused, match="No claim is ready"):
        world.send()
    assert world.faults() == []
    with on(until):
        world.send()
    assert world.get(Claim, claim_id).state == "SENT"


def test_a_held_claim_is_let_go_and_looked_at_first(world: World) -> None:
    claim_id = world.claim()
    world.do(HoldClaim(claim_id, DAY + timedelta(days=3), "records are missing"))
    world.sql("UPDATE coverage SET member_id=''")
    world.do(ReleaseClaim(claim_id))
    assert (world.get(Claim, claim_id).state, world.item("claims", claim_id).deferred_until) == ("EDIT_FAIL", None)


def test_a_hold_is_refused_past_the_filing_limit_without_words_and_for_yesterday(world: World) -> None:
    claim_id = world.claim()
    world.sql("UPDATE claim SET filing_limit='2026-03-20'")
    for until, reason, words in (
        (DAY, "x", "not in the future"),
        (DAY + timedelta(days=20), "x", "filing limit"),
        (DAY + timedelta(days=2), " ", "what the claim waits for"),
    ):
        with pytest.raises(Refused, match=words):
            world.do(HoldClaim(claim_id, until, reason))


def test_a_rescrub_makes_no_version_of_what_has_not_changed(world: World) -> None:
    claim_id = world.claim()
    world.do(RescrubClaims())
    world.do(BuildClaims())
    assert len(world.all(ClaimVersion, claim_id=claim_id)) == 1
    world.sql("UPDATE patient_contact SET city='Elsewhere'")
    world.do(RescrubClaims())
    assert len(world.all(ClaimVersion, claim_id=claim_id)) == 2


# --- the fix -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "value", "state"),
    [
        ("UPDATE coverage SET member_id=''", "PRM777", "READY"),
        ("UPDATE payer SET required='authorization'", "AUTH1", "READY"),
        ("UPDATE service_line SET modifiers='59,59' WHERE position=1", "59", "READY"),
        ("UPDATE service_line SET pointers='' WHERE position=1", "", "EDIT_FAIL"),
    ],
)
def test_the_fix_key_mends_what_a_claim_can_mend(world: World, sql: str, value: str, state: str) -> None:
    claim_id = world.claim()
    world.sql(sql)
    world.do(RescrubClaims())
    with Session(world.engine) as session:
        mark = fixes(session, claim_id)[0][0]
    world.do(FixFinding(claim_id, mark, value))
    claim = world.get(Claim, claim_id)
    assert claim.state == state
    recoded = world.get(Encounter, claim.encounter_id).state == "RECODE"
    assert recoded == (state == "EDIT_FAIL")


# --- duplicates and history ----------------------------------------------------------------------------------------


def test_the_same_service_on_another_claim_is_found_whatever_its_payer(world: World) -> None:
    patient = person("twice")
    first = world.claim("PRMUT", patient=patient)
    encounter_id = world.encounter("HRTLD", patient=patient)
    world.code(encounter_id)
    second = world.one(Claim, encounter_id=encounter_id).id
    number = world.get(Claim, first).control_number
    (one,) = [one for one in found(world, second) if one.code == "R.DUPLICATE"]
    assert (one.severity, number in one.message) == ("warn", True)


def test_a_claim_that_was_rejected_does_not_go_again_unchanged_unseen(world: World) -> None:
    claim_id = world.sent()
    world.answered(archived(world), **{world.get(Claim, claim_id).control_number.replace("-", "_"): "rejected"})
    world.do(CorrectClaim(claim_id))
    assert ("warn", "R.SAME") in [(one.severity, one.code) for one in found(world, claim_id)]
    world.do(CorrectClaim(claim_id, member_id="PRM42"))
    assert world.get(Claim, claim_id).state == "READY"


def archived(world: World) -> str:
    from store.claims import archive
    from store.tables import ArchivedFile

    return archive.content(world.all(ArchivedFile, kind="837P")[-1]).decode()


def test_what_this_payer_denied_before_is_told_from_the_practices_own_history(world: World) -> None:
    for number in range(5):
        claim_id = world.sent()
        world.do(ImportRemittance("835", era(denied(world, claim_id, "CO-197"), trace=f"T{number}")))
    encounter_id = world.encounter("PRMUT")
    world.code(encounter_id)
    claim = world.one(Claim, encounter_id=encounter_id)
    told = [one for one in found(world, claim.id) if one.code == "H.DENIED"]
    assert told[0].message == "Prairie Mutual Health denied 5 of 5 like this: G0438, CO-197."
    assert (claim.state, told[0].severity, told[0].fix) == ("EDIT_FAIL", "warn", "authorization")
    world.do(CorrectClaim(claim.id, authorization="A1"))
    assert world.get(Claim, claim.id).state == "READY"
    other = world.encounter("HRTLD")
    world.code(other)
    assert world.one(Claim, encounter_id=other).state == "READY"


# --- the practice's own rules --------------------------------------------------------------------------------------

RULE = """
name = "Prairie wants an authorisation for G0438"
severity = "stop"
message = "Prairie pays no G0438 without an authorisation."
fix = "authorization"
[[when]]
field = "payer"
in = ["PRMUT"]
[[when]]
field = "line.code"
in = ["G0438"]
[[when]]
field = "authorization"
empty = true
[[cases]]
hit = true
claim = { payer = "PRMUT", lines = [{ code = "G0438" }] }
[[cases]]
hit = false
claim = { payer = "PRMUT", authorization = "A1", lines = [{ code = "G0438" }] }
"""
NAME = "Prairie wants an authorisation for G0438"


def test_a_rule_is_tried_on_the_open_claims_before_it_is_switched_on(world: World) -> None:
    first, other = world.claim("PRMUT"), world.claim("HRTLD")
    world.do(SaveRule(RULE))
    with pytest.raises(Refused, match="not tried yet"):
        world.do(SwitchRule(NAME, on=True))
    done = world.do(TryRule(NAME))
    assert done.result == [world.get(Claim, first).control_number]
    assert world.get(Claim, first).state == "READY"
    world.do(SwitchRule(NAME, on=True))
    world.do(RescrubClaims())
    assert [world.get(Claim, one).state for one in (first, other)] == ["EDIT_FAIL", "READY"]
    (one,) = [one for one in found(world, first) if one.code == "S.RULE"]
    assert (one.rule, one.fix, one.place) == (NAME, "authorization", "line 1")
    world.do(FixFinding(first, one.mark, "A1"))
    assert world.get(Claim, first).state == "READY"
    world.do(SaveRule(RULE.replace("stop", "warn")))
    assert (world.one(SiteRule).active, world.one(SiteRule).would_hit) == (False, None)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("name =", "nam =", "nam"),
        ('severity = "stop"', 'severity = "fatal"', "severity"),
        ('field = "payer"', 'field = "colour"', "no field"),
        ("empty = true", 'matches = "("', "regular expression"),
        ("hit = false", "hit = true", "one that it does not"),
        ('authorization = "A1", ', "", "should be otherwise"),
        ("[[when]]", "[[when", "not TOML"),
    ],
)
def test_a_rule_that_is_none_is_refused_with_its_place(world: World, old: str, new: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        world.do(SaveRule(RULE.replace(old, new)))
    assert world.all(SiteRule) == []


@pytest.mark.parametrize(
    ("condition", "value", "hit"),
    [
        ("above = 3", 4, True), ("above = 3", 3, False), ("below = 3", 2, True), ("below = 3", 3, False),
        ('not_in = ["1"]', 2, True), ('not_in = ["1"]', 1, False), ('matches = "^9"', 99, True),
        ('starts = ["1"]', 21, False), ("empty = true", 1, False), ("empty = false", 1, True),
    ],
)  # fmt: skip
def test_each_test_of_a_condition_does_what_it_says(condition: str, value: int, hit: bool) -> None:
    def rule(first: bool) -> str:
        return (
            f'name = "n n"\nseverity = "info"\nmessage = "message"\n[[when]]\nfield = "line.units"\n{condition}\n'
            f"[[cases]]\nhit = {str(first).lower()}\nclaim = {{ lines = [{{ units = {value} }}] }}\n"
            f"[[cases]]\nhit = {str(not first).lower()}\nclaim = {{ lines = [] }}\n"
        )

    if hit:
        assert read_rule(rule(True)).hit({"lines": [{"units": value}]}) == 1
    else:
        with pytest.raises(Refused, match="should be otherwise"):
            read_rule(rule(True))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(codes=st.lists(st.sampled_from(["J0696", "G0438", "A1234"]), max_size=4), units=st.integers(1, 5))
def test_conditions_on_lines_hold_on_one_line_together(codes: list[str], units: int) -> None:
    text = """
name = "many drugs"
severity = "info"
message = "many"
[[when]]
field = "line.code"
starts = ["J"]
[[when]]
field = "line.units"
above = 2
[[cases]]
hit = true
claim = { lines = [{ code = "J1", units = 3 }] }
[[cases]]
hit = false
claim = { lines = [{ code = "J1", units = 1 }, { code = "A1", units = 9 }] }
"""
    lines = [{"code": code, "units": units} for code in codes]
    expected = next((n for n, code in enumerate(codes, 1) if code.startswith("J") and units > 2), None)
    assert read_rule(text).hit({"lines": lines}) == expected


def test_a_payer_that_wants_a_thing_gets_it(world: World) -> None:
    world.do(SavePayer('payer_id = "PRMUT"\nrequired = ["authorization"]'))
    encounter_id = world.encounter("PRMUT")
    world.code(encounter_id)
    assert world.one(Claim, encounter_id=encounter_id).edit_code == "P.REQUIRED"
