"""Money from patients: on the oldest visit first, never lost, deposited as posted, back only by two persons."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from sqlmodel import Session

from store.accounts.balances import Balance, account_balance
from store.accounts.papers import PrintPaper
from store.accounts.payments import ApplyCredit, CloseDay, TakePayment, VoidPayment
from store.accounts.refunds import ApproveRefund, AskRefund, IssueRefund
from store.errors import NotAllowed, Refused
from store.remits.take_in import ImportRemittance
from store.tables import Claim, DayClose, Guarantor, Patient, PatientPayment, Posting, WorkItem
from tests.store.eras import era, pays
from tests.store.work.patients import asked, credit_and_debt, credited, owing
from tests.store.world import DAY, World, person


def balance(world: World, account: int) -> Balance:
    with Session(world.engine) as session:
        return account_balance(session, account)


def second_visit(world: World, account: int) -> None:
    patient = world.one(Patient, guarantor_id=account)
    world.code(world.encounter(patient=person(patient.source_id), day=DAY - timedelta(days=1)))


def test_a_payment_goes_to_the_oldest_visit_first_and_the_rest_is_a_credit_apart(world: World) -> None:
    account = owing(world)
    second_visit(world, account)
    world.do(TakePayment(account, 30_000, "check", "1042"))
    paid = world.sql(
        "SELECT sum(cents) FROM posting WHERE book='patient-cash' AND encounter_id IS NOT NULL "
        "GROUP BY encounter_id ORDER BY encounter_id"
    )
    assert [row[0] for row in paid] == [22_700, 7_300]
    assert balance(world, account) == Balance(15_400, 0, 0, 0)
    world.do(TakePayment(account, 20_000, "cash"))
    assert balance(world, account) == Balance(0, 0, 4_600, 0)
    assert world.item("statements", account).open is False
    assert world.faults() == []


def test_a_credit_is_never_netted_against_what_another_visit_owes(world: World) -> None:
    account = credit_and_debt(world)
    assert balance(world, account) == Balance(22_700, 0, 5_000, 0)
    world.do(ApplyCredit(account))
    assert balance(world, account) == Balance(17_700, 0, 0, 0)
    assert world.faults() == []


def test_money_of_a_payer_is_not_put_on_another_visit(world: World) -> None:
    claim_id = world.sent()
    world.do(ImportRemittance("835", era(pays(world, claim_id, "PR-1 -2000", ""))))
    account = world.get(Claim, claim_id).guarantor_id
    second_visit(world, account)
    assert balance(world, account).credit == 2_000
    with pytest.raises(Refused, match="no money of its own"):
        world.do(ApplyCredit(account))


def test_a_voided_payment_leaves_everything_as_it_was(world: World) -> None:
    account = owing(world)
    before = balance(world, account)
    payment = int(str(world.do(TakePayment(account, 30_000, "check")).result))
    world.do(VoidPayment(payment, "bounced"))
    assert balance(world, account) == before
    assert sum(row.cents for row in world.all(Posting, book="patient-cash")) == 0
    with pytest.raises(Refused, match="already"):
        world.do(VoidPayment(payment, "bounced"))
    assert world.faults() == []


def test_a_payment_that_was_moved_since_is_not_voided_under_it(world: World) -> None:
    account = credit_and_debt(world)
    world.do(ApplyCredit(account))
    before = world.dump(everything=True)
    with pytest.raises(Refused, match="moved or given back"):
        world.do(VoidPayment(world.one(PatientPayment).id, "bounced"))
    assert world.dump(everything=True) == before


@pytest.mark.parametrize(("cents", "level"), [(4_539, 2), (4_540, 0)])
def test_a_payment_of_a_fifth_starts_dunning_anew(world: World, cents: int, level: int) -> None:
    account = owing(world)
    world.sql("UPDATE guarantor SET dunning=2")
    world.do(TakePayment(account, cents, "cash"))
    assert world.get(Guarantor, account).dunning == level


def test_the_day_closes_only_when_what_is_deposited_is_what_was_posted(world: World) -> None:
    account = owing(world)
    world.do(TakePayment(account, 5_000, "cash"))
    world.do(TakePayment(account, 2_000, "check", "1042"))
    wrong = int(str(world.do(TakePayment(account, 900, "cash")).result))
    world.do(VoidPayment(wrong, "typed twice"))
    world.who("biller").do(TakePayment(account, 100, "cash"))
    with pytest.raises(Refused, match=r"Counted \$49.00 of cash, posted \$50.00: off by -\$1.00"):
        world.do(CloseDay(4_900, 2_000))
    assert world.all(DayClose) == []
    world.do(CloseDay(5_000, 2_000))
    assert (world.one(DayClose).payments, world.one(DayClose).cash) == (4, 5_000)
    with pytest.raises(Refused, match="since the last close"):
        world.do(CloseDay(0))
    with pytest.raises(Exception, match="patient_payment is append-only"):
        world.sql("UPDATE patient_payment SET cents=1")


def test_money_goes_back_by_two_persons_and_a_check(world: World) -> None:
    refund = asked(world)
    account = world.one(Guarantor).id
    with pytest.raises(NotAllowed):
        world.who("biller").do(ApproveRefund(refund))
    with pytest.raises(Refused, match="ASKED"):
        world.do(IssueRefund(refund, "2001"))
    world.who("supervisor").do(ApproveRefund(refund))
    assert balance(world, account).credit == 5_000
    world.who("biller").do(IssueRefund(refund, "2001"))
    assert balance(world, account) == Balance()
    assert world.one(WorkItem, queue="refunds").open is False
    assert world.faults() == []


def test_who_asked_for_a_refund_does_not_approve_it_whatever_the_role(world: World) -> None:
    account = credited(world)
    supervisor = world.who("supervisor")
    refund = int(str(supervisor.do(AskRefund(account, 5_000, "paid twice")).result))
    with pytest.raises(NotAllowed, match="asked for a refund can't decide"):
        supervisor.do(ApproveRefund(refund))


def test_nothing_goes_back_while_something_is_owed(world: World) -> None:
    account = credit_and_debt(world)
    with pytest.raises(Refused, match="on other visits"):
        world.do(AskRefund(account, 5_000, "paid twice"))
    with pytest.raises(Refused, match=r"\$50.00 can go back"):
        world.do(AskRefund(account, 5_001, "paid twice"))


def test_a_receipt_is_a_page_and_a_text(world: World, tmp_path: Path) -> None:
    account = owing(world)
    world.do(TakePayment(account, 5_000, "check", "1042"))
    pdf, text = (Path(name) for name in world.do(PrintPaper(account, "receipt", tmp_path)).result)  # type: ignore[attr-defined]
    page = PdfReader(pdf).pages[0].extract_text()
    for told in (page, text.read_text()):
        assert "R10001" in told
        assert "$50.00" in told
        assert "177.00" in told


MOVES = st.lists(
    st.tuples(st.sampled_from(("pay", "void", "visit", "apply", "refund")), st.integers(1, 40_000)), max_size=8
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=MOVES)
def test_whatever_is_paid_moved_taken_back_and_refunded_every_cent_is_somewhere(
    world: World, moves: list[tuple[str, int]]
) -> None:
    account = owing(world)
    charged, given_back = 22_700, 0
    for what, cents in moves:
        try:
            if what == "pay":
                world.do(TakePayment(account, cents, "cash"))
            elif what == "visit":
                second_visit(world, account)
                charged += 22_700
            elif what == "apply":
                world.do(ApplyCredit(account))
            elif what == "void":
                world.do(VoidPayment(world.all(PatientPayment, guarantor_id=account)[cents % 3].id, "slip"))
            else:
                refund = int(str(world.who("biller").do(AskRefund(account, cents, "twice")).result))
                world.do(ApproveRefund(refund))
                world.do(IssueRefund(refund, "1"))
                given_back += cents
        except (Refused, IndexError):
            continue
    paid = sum(row.cents for row in world.all(PatientPayment, guarantor_id=account))
    now = balance(world, account)
    assert now.patient_due - now.credit == charged - paid + given_back
    assert min(now.patient_due, now.credit) >= 0
    assert world.faults() == []
