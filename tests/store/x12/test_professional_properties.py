"""Whatever claims are written, an independent reader finds the same claims with the same cents."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from store.x12 import claim_reading
from store.x12.claim_values import (
    Attachment,
    ClaimDates,
    Drug,
    LinePayment,
    OtherPayer,
    Person,
    ProfessionalClaim,
    ServiceLine,
)
from store.x12.institutional import write_institutional
from store.x12.institutional_values import Condition, InstitutionalClaim, InstitutionalLine, Occurrence, ValueCode
from store.x12.professional import write_professional
from store.x12.remittance_values import Adjustment
from tests.store.x12.rich_samples import FIRST, ORDERING, PAID_ON, SUPERVISING, institutional_claims
from tests.store.x12.samples import (
    BILLING,
    CONTROL,
    COVERAGE,
    FACILITY,
    HOME,
    REFERRING,
    RENDERING,
    SECOND_BILLING,
    SUBMITTER,
)
from tests.store.x12.sent import as_sent, institutional_as_sent
from tests.store.x12.small_reader import read_claims

GENERATED = settings(
    max_examples=30, phases=[Phase.explicit, Phase.generate], suppress_health_check=[HealthCheck.too_slow]
)
"""Each example is several large claims, so that some say all; how long drawing one takes is the machine's affair."""

names = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ'-", min_size=1, max_size=12)
days = st.dates(date(1930, 1, 1), date(2026, 12, 31))
people = st.builds(Person, names, names, days, st.sampled_from("FMU"), st.just(HOME), st.just("") | names)
codes = st.from_regex(r"\A[A-TV-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?\Z")


@st.composite
def claims(draw: st.DrawFn) -> ProfessionalClaim:
    diagnoses = draw(st.lists(codes, min_size=1, max_size=12, unique_by=lambda code: code.replace(".", "")))
    pointers = st.lists(st.integers(1, len(diagnoses)), min_size=1, max_size=4, unique=True).map(tuple)
    lines = draw(
        st.lists(
            st.builds(
                ServiceLine, st.from_regex(r"\A[A-Z0-9]{1,30}\Z"), st.from_regex(r"\AZZ[0-9]{3}\Z"),
                st.integers(0, 10**7), st.integers(1, 9999), days, pointers,
                st.lists(st.sampled_from(["25", "59", "LT", "GA"]), max_size=4, unique=True).map(tuple),
                st.sampled_from(["", "Drug: 5 mg*"]), st.sampled_from(["", "11", "22"]),
            ),
            min_size=1, max_size=6, unique_by=lambda line: line.control,
        )
    )  # fmt: skip
    subscriber, relationship = draw(people), draw(st.sampled_from(["18", "01", "19", "G8"]))
    coverage = replace(
        COVERAGE, subscriber=subscriber, relationship=relationship,
        member_id=draw(st.from_regex(r"\A[A-Z0-9]{2,15}\Z")), sequence=draw(st.sampled_from("PST")),
        payer_id=draw(st.sampled_from(["ACME1", "OTHER2"])),
    )  # fmt: skip
    frequency = draw(st.sampled_from("178"))
    return ProfessionalClaim(
        draw(st.from_regex(r"\A[A-Z0-9][A-Z0-9-]{0,18}[A-Z0-9]\Z")), draw(st.sampled_from([BILLING, SECOND_BILLING])),
        coverage, draw(st.sampled_from(["11", "22"])), tuple(diagnoses), tuple(lines),
        draw(people) if relationship != "18" else None, draw(st.none() | st.just(RENDERING)),
        draw(st.none() | st.just(REFERRING)), draw(st.none() | st.just(FACILITY)), frequency,
        "P77" if frequency != "1" else "", draw(st.sampled_from(["", "AUTH9"])),
    )  # fmt: skip


def adjusted(draw: st.DrawFn, cents: int) -> tuple[Adjustment, ...]:
    """`cents` taken apart over groups and reasons, some of them negative; neighbours of one group stand together."""
    parts = draw(st.lists(st.integers(-5000, 5000).filter(bool), max_size=3))
    rest = cents - sum(parts)
    found = [Adjustment(draw(st.sampled_from(["CO", "OA"])), "45", part, draw(st.sampled_from(["", "2"])))
             for part in parts]  # fmt: skip
    return (*sorted(found, key=lambda one: one.group), *([Adjustment("PR", "1", rest)] if rest else []))


def decided(draw: st.DrawFn, claim: ProfessionalClaim) -> ProfessionalClaim:
    """The claim as a second payer gets it: the first decided line by line, a third as a whole, or nobody yet."""
    coverage = replace(claim.subscription, sequence="S")
    how = draw(st.sampled_from(["", "lines", "claim"]))
    if not how:
        return claim
    if how == "claim":
        paid = draw(st.integers(0, claim.charge))
        other = OtherPayer(FIRST, paid, PAID_ON, adjustments=adjusted(draw, claim.charge - paid))
        return replace(claim, subscription=coverage, others=(other,))
    lines = []
    for line in claim.lines:
        paid = draw(st.integers(0, line.charge))
        lines.append(
            replace(line, prior=(LinePayment("FIRST1", paid, PAID_ON, 1, adjusted(draw, line.charge - paid)),))
        )
    total = sum(line.prior[0].paid for line in lines)
    return replace(claim, subscription=coverage, lines=tuple(lines), others=(OtherPayer(FIRST, total, PAID_ON),))


@st.composite
def rich_claims(draw: st.DrawFn) -> ProfessionalClaim:
    claim = draw(claims())
    day = st.none() | days
    lines = tuple(
        replace(
            line, basis=draw(st.sampled_from(["UN", "MJ"])), fraction=draw(st.sampled_from(["", "5", "25"])),
            end_date=draw(st.none() | st.just(line.service_date + timedelta(3))), emergency=draw(st.booleans()),
            epsdt=draw(st.booleans()), note=draw(st.sampled_from(["", "HALF"])), family_planning=draw(st.booleans()),
            drug=draw(st.none() | st.just(Drug("00011122233", "1.5", "ML"))), clia=draw(st.sampled_from(["", "36D1"])),
            ordering=draw(st.none() | st.just(ORDERING)), authorization=draw(st.sampled_from(["", "A1"])),
        )
        for line in claim.lines
    )  # fmt: skip
    dates = ClaimDates(onset=draw(day), accident=draw(days), admission=draw(day), disabled_from=draw(day))
    return decided(draw, replace(
        claim, lines=lines, dates=dates, related=draw(st.sampled_from([(), ("OA",), ("EM", "OA")])),
        delay_reason=draw(st.sampled_from(["", "1", "15"])), supervising=draw(st.none() | st.just(SUPERVISING)),
        patient_paid=draw(st.integers(0, 10**6)), referral=draw(st.sampled_from(["", "R1"])),
        attachments=draw(st.sampled_from([(), (Attachment("B4", "EL", "X1"), Attachment("OZ", "AA"))])),
        note=draw(st.sampled_from(["", "Twice: seen"])), homebound=draw(st.booleans()),
        release=draw(st.sampled_from("YI")),
    ))  # fmt: skip


@st.composite
def hospital_claims(draw: st.DrawFn) -> InstitutionalClaim:
    like = draw(st.sampled_from(institutional_claims()[:2]))
    lines = draw(
        st.lists(
            st.builds(
                InstitutionalLine, st.from_regex(r"\A[A-Z0-9]{1,30}\Z"), st.from_regex(r"\A0[0-9]{3}\Z"),
                st.integers(0, 10**8), st.integers(1, 9999), st.sampled_from(["", "ZZ101"]),
                service_date=st.none() | days, basis=st.sampled_from(["UN", "DA"]),
            ),
            min_size=1, max_size=8, unique_by=lambda line: line.control,
        )
    )  # fmt: skip
    marks = st.sampled_from(["", "Y", "N", "U", "W"])
    diagnoses = draw(st.lists(st.builds(Condition, codes, marks), min_size=1, max_size=14, unique_by=no_dot))
    values = draw(st.lists(st.builds(ValueCode, st.sampled_from(["A1", "45"]), st.integers(0, 10**8)), max_size=14))
    return replace(
        like, control_number=draw(st.from_regex(r"\A[A-Z0-9]{2,20}\Z")), lines=tuple(lines),
        diagnoses=tuple(diagnoses), values=tuple(values), patient_share=draw(st.integers(0, 10**7)),
        occurrences=tuple(draw(st.lists(st.builds(Occurrence, st.sampled_from(["05", "11"]), days), max_size=14))),
    )  # fmt: skip


def no_dot(one: Condition) -> str:
    return one.code.replace(".", "")


@GENERATED
@given(st.lists(claims(), min_size=1, max_size=6, unique_by=lambda claim: claim.control_number), st.integers(1, 7))
def test_claims_come_back_as_they_went(given_claims: list[ProfessionalClaim], per_set: int) -> None:
    text = write_professional(given_claims, SUBMITTER, CONTROL, claims_per_set=per_set)
    found = {one.number: one for one in read_claims(text)}
    assert len(found) == len(given_claims)
    for claim in given_claims:
        one = found[claim.control_number]
        coverage, who = claim.subscription, claim.patient or claim.subscription.subscriber
        assert (one.charge, one.place, one.frequency) == (claim.charge, claim.place, claim.frequency)
        assert one.billing_npi == claim.billing.npi
        assert one.subscriber == (coverage.subscriber.last, coverage.subscriber.first, coverage.subscriber.middle)
        assert one.patient == (who.last, who.first, who.middle)
        assert (one.member, one.sequence, one.relationship) == (
            coverage.member_id, coverage.sequence, coverage.relationship,
        )  # fmt: skip
        assert one.payer == (coverage.payer_name, coverage.payer_id)
        assert one.diagnoses == [code.replace(".", "") for code in claim.diagnoses]
        wanted = {"F8": claim.payer_control, "G1": claim.authorization}
        assert one.references == {key: value for key, value in wanted.items() if value}
        others = {"DN": claim.referring, "82": claim.rendering, "77": claim.facility}
        assert one.parties == {key: value.npi for key, value in others.items() if value}
        assert one.lines == [as_read(line, claim.place) for line in claim.lines]


@GENERATED
@given(st.lists(rich_claims(), min_size=1, max_size=4, unique_by=lambda claim: claim.control_number), st.integers(1, 3))
def test_claims_are_read_back_as_the_same_values(given_claims: list[ProfessionalClaim], per_set: int) -> None:
    text = write_professional(given_claims, SUBMITTER, CONTROL, claims_per_set=per_set)
    found = {claim.control_number: claim for claim in claim_reading.read_claims(text.encode()).professional}
    assert found == {claim.control_number: as_sent(claim) for claim in given_claims}


@GENERATED
@given(st.lists(hospital_claims(), min_size=1, max_size=4, unique_by=lambda claim: claim.control_number))
def test_institutional_claims_are_read_back_as_the_same_values(given_claims: list[InstitutionalClaim]) -> None:
    text = write_institutional(given_claims, SUBMITTER, CONTROL)
    found = {claim.control_number: claim for claim in claim_reading.read_claims(text.encode()).institutional}
    assert found == {claim.control_number: institutional_as_sent(claim) for claim in given_claims}


def as_read(line: ServiceLine, place: str) -> dict[str, object]:
    return {
        "code": line.code, "modifiers": line.modifiers, "charge": line.charge, "units": line.units,
        "place": "" if line.place == place else line.place, "pointers": line.pointers,
        "day": f"{line.service_date:%Y%m%d}", "control": line.control,
    }  # fmt: skip
