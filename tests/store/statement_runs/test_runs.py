"""Statement runs: who is in and why not, once a date, sums that are the books', and all of it taken back exactly."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from store.accounts.holds import HoldKind, PlaceHold
from store.accounts.plans import MakePlan, MakePromise
from store.accounts.policy import SetPolicy
from store.errors import NotFound, Refused
from store.jobs import SendStatements
from store.remits.take_in import ImportRemittance
from store.statements.eligible import IN, judge_all
from store.statements.estimates import GiveEstimate
from store.statements.files import run_through, statements_of, write_run
from store.statements.preview import preview
from store.statements.run_queue import run_record
from store.statements.runs import ApproveRun, CancelRun, SelectRun, UnsendRun
from store.statements.sending import GenerateRun, SendRun
from store.tables import Claim, Encounter, Guarantor, Patient, StatementAccount, StatementRun
from store.work.progress import Stopped, listening
from tests.store.eras import era, pays
from tests.store.world import DAY, World

LATER = DAY + timedelta(days=30)


def self_pay(world: World, **other: Any) -> int:
    """An account that owes $227.00; its id."""
    encounter_id = world.encounter(**other)
    world.code(encounter_id)
    return world.get(Patient, world.get(Encounter, encounter_id).patient_id).guarantor_id


def share(world: World, *whys: str) -> int:
    """An account whose payer answered a claim so; its id."""
    claim_id = world.sent()
    world.do(ImportRemittance("835", era(pays(world, claim_id, *whys))))
    return world.get(Claim, claim_id).guarantor_id


def select(world: World, on: date = DAY) -> int:
    return int(str(world.do(SelectRun(on)).result))


def generated(world: World, on: date = DAY) -> int:
    run_id = select(world, on)
    world.do(ApproveRun(run_id))
    world.do(GenerateRun(run_id))
    return run_id


def sent(world: World, on: date = DAY) -> int:
    run_id = generated(world, on)
    world.do(SendRun(run_id))
    return run_id


def reasons(world: World, run_id: int) -> dict[int, tuple[bool, str]]:
    return {row.guarantor_id: (row.included, row.reason) for row in world.all(StatementAccount, run_id=run_id)}


def set_account(world: World, account: int, **values: Any) -> None:
    for name, value in values.items():
        world.sql(f"UPDATE guarantor SET {name}=:v WHERE id=:id", v=value, id=account)


def hold(kind: HoldKind) -> Callable[[World, int], None]:
    def held(world: World, account: int) -> None:
        world.do(PlaceHold(account, kind, "letter of May"))

    return held


def estimate(world: World, account: int) -> None:
    patient = world.one(Patient, guarantor_id=account).id
    provider = world.all(Encounter, patient_id=patient)[0].provider_id
    world.do(SetPolicy("gfe_over", "10000"))
    world.do(GiveEstimate(patient, provider, 5_000, date(2026, 3, 1), date(2026, 3, 31)))


def plan(world: World, account: int) -> None:
    world.do(MakePlan(account, 22_700, 5_000, DAY + timedelta(days=10)))


def promise(world: World, account: int) -> None:
    world.do(MakePromise(account, 5_000, DAY + timedelta(days=5)))


def setting(name: str, value: Any) -> Callable[[World, int], None]:
    return lambda world, account: set_account(world, account, **{name: value})


def minimum(world: World, _account: int) -> None:
    world.sql("UPDATE practice SET minimum_statement_cents=30000")


# Each later fault is hidden by each earlier one: the order is fixed.
FAULTS: tuple[tuple[str, Callable[[World, int], None]], ...] = (
    ("deceased: letter of May", hold(HoldKind.DECEASED)),
    ("bankruptcy: letter of May", hold(HoldKind.BANKRUPTCY)),
    ("attorney: letter of May", hold(HoldKind.ATTORNEY)),
    ("QMB: letter of May", hold(HoldKind.QMB)),
    ("Medicaid: letter of May", hold(HoldKind.MEDICAID)),
    ("workers' compensation: letter of May", hold(HoldKind.COMP)),
    ("auto accident: letter of May", hold(HoldKind.AUTO)),
    ("dispute: letter of May", hold(HoldKind.DISPUTE)),
    ("estimate dispute: letter of May", hold(HoldKind.GFE)),
    ("bill is $177.00 over the estimate", estimate),
    ("on hold: letter of May", hold(HoldKind.OTHER)),
    ("charity pending: letter of May", hold(HoldKind.CHARITY)),
    ("plan current", plan),
    ("promise open until 2026-03-14", promise),
    ("new insurance: letter of May", hold(HoldKind.NEW_INSURANCE)),
    ("under the minimum of $300.00", minimum),
    ("too soon: sent on 2026-03-01", setting("last_statement_on", "2026-03-01")),
    ("final notice was sent: for review", setting("dunning", 4)),
    ("returned mail: letter of May", hold(HoldKind.RETURNED_MAIL)),
    ("address is not complete", setting("city", "")),
)


@pytest.mark.parametrize("first", range(len(FAULTS)))
def test_the_first_reason_in_the_fixed_order_is_the_one_that_is_told(world: World, first: int) -> None:
    account = self_pay(world)
    for _, make in reversed(FAULTS[first:]):
        make(world, account)
    assert reasons(world, select(world)) == {account: (False, FAULTS[first][0])}


def test_without_a_fault_an_account_is_in(world: World) -> None:
    account = self_pay(world)
    assert reasons(world, select(world)) == {account: (True, IN)}


@pytest.mark.parametrize(("cents", "inside"), [(499, False), (500, True)])
def test_what_is_under_the_minimum_waits(world: World, cents: int, inside: bool) -> None:
    account = share(world, f"PR-1 {cents}", "")
    found = reasons(world, select(world))[account]
    assert found == (inside, IN if inside else "under the minimum of $5.00")


def test_a_credit_gets_no_statement(world: World) -> None:
    account = share(world, "PR-1 -2000", "")
    assert reasons(world, select(world)) == {account: (False, "credit")}


def test_a_credit_beside_money_that_waits_for_insurance_waits_too(world: World) -> None:
    account = share(world, "PR-1 -2000,CO-16 2000", "")
    assert reasons(world, select(world)) == {account: (False, "insurance pending")}


def test_what_waits_for_insurance_is_in_no_statement(world: World) -> None:
    world.sent()
    world.denied()
    owing = share(world, "PR-1 2000", "CO-16 3200")
    run_id = sent(world)
    assert reasons(world, run_id) == {owing: (True, IN)}
    (statement,) = statements_of(world.owner, run_id)
    assert (statement.amount_due, statement.pending) == (2_000, 3_200)


def test_each_account_has_exactly_one_reason_and_the_preview_says_the_same(world: World) -> None:
    accounts = [self_pay(world), share(world, "PR-1 100", ""), share(world, "PR-2 700", "")]
    world.do(PlaceHold(accounts[0], HoldKind.ATTORNEY))
    with world.owner.reading() as session:
        told = preview(session, DAY)
        judged = judge_all(session, DAY)
    found = reasons(world, select(world))
    assert [(row["included"], row["reason"]) for row in told] == list(found.values())
    assert [one.guarantor_id for one in judged] == sorted(accounts)
    assert all(reason for _, reason in found.values())


@pytest.mark.parametrize(("days", "inside"), [(29, False), (30, True)])
def test_the_next_statement_waits_for_the_cycle(world: World, days: int, inside: bool) -> None:
    account = self_pay(world)
    sent(world)
    included, reason = reasons(world, select(world, DAY + timedelta(days=days)))[account]
    assert (included, reason) == (inside, IN if inside else "too soon: sent on 2026-03-09")


# --- one run ------------------------------------------------------------------------------------------------------


def test_the_sum_of_a_run_is_what_its_accounts_owe(world: World) -> None:
    accounts = [self_pay(world), share(world, "PR-1 2000", "PR-2 300"), share(world, "PR-1 100", "")]
    run_id = generated(world)
    inside = world.all(StatementAccount, run_id=run_id, included=True)
    assert [row.guarantor_id for row in inside] == accounts[:2]
    placed = ",".join(str(row.guarantor_id) for row in inside)
    owed = world.sql(f"SELECT sum(cents) FROM posting WHERE book='patient' AND guarantor_id IN ({placed})")[0][0]
    statements = list(statements_of(world.owner, run_id))
    assert sum(row.amount for row in inside) == sum(one.amount_due for one in statements) == owed == 25_000
    assert [one.number for one in statements] == [f"{run_id}-{world.get(Guarantor, a).number}" for a in accounts[:2]]
    with world.owner.reading() as session:
        assert "2 statements, $250.00   1 account out" in run_record(session, run_id).headline
        with pytest.raises(NotFound):
            run_record(session, 99)


def test_the_same_date_is_the_same_run(world: World) -> None:
    self_pay(world)
    run_id = select(world)
    before = world.dump()
    assert select(world) == run_id
    assert world.dump() == before
    with pytest.raises(Refused):
        world.do(SendRun(run_id))


def test_an_account_that_no_longer_qualifies_falls_out_before_its_page_is_made(world: World) -> None:
    first, second = self_pay(world), self_pay(world)
    run_id = select(world)
    world.do(ApproveRun(run_id))
    world.do(PlaceHold(first, HoldKind.ATTORNEY))
    world.do(GenerateRun(run_id))
    assert reasons(world, run_id) == {first: (False, "attorney"), second: (True, IN)}
    world.do(SendRun(run_id))
    assert [world.get(Guarantor, one).dunning for one in (first, second)] == [0, 1]


def test_an_account_whose_page_can_not_be_made_does_not_stop_the_others(world: World) -> None:
    odd, good = self_pay(world), self_pay(world)
    set_account(world, odd, line1="x" * 70)
    run_id = sent(world)
    found = reasons(world, run_id)
    assert found[good] == (True, IN)
    assert found[odd][0] is False
    assert "no page can be made: The guarantor's mailing address is longer" in found[odd][1]
    assert len(list(statements_of(world.owner, run_id))) == 1


def test_sending_moves_dunning_and_dates_on_by_one(world: World) -> None:
    account = self_pay(world)
    for level, day in enumerate((DAY, DAY + timedelta(days=30), DAY + timedelta(days=60)), 1):
        sent(world, day)
        guarantor = world.get(Guarantor, account)
        assert (guarantor.dunning, guarantor.last_statement_on) == (level, day)


# --- and back -----------------------------------------------------------------------------------------------------


def standing(world: World) -> list[tuple[int, date | None]]:
    return [(row.dunning, row.last_statement_on) for row in world.all(Guarantor)]


def test_unsending_restores_dunning_and_dates_exactly_and_frees_the_date(world: World) -> None:
    self_pay(world)
    sent(world)
    self_pay(world)
    before = standing(world)
    run_id = sent(world, LATER)
    assert standing(world) != before
    world.do(UnsendRun(run_id))
    assert standing(world) == before
    again = sent(world, LATER)
    assert again != run_id
    with pytest.raises(Refused, match="UNSENT"):
        world.do(SendRun(run_id))
    assert world.faults() == []


def test_unsending_restores_what_was_before_the_pages_were_made_and_not_before_the_selection(world: World) -> None:
    self_pay(world)
    early = select(world, LATER)
    sent(world, DAY)
    before = standing(world)
    world.do(ApproveRun(early))
    world.do(GenerateRun(early))
    world.do(SendRun(early))
    world.do(UnsendRun(early))
    assert standing(world) == before


def test_a_run_is_not_unsent_under_a_later_one(world: World) -> None:
    self_pay(world)
    first, second = sent(world), sent(world, LATER)
    with pytest.raises(Refused, match="later run"):
        world.do(UnsendRun(first))
    world.do(UnsendRun(second))
    world.do(UnsendRun(first))
    assert standing(world) == [(0, None)]


def test_two_runs_that_were_prepared_side_by_side_do_not_both_send_to_an_account(world: World) -> None:
    account = self_pay(world)
    first, second = generated(world), generated(world, DAY + timedelta(days=1))
    world.do(SendRun(first))
    before = standing(world)
    world.do(SendRun(second))
    assert standing(world) == before
    assert reasons(world, second) == {account: (False, "too soon: sent on 2026-03-09 (found before sending)")}
    assert list(statements_of(world.owner, second)) == []


@pytest.mark.parametrize("prepare", [select, generated])
def test_a_cancelled_run_frees_its_date(world: World, prepare: Callable[[World], int]) -> None:
    self_pay(world)
    run_id = prepare(world)
    world.do(CancelRun(run_id))
    assert select(world) != run_id
    assert standing(world) == [(0, None)]


def test_what_is_sent_is_not_cancelled_and_what_is_not_sent_is_not_unsent(world: World) -> None:
    self_pay(world)
    with pytest.raises(Refused):
        world.do(UnsendRun(generated(world)))
    with pytest.raises(Refused):
        world.do(CancelRun(sent(world, LATER)))


# --- files --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("killed_at", ["GenerateRun", "write_pdf", "write_json_lines", "SendRun"])
def test_a_run_that_is_killed_between_its_steps_goes_on_where_it_was(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, killed_at: str
) -> None:
    self_pay(world)
    share(world, "PR-1 2000", "")

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(f"store.statements.files.{killed_at}", killed)
    with pytest.raises(KeyboardInterrupt):
        run_through(world.owner, DAY, tmp_path)
    monkeypatch.undo()
    outcome = run_through(world.owner, DAY, tmp_path)
    assert world.one(StatementRun).state == "SENT"
    assert [row.dunning for row in world.all(Guarantor)] == [1, 1]
    assert all(path.stat().st_size for path in outcome.files)
    assert len(list(tmp_path.iterdir())) == 3
    assert world.faults() == []


@pytest.mark.parametrize("at", ["accounts", "pages made", "sent", "pages printed", "for the vendor"])
def test_a_run_that_is_stopped_says_what_is_kept_and_goes_on_where_it_stopped(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    accounts = [self_pay(world) for _ in range(3)]
    monkeypatch.setattr("store.statements.files.PART", 1)

    def stop(done: int, _total: int, what: str) -> None:
        told.append((what, done))
        if what == at and done >= (1 if at in {"pages made", "sent"} else 0):
            raise Stopped

    told: list[tuple[str, int]] = []
    with listening(stop), pytest.raises(Stopped) as stopped:
        world.do(SendStatements(DAY, tmp_path))
    kept = "Nothing of it was kept" if at == "accounts" else "goes on where it stopped, and nothing goes out twice"
    assert kept in str(stopped.value)
    levels = [row.dunning for row in world.all(Guarantor)]
    assert levels == {"sent": [1, 0, 0]}.get(at, [1] * 3 if at in {"pages printed", "for the vendor"} else [0] * 3)
    world.do(SendStatements(DAY, tmp_path))
    assert [row.dunning for row in world.all(Guarantor)] == [1] * len(accounts)
    assert len(list(tmp_path.iterdir())) == 3
    assert len(list(statements_of(world.owner, world.one(StatementRun).id))) == 3


def test_running_again_sends_nothing_again_and_writes_only_what_is_missing(world: World, tmp_path: Path) -> None:
    self_pay(world)
    pdf, vendor, _ = run_through(world.owner, DAY, tmp_path).files
    first = pdf.read_bytes(), vendor.read_bytes()
    pdf.unlink()
    before = standing(world)
    outcome = run_through(world.owner, DAY, tmp_path)
    assert "nothing was sent again" in outcome.said
    assert standing(world) == before
    assert (pdf.read_bytes(), vendor.read_bytes()) == first


def test_every_included_account_has_its_page_with_its_amount(world: World, tmp_path: Path) -> None:
    self_pay(world)
    share(world, "PR-1 2000", "PR-2 300")
    pdf, vendor, _ = run_through(world.owner, DAY, tmp_path).files
    pages = [page.extract_text() for page in PdfReader(pdf).pages]
    assert len(pages) == 2
    for page, account, amount in zip(pages, world.all(Guarantor), ("227.00", "23.00"), strict=True):
        assert account.number in page
        assert f"${amount}" in page
    assert pdf.stat().st_mode & 0o077 == vendor.stat().st_mode & 0o077 == 0


def test_a_run_without_pages_writes_no_file(world: World, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        write_run(world.owner, 99, tmp_path)
    self_pay(world)
    with pytest.raises(Refused, match="it has no pages"):
        write_run(world.owner, select(world), tmp_path)
    assert list(tmp_path.iterdir()) == []
