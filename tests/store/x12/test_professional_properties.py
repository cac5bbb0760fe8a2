"""Whatever claims are written, an independent reader finds the same claims with the same cents."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from store.x12.claim_values import Person, ProfessionalClaim, ServiceLine
from store.x12.professional import write_professional
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
from tests.store.x12.small_reader import read_claims

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


@settings(phases=[Phase.explicit, Phase.generate])
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


def as_read(line: ServiceLine, place: str) -> dict[str, object]:
    return {
        "code": line.code, "modifiers": line.modifiers, "charge": line.charge, "units": line.units,
        "place": "" if line.place == place else line.place, "pointers": line.pointers,
        "day": f"{line.service_date:%Y%m%d}", "control": line.control,
    }  # fmt: skip
