"""The equations of an 835: what balances is found balanced, one cent more or less is found and told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.errors import Refused
from store.x12.balance import imbalances, patient_share_doubts, require_balanced
from store.x12.remittance import read_remittance
from store.x12.remittance_values import Adjustment, Payment, ProviderAdjustment, RemitClaim, RemitLine, RemittanceFile
from tests.store.x12.remit_samples import CLAIM_1, FILE, PAYMENT, REVERSAL
from tests.store.x12.remit_text import remittance_text, without_places

cents = st.integers(-(10**8), 10**8)
days = st.none() | st.dates(date(1990, 1, 1), date(2090, 1, 1))
tokens = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-", min_size=1, max_size=12)
groups = st.sampled_from(["CO", "OA", "PI", "PR"])
adjustments = st.lists(st.builds(Adjustment, groups, tokens, cents, st.sampled_from(["", "2"])), max_size=8).map(tuple)
codes = st.lists(tokens, max_size=3).map(tuple)


@st.composite
def lines(draw: st.DrawFn) -> RemitLine:
    charge, own = draw(cents), draw(adjustments)
    return RemitLine(
        0, draw(tokens), charge, charge - sum(one.cents for one in own), draw(codes), draw(st.sampled_from(["", "3"])),
        draw(st.sampled_from(["", "A0426"])), draw(days), draw(tokens), draw(st.none() | cents), own, draw(codes),
    )  # fmt: skip


@st.composite
def claims(draw: st.DrawFn) -> RemitClaim:
    own, parts = draw(adjustments), tuple(draw(st.lists(lines(), max_size=4)))
    charge = sum(line.charge for line in parts) if parts else draw(cents)
    in_lines = sum(one.cents for line in parts for one in line.adjustments)
    paid = charge - in_lines - sum(one.cents for one in own)
    remarks = draw(codes)
    return RemitClaim(
        0, draw(tokens), draw(st.sampled_from(["1", "2", "22"])), charge, paid, draw(st.none() | cents), "12",
        draw(tokens), draw(st.sampled_from(["", "1", "7"])), "DOE, JANE", "W1", draw(days), draw(days),
        draw(st.integers(0, 500)), own, parts, remarks, "*".join(("MOA**", *remarks)) if remarks else "",
    )  # fmt: skip


@st.composite
def files(draw: st.DrawFn) -> RemittanceFile:
    payments = []
    for number in range(draw(st.integers(1, 3))):
        own = tuple(draw(st.lists(claims(), max_size=4)))
        pairs = tuple(
            draw(st.lists(st.builds(ProviderAdjustment, st.just(0), tokens, tokens, tokens, cents), max_size=3))
        )
        amount = sum(claim.paid for claim in own) - sum(pair.cents for pair in pairs)
        payments.append(
            replace(
                PAYMENT, set_control=f"{number:04d}", amount=amount, claims=own, provider_adjustments=pairs,
                trace=draw(tokens), credit=draw(st.sampled_from("CD")), production_date=draw(days),
            )
        )  # fmt: skip
    return RemittanceFile("PAYER", "US", ("000000905",), tuple(payments))


def one_cent_changes(file: RemittanceFile) -> Iterator[RemittanceFile]:
    """The file once per amount that counts, with that amount a cent higher."""
    for n, payment in enumerate(file.payments):
        for changed in _payment_changes(payment):
            yield replace(file, payments=(*file.payments[:n], changed, *file.payments[n + 1 :]))


def _payment_changes(payment: Payment) -> Iterator[Payment]:
    yield replace(payment, amount=payment.amount + 1)
    pairs = payment.provider_adjustments
    for n, pair in enumerate(pairs):
        changed = (*pairs[:n], replace(pair, cents=pair.cents + 1), *pairs[n + 1 :])
        yield replace(payment, provider_adjustments=changed)
    for n, claim in enumerate(payment.claims):
        for other in _claim_changes(claim):
            yield replace(payment, claims=(*payment.claims[:n], other, *payment.claims[n + 1 :]))


def _claim_changes(claim: RemitClaim) -> Iterator[RemitClaim]:
    yield replace(claim, charge=claim.charge + 1)
    yield replace(claim, paid=claim.paid + 1)
    for own in _adjustment_changes(claim.adjustments):
        yield replace(claim, adjustments=own)
    for n, line in enumerate(claim.lines):
        changed = [replace(line, charge=line.charge + 1), replace(line, paid=line.paid + 1)]
        changed += [replace(line, adjustments=own) for own in _adjustment_changes(line.adjustments)]
        for other in changed:
            yield replace(claim, lines=(*claim.lines[:n], other, *claim.lines[n + 1 :]))


def _adjustment_changes(own: tuple[Adjustment, ...]) -> Iterator[tuple[Adjustment, ...]]:
    for n, one in enumerate(own):
        yield (*own[:n], replace(one, cents=one.cents + 1), *own[n + 1 :])


@given(files())
def test_a_remittance_that_adds_up_is_read_as_written_and_balances(file: RemittanceFile) -> None:
    found = read_remittance(remittance_text(file).encode())
    assert without_places(found) == file
    assert imbalances(found) == []
    require_balanced(found)


@given(files())
def test_one_cent_anywhere_unbalances(file: RemittanceFile) -> None:
    for changed in one_cent_changes(file):
        assert imbalances(changed)


def test_one_cent_in_the_text_unbalances() -> None:
    for changed in one_cent_changes(FILE):
        with pytest.raises(Refused, match="does not balance"):
            require_balanced(read_remittance(remittance_text(changed).encode()))


def in_file(*parts: RemitClaim) -> RemittanceFile:
    payment = replace(PAYMENT, claims=parts, provider_adjustments=(), amount=sum(claim.paid for claim in parts))
    return replace(FILE, payments=(payment,))


def test_the_refusal_names_level_place_equation_and_difference() -> None:
    line = replace(CLAIM_1.lines[0], paid=8100)
    file = in_file(replace(CLAIM_1, lines=(line, CLAIM_1.lines[1])))
    with pytest.raises(Refused) as refused:
        require_balanced(read_remittance(remittance_text(file).encode()), "june.835")
    assert refused.value.where == "june.835, segment 18 (SVC)"
    assert refused.value.what == (
        "The remittance does not balance at line level, claim 1001, line 1 (ZZ101): "
        "SVC02 125.50 - CAS 45.50 = SVC03 81.00 fails by 1.00. 1 more equation(s) fail."
    )


def test_a_line_and_its_claim_are_told_apart() -> None:
    assert [one.level for one in imbalances(in_file(replace(CLAIM_1, paid=7992)))] == ["claim"]
    found = imbalances(in_file(replace(CLAIM_1, charge=15657, paid=8093)))
    assert [(one.level, one.equation) for one in found] == [("claim", "SVC03 80.00 - CAS 0.07 = CLP04 80.93")]


def test_a_payment_names_its_trace() -> None:
    found = imbalances(replace(FILE, payments=(replace(PAYMENT, amount=4119),)))
    assert [(one.level, one.where, one.expected, one.found, one.difference) for one in found] == [
        ("transaction", "payment EFT77", 4118, 4119, 1)
    ]


def test_a_claim_without_lines_has_the_claim_equation_alone() -> None:
    alone = replace(CLAIM_1, lines=(), charge=8000, paid=7993)
    assert imbalances(in_file(alone)) == []
    assert [one.level for one in imbalances(in_file(replace(alone, charge=8001)))] == ["claim"]


def test_a_reversal_balances_with_turned_signs_and_has_no_patient_share() -> None:
    assert imbalances(in_file(REVERSAL)) == []
    assert patient_share_doubts(in_file(replace(REVERSAL, patient_responsibility=-1000))) == []


def test_negative_adjustments_and_added_lines_are_legal() -> None:
    bundled = RemitLine(0, "ZZ101", 5000, 9000, adjustments=(Adjustment("OA", "94", -4000),))
    taken = RemitLine(0, "ZZ102", 4000, 0, adjustments=(Adjustment("CO", "97", 4000),))
    added = RemitLine(0, "ZZ103", 0, 0)
    claim = replace(CLAIM_1, charge=9000, paid=9000, adjustments=(), lines=(bundled, taken, added))
    assert imbalances(in_file(claim)) == []


def test_interest_is_in_no_equation_but_the_provider_s() -> None:
    assert imbalances(in_file(replace(CLAIM_1, interest=999))) == []


def test_a_patient_share_that_differs_is_a_doubt_and_no_imbalance() -> None:
    file = in_file(replace(CLAIM_1, patient_responsibility=1999))
    assert imbalances(file) == []
    assert [(one.level, one.expected, one.found) for one in patient_share_doubts(file)] == [("patient", 2000, 1999)]
