"""Claims of every kind that the writers know, invented; every NPI passes its check digit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from store.intake.npi import npi_of
from store.x12.claim_values import (
    Address,
    Attachment,
    ClaimDates,
    Clinician,
    Drug,
    LinePayment,
    OtherPayer,
    ProfessionalClaim,
    ServiceLine,
    Subscription,
)
from store.x12.institutional_values import (
    Admission,
    Condition,
    InstitutionalClaim,
    InstitutionalLine,
    Occurrence,
    Procedure,
    ValueCode,
)
from store.x12.remittance_values import Adjustment
from tests.store.x12.samples import BILLING, CHILD, CLAIM, COVERAGE, FACILITY, HOME, REFERRING, RENDERING, SUBSCRIBER

PAID_ON = date(2026, 3, 20)
BOX = Address("PO BOX 77", "ANYTOWN", "OH", "430040077")
SUPERVISING = Clinician("GRAY", "LOU", npi_of("144444444"), middle="B")
ORDERING = Clinician("BLACK", "KIT", npi_of("133333333"), address=HOME)
ATTENDING = Clinician("GREEN", "ADA", npi_of("122222222"), "207R00000X")
OPERATING = Clinician("STONE", "VAL", npi_of("111111111"))
FIRST = Subscription(
    replace(SUBSCRIBER, birth=None, sex=""), "F1234", "FIRST HEALTH", "FIRST1", "CI", "P", "18", "", "ACME WORKS"
)
SECOND = replace(COVERAGE, sequence="S", filing="MB", insurance_type="12", group_number="")
LINE = ServiceLine("2001-1", "ZZ101", 12550, 1, date(2026, 2, 27), (1,))


def cas(group: str, reason: str, cents: int) -> Adjustment:
    return Adjustment(group, reason, cents)


def secondary(number: str = "2001") -> ProfessionalClaim:
    """The first payer decided line by line."""
    prior = LinePayment("FIRST1", 8000, PAID_ON, 1, (cas("CO", "45", 2550), cas("PR", "1", 1500), cas("PR", "2", 500)))
    denied = LinePayment("FIRST1", 0, PAID_ON, 2, (cas("PR", "204", 3000),), "ZZ103", ("LT",), remaining=3000)
    lines = (
        replace(LINE, control=f"{number}-1", prior=(prior,)),
        replace(LINE, control=f"{number}-2", code="ZZ102", charge=3000, units=2, prior=(denied,)),
    )
    other = OtherPayer(
        FIRST, 8000, PAID_ON, payer_control="FC77", remaining=5000, remarks=("MA18", "N130")
    )  # fmt: skip
    return replace(CLAIM, control_number=number, subscription=SECOND, lines=lines, others=(other,))


def tertiary() -> ProfessionalClaim:
    """The first payer decided line by line, the second the claim as a whole; a third is asked."""
    first = secondary("2002")
    second = OtherPayer(
        replace(FIRST, payer_id="SECOND2", payer_name="SECOND HEALTH", sequence="S", relationship="01"),
        2000, PAID_ON, adjustments=(cas("OA", "23", 10550), cas("PR", "2", 3000)), noncovered=0,
    )  # fmt: skip
    coverage = replace(COVERAGE, sequence="T", payer_address=BOX)
    return replace(first, subscription=coverage, others=(*first.others, second))


def accident() -> ProfessionalClaim:
    """A workers' compensation claim after a car accident, with everything that tells when and why."""
    dates = ClaimDates(
        onset=date(2026, 1, 2), initial_treatment=date(2026, 1, 3), last_seen=date(2026, 1, 4),
        accident=date(2026, 1, 2), last_xray=date(2026, 1, 5), disabled_from=date(2026, 1, 2),
        disabled_to=date(2026, 1, 30), last_worked=date(2026, 1, 1), return_to_work=date(2026, 2, 1),
        admission=date(2026, 1, 2), discharge=date(2026, 1, 4),
    )  # fmt: skip
    return replace(
        CLAIM, control_number="2003", billing=replace(BILLING, pay_to=BOX), dates=dates, related=("AA", "EM"),
        subscription=replace(COVERAGE, filing="WC", casualty_number="WC-55"), accident_state="OH", delay_reason="7",
        referral="R-1", authorization="A-1", clia="36D1234567", medical_record="MR9", patient_paid=2000,
        note="Brought by friends", supervising=SUPERVISING, referring=REFERRING, rendering=RENDERING,
        facility=FACILITY, attachments=(Attachment("B4", "EL", "ATT1"), Attachment("OZ", "AA")), homebound=True,
        lines=(replace(LINE, control="2003-1"),),
    )  # fmt: skip


def lines_of_all_kinds() -> ProfessionalClaim:
    """Anaesthesia, a drug, equipment with its orderer, an unlisted code with words, laboratory, an emergency."""
    day = date(2026, 2, 20)
    lines = (
        replace(LINE, control="L1", basis="MJ", units=75, modifiers=("AA",)),
        replace(LINE, control="L2", code="J9999", units=1, fraction="5", description="New drug 5 mg",
                drug=Drug("00011122233", "2.5", "ML", "RX1")),
        replace(LINE, control="L3", code="E0100", ordering=ORDERING, service_date=day, end_date=date(2026, 3, 19)),
        replace(LINE, control="L4", code="ZZ999", note="Half a cast", attachments=(Attachment("OZ", "FX", "F-1"),)),
        replace(LINE, control="L5", clia="36D1234567", authorization="A-2", referral="R-2", rendering=RENDERING),
        replace(LINE, control="L6", emergency=True, epsdt=True, family_planning=True, place="23"),
    )  # fmt: skip
    child = replace(COVERAGE, relationship="19", casualty_number="Y4-1")
    return replace(CLAIM, control_number="2004", subscription=child, patient=CHILD, lines=lines, release="I")


def voided() -> ProfessionalClaim:
    return replace(
        CLAIM, control_number="2005", frequency="8", payer_control="PC5", assignment="C", signature=False,
        benefits="Y", lines=(replace(LINE, control="2005-1"),),
    )  # fmt: skip


def professional_claims() -> list[ProfessionalClaim]:
    return [secondary(), tertiary(), accident(), lines_of_all_kinds(), voided()]


OUTPATIENT = InstitutionalClaim(
    "3001", BILLING, COVERAGE, "13", date(2026, 2, 27), date(2026, 2, 28), Admission("01", "1", "1"),
    (Condition("S52501A"), Condition("I10")),
    (
        InstitutionalLine("3001-1", "0450", 30000, 1, "ZZ201", ("25",), date(2026, 2, 27)),
        InstitutionalLine("3001-2", "0250", 1250, 3, noncovered=250, drug=Drug("00011122233", "3", "UN")),
    ),
    reasons=("S52501A", "R11.0"), external=(Condition("W1830XA"),), occurrences=(Occurrence("05", date(2026, 2, 27)),),
    values=(ValueCode("A1", 10000), ValueCode("45", 1300)), conditions=("C3", "09"), attending=ATTENDING,
    accident_state="OH", patient_share=5000, note="Seen at night",
)  # fmt: skip


def inpatient() -> InstitutionalClaim:
    """A stay with an operation, replaced."""
    return replace(
        OUTPATIENT, control_number="3002", facility_type="11", frequency="7", payer_control="PC7", drg="470",
        admission=Admission("03", "2", "4", date(2026, 2, 1), 14, 9), admitting="R07.9", reasons=(),
        statement_from=date(2026, 2, 1), statement_to=date(2026, 2, 6),
        diagnoses=(Condition("I21.4", "Y"), Condition("E11.9", "Y"), Condition("J18.9", "N"), Condition("Z79.4")),
        external=(), procedures=(Procedure("0SR9019", date(2026, 2, 2)), Procedure("02HV33Z", date(2026, 2, 3))),
        spans=(Occurrence("70", date(2026, 2, 1), date(2026, 2, 4)),), operating=OPERATING, rendering=RENDERING,
        other_operating=replace(OPERATING, last="REED", npi=npi_of("188888888")), referring=REFERRING,
        facility=FACILITY, authorization="A-9", referral="R-9", medical_record="MR1", delay_reason="11",
        attachments=(Attachment("04", "BM", "X-1"),), accident_state="",
        lines=(
            InstitutionalLine("3002-1", "0120", 500000, 5, basis="DA"),
            InstitutionalLine("3002-2", "0360", 900000, 1),
        ),
    )  # fmt: skip


def second_inpatient() -> InstitutionalClaim:
    """The first payer decided on the claim as a whole."""
    other = OtherPayer(
        replace(FIRST, relationship="18"), 1000000, PAID_ON, "FC9", (cas("CO", "45", 300000), cas("PR", "1", 100000)),
        100000,
    )  # fmt: skip
    coverage = replace(SECOND, insurance_type="", filing="MA")
    return replace(
        inpatient(), control_number="3003", frequency="1", payer_control="", subscription=coverage, others=(other,),
        lines=(
            InstitutionalLine("3003-1", "0120", 500000, 5, basis="DA"),
            InstitutionalLine("3003-2", "0360", 900000, 1),
        ),
    )  # fmt: skip


def second_outpatient() -> InstitutionalClaim:
    """The first payer decided line by line."""
    prior = LinePayment("FIRST1", 20000, PAID_ON, 1, (cas("CO", "45", 10000),), revenue="0450")
    bare = LinePayment("FIRST1", 1250, PAID_ON, 3, revenue="0250")
    emergency, drugs = OUTPATIENT.lines
    return replace(
        OUTPATIENT, control_number="3004", subscription=replace(SECOND, insurance_type="", relationship="19"),
        patient=CHILD, others=(OtherPayer(FIRST, 21250, PAID_ON),),
        lines=(replace(emergency, control="A", prior=(prior,)), replace(drugs, control="B", prior=(bare,))),
    )  # fmt: skip


def institutional_claims() -> list[InstitutionalClaim]:
    return [OUTPATIENT, inpatient(), second_inpatient(), second_outpatient()]
