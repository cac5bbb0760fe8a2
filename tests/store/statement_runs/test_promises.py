"""What a run promises, over many invented practices: sums, reasons, nothing twice, everything taken back exactly."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from sqlmodel import Session, select

from store.accounts.balances import account_balances
from store.accounts.holds import HoldKind, PlaceHold, standing_holds
from store.accounts.payments import TakePayment
from store.accounts.plans import MakePlan, MakePromise
from store.accounts.policy import SetPolicy
from store.accounts.why_owed import explanation, plain_lines
from store.errors import Refused
from store.remits.take_in import ImportRemittance
from store.statements.choosing import ExcludeAccount, IncludeAccount, VoidStatement
from store.statements.compose import Asked, compose
from store.statements.dunning import Situation, message_for, next_level
from store.statements.eligible import judge_all
from store.statements.files import run_through, send_through, statements_of, write_account, write_run
from store.statements.results import ReconcileRun, Result, read_results
from store.statements.runs import ApproveRun, CancelRun, ReviewRun, SelectRun, UnsendRun
from store.statements.sending import GenerateRun, SendRun
from store.statements.wording import SetTemplate, words_of
from store.tables import Claim, DunningMessage, Guarantor, PatientPolicy, Practice, StatementAccount, StatementRun
from tests.store.eras import era, pays
from tests.store.work.patients import owing
from tests.store.world import DAY, World, on

few = settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
KINDS = ("self-pay", "share", "pending", "denied", "credit", "held", "plan", "promise", "paid", "part")
accounts = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(100, 19_000)), min_size=1, max_size=5)
_days = iter(range(1, 100_000))


def answered(world: World, *whys: str) -> int:
    claim_id = world.sent()
    world.do(ImportRemittance("835", era(pays(world, claim_id, *whys), trace=f"T{claim_id}")))
    return world.get(Claim, claim_id).guarantor_id


def make(world: World, kind: str, cents: int) -> int:
    """An account of a kind; its id."""
    if kind == "share":
        return answered(world, f"PR-1 {cents}", "CO-16 3200")
    if kind == "pending":
        return world.get(Claim, world.sent()).guarantor_id
    if kind == "denied":
        return world.get(Claim, world.denied()[0]).guarantor_id
    if kind == "credit":
        return answered(world, f"PR-1 -{cents}", "")
    account = owing(world)
    if kind == "held":
        world.do(PlaceHold(account, list(HoldKind)[cents % len(HoldKind)], "letter"))
    elif kind == "plan":
        world.do(MakePlan(account, 22_700, 5_000, DAY + timedelta(days=5)))
    elif kind == "promise":
        world.do(MakePromise(account, cents, DAY + timedelta(days=5)))
    elif kind in {"paid", "part"}:
        world.do(TakePayment(account, 22_700 if kind == "paid" else cents, "cash"))
    return account


def selected(world: World) -> int:
    """A new run; its id.  Each has a day of its own, as one world serves many examples."""
    return int(str(world.do(SelectRun(DAY + timedelta(days=next(_days)))).result))


def sent(world: World) -> int:
    run_id = selected(world)
    for command in (ApproveRun(run_id), GenerateRun(run_id), SendRun(run_id)):
        world.do(command)
    return run_id


def standing(world: World) -> list[tuple[int, int, date | None]]:
    return [(row.id, row.dunning, row.last_statement_on) for row in world.all(Guarantor)]


@few
@given(kinds=accounts)
def test_the_statements_of_a_run_come_to_what_its_accounts_owe_and_no_pending_cent_is_in_them(
    world: World, kinds: list[tuple[str, int]]
) -> None:
    for kind, cents in kinds:
        make(world, kind, cents)
    run_id = selected(world)
    world.do(ApproveRun(run_id))
    world.do(GenerateRun(run_id))
    rows = world.all(StatementAccount, run_id=run_id, included=True)
    with Session(world.engine) as session:
        balances = account_balances(session, [row.guarantor_id for row in rows])
    statements = list(statements_of(world.owner, run_id))
    assert sum(one.amount_due for one in statements) == sum(one.patient_due for one in balances.values())
    for row, one in zip(rows, statements, strict=True):
        assert one.amount_due == balances[row.guarantor_id].patient_due == row.amount > 0
        assert sum(line.owes for visit in one.visits for line in visit.lines) == one.amount_due
        assert one.pending == balances[row.guarantor_id].insurance_pending
        assert one.credit == balances[row.guarantor_id].credit
    world.do(CancelRun(run_id))


@few
@given(kinds=accounts)
def test_each_account_has_one_reason_and_the_same_one_whenever_it_is_judged(
    world: World, kinds: list[tuple[str, int]]
) -> None:
    for kind, cents in kinds:
        make(world, kind, cents)
    with Session(world.engine) as session:
        first, second = judge_all(session, DAY), judge_all(session, DAY)
    assert first == second
    assert len({one.guarantor_id for one in first}) == len(first)
    assert all(one.reason for one in first)
    run_id = selected(world)
    rows = world.all(StatementAccount, run_id=run_id)
    assert [row.guarantor_id for row in rows] == [one.guarantor_id for one in first]
    assert {row.state for row in rows} <= {"ELIGIBLE", "HELD", "EXCLUDED"}
    assert all((row.state == "ELIGIBLE") == row.included for row in rows)
    world.do(CancelRun(run_id))


@few
@given(kinds=accounts, paid=st.integers(0, 2))
def test_unsending_restores_ageing_and_dunning_exactly(world: World, kinds: list[tuple[str, int]], paid: int) -> None:
    world.do(SetPolicy("level_ages", "0 0 0 0"))
    for kind, cents in kinds:
        make(world, kind, cents)
    for _ in range(paid):
        sent(world)
    before = standing(world)
    pages = [one.ageing for one in _pages(world)]
    run_id = sent(world)
    world.do(UnsendRun(run_id))
    assert standing(world) == before
    assert [one.ageing for one in _pages(world)] == pages
    assert world.faults() == []


def _pages(world: World) -> list:  # type: ignore[type-arg]
    """What would be sent on a day long after, made and dropped."""
    run_id = int(str(world.do(SelectRun(DAY + timedelta(days=300_000))).result))
    world.do(ApproveRun(run_id))
    world.do(GenerateRun(run_id))
    made = list(statements_of(world.owner, run_id))
    world.do(CancelRun(run_id))
    return made


# --- never twice --------------------------------------------------------------------------------------------------


def ready(world: World, count: int) -> int:
    for _ in range(count):
        owing(world)
    run_id = int(str(world.do(SelectRun(DAY)).result))
    world.do(ApproveRun(run_id))
    return run_id


@pytest.mark.parametrize("killed_after", range(1, 6))
def test_a_killed_run_goes_on_where_it_stopped_and_nobody_is_sent_twice(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, killed_after: int
) -> None:
    run_id = ready(world, 5)
    monkeypatch.setattr("store.statements.files.PART", 2)
    do, calls = world.owner.do, iter(range(1, 100))

    def killed(command: object, **how: object) -> object:
        if next(calls) > killed_after:
            raise KeyboardInterrupt
        return do(command, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(world.owner, "do", killed)
    with pytest.raises(KeyboardInterrupt):
        send_through(world.owner, run_id, tmp_path)
    monkeypatch.undo()
    reached = {row.guarantor_id for row in world.all(StatementAccount, state="SENT")}
    outcome = send_through(world.owner, run_id, tmp_path)
    assert [row.state for row in world.all(StatementAccount)] == ["SENT"] * 5
    assert [row.dunning for row in world.all(Guarantor)] == [1] * 5
    assert len(reached) <= 5
    assert len(PdfReader(outcome.files[0]).pages) == 5
    assert world.one(StatementRun).state == "SENT"
    assert world.faults() == []


def test_what_changed_between_generating_and_sending_is_looked_at_again(world: World) -> None:
    run_id = ready(world, 4)
    world.do(GenerateRun(run_id))
    held, part, paid, same = (row.guarantor_id for row in world.all(StatementAccount))
    world.do(PlaceHold(held, HoldKind.DISPUTE))
    world.do(TakePayment(part, 700, "cash"))
    world.do(TakePayment(paid, 22_700, "cash"))
    world.do(SendRun(run_id))
    rows = {row.guarantor_id: (row.state, row.amount) for row in world.all(StatementAccount)}
    assert rows == {held: ("HELD", 22_700), part: ("SENT", 22_000), paid: ("EXCLUDED", 0), same: ("SENT", 22_700)}
    assert [one.amount_due for one in statements_of(world.owner, run_id)] == [22_000, 22_700]
    reasons = {row.guarantor_id: row.reason for row in world.all(StatementAccount, included=False)}
    assert reasons == {held: "dispute (found before sending)", paid: "nothing due (found before sending)"}


# --- two persons, and a person's own choice -----------------------------------------------------------------------


def test_a_run_is_reviewed_and_approved_by_two_persons_where_the_practice_wants_it(world: World) -> None:
    world.do(SetPolicy("run_second_person", "yes"))
    owing(world)
    run_id = int(str(world.do(SelectRun(DAY)).result))
    with pytest.raises(Refused, match="reviewed first"):
        world.do(ApproveRun(run_id))
    world.do(ReviewRun(run_id))
    with pytest.raises(Refused, match="reviewed a run can't approve"):
        world.do(ApproveRun(run_id))
    world.who("collector").do(ApproveRun(run_id))


@pytest.mark.parametrize("state", ["SELECTED", "REVIEWED"])
def test_nothing_is_generated_before_it_is_approved_nor_sent_before_it_is_generated(world: World, state: str) -> None:
    owing(world)
    run_id = int(str(world.do(SelectRun(DAY)).result))
    if state == "REVIEWED":
        world.do(ReviewRun(run_id))
    for command in (GenerateRun(run_id), SendRun(run_id)):
        with pytest.raises(Refused, match=f"is {state}"):
            world.do(command)


def test_a_person_takes_an_account_in_or_leaves_it_out_with_a_reason_but_not_against_a_firm_one(world: World) -> None:
    soft, firm, other = owing(world), owing(world), owing(world)
    world.do(MakePromise(soft, 5_000, DAY + timedelta(days=5)))
    world.do(PlaceHold(firm, HoldKind.BANKRUPTCY))
    run_id = int(str(world.do(SelectRun(DAY)).result))
    rows = {row.guarantor_id: row.id for row in world.all(StatementAccount)}
    world.do(IncludeAccount(rows[soft], "asked for a copy"))
    world.do(ExcludeAccount(rows[other], "comes in tomorrow"))
    with pytest.raises(Refused, match="bankruptcy"):
        world.do(IncludeAccount(rows[firm], "try"))
    world.do(ApproveRun(run_id))
    with pytest.raises(Refused, match="nobody is taken in any more"):
        world.do(IncludeAccount(rows[other], "after all"))
    world.do(GenerateRun(run_id))
    world.do(SendRun(run_id))
    said = {row.guarantor_id: (row.state, row.reason) for row in world.all(StatementAccount)}
    assert said == {
        soft: ("SENT", "taken in: asked for a copy"),
        firm: ("HELD", "bankruptcy"),
        other: ("EXCLUDED", "left out: comes in tomorrow"),
    }


# --- the mail -----------------------------------------------------------------------------------------------------


def test_what_came_back_holds_the_address_and_its_level_never_rose(world: World, tmp_path: Path) -> None:
    run_id = ready(world, 3)
    world.do(GenerateRun(run_id))
    world.do(SendRun(run_id))
    back, good, late = (row.guarantor_id for row in world.all(StatementAccount))
    numbers = [f"{run_id}-{world.get(Guarantor, one).number}" for one in (back, good)]
    file = tmp_path / "vendor.csv"
    file.write_text(f"statement,result,detail\n{numbers[0]},returned,moved\n{numbers[1]},delivered,\n")
    results = read_results(file)
    world.do(ReconcileRun(run_id, results))
    states = {row.guarantor_id: row.state for row in world.all(StatementAccount)}
    assert states == {back: "RETURNED", good: "DELIVERED", late: "SENT"}
    assert [world.get(Guarantor, one).dunning for one in (back, good, late)] == [0, 1, 1]
    with Session(world.engine) as session:
        assert standing_holds(session, [back], DAY)[back][0].words == "returned mail: moved"
    once = world.dump()
    world.do(ReconcileRun(run_id, results))
    assert world.dump() == once
    world.do(ReconcileRun(run_id, (), rest_delivered=True))
    assert world.one(StatementRun).state == "RECONCILED"
    with pytest.raises(Refused, match="RECONCILED"):
        world.do(UnsendRun(run_id))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("statement,result\n9-A1,lost\n", "line 2"),
        ("number,result\n1,delivered\n", "are missing"),
        ("statement,result\n", "no rows"),
    ],
)
def test_a_vendor_s_file_that_is_not_one_is_refused_with_its_place(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "vendor.csv"
    path.write_text(text)
    with pytest.raises(Refused, match=words):
        read_results(path)


def test_a_row_of_another_run_changes_nothing_at_all(world: World) -> None:
    run_id = ready(world, 1)
    world.do(GenerateRun(run_id))
    world.do(SendRun(run_id))
    before = world.dump(everything=True)
    with pytest.raises(Refused, match="no statement '99-A1'"):
        world.do(ReconcileRun(run_id, (Result("99-A1", "delivered"),)))
    assert world.dump(everything=True) == before


def test_a_statement_that_is_voided_leaves_its_account_as_it_was(world: World) -> None:
    run_id = ready(world, 1)
    before = standing(world)
    world.do(GenerateRun(run_id))
    world.do(SendRun(run_id))
    world.do(VoidStatement(world.one(StatementAccount).id, "printed twice"))
    assert standing(world) == before


# --- the ladder ---------------------------------------------------------------------------------------------------


@given(
    dunning=st.integers(0, 4),
    delivered=st.booleans(),
    age=st.integers(0, 400),
    gaps=st.tuples(*[st.integers(0, 60)] * 4),
)
def test_a_level_rises_by_one_at_most_and_never_when_nothing_was_delivered(
    dunning: int, delivered: bool, age: int, gaps: tuple[int, ...]
) -> None:
    ages = [sum(gaps[: place + 1]) for place in range(4)]
    policy = PatientPolicy(level_ages=" ".join(map(str, ages)))
    level = next_level(policy, dunning, delivered, age)
    assert 1 <= level <= max(1, min(4, dunning + 1))
    if not delivered:
        assert level <= max(1, dunning)
    if level > 1:
        assert age >= ages[level - 1]


def test_the_most_specific_message_wins() -> None:
    def said(text: str, *, age: int = 0, plan: str = "", insurance: str = "") -> DunningMessage:
        return DunningMessage(
            id=len(text), level=2, language="en", min_age=age, plan=plan, insurance=insurance, text=text
        )

    ladder = [said("any"), said("old", age=60), said("missed plan", plan="missed"),
              said("old and missed", age=60, plan="missed"), said("older", age=90)]  # fmt: skip
    for situation, expected in (
        (Situation(10), "any"),
        (Situation(60), "old"),
        (Situation(90), "older"),
        (Situation(10, "missed"), "missed plan"),
        (Situation(95, "missed"), "old and missed"),
    ):
        assert message_for(ladder, 2, situation) == expected
    assert message_for(ladder, 3, Situation(90)) == ""
    assert message_for(ladder, 2, Situation(90, language="es")) == ""


def test_a_qualifying_payment_starts_the_ladder_anew_and_it_is_evaluated_at_send(world: World) -> None:
    world.do(SetPolicy("level_ages", "0 0 0 0"))
    account = owing(world)
    for day in (0, 30):
        with on(DAY + timedelta(days=day)):
            run_through_dates(world, DAY + timedelta(days=day))
    assert world.get(Guarantor, account).dunning == 2
    run_id = int(str(world.do(SelectRun(DAY + timedelta(days=60))).result))
    world.do(ApproveRun(run_id))
    world.do(GenerateRun(run_id))
    world.do(TakePayment(account, 10_000, "card"))
    world.do(SendRun(run_id))
    assert world.get(Guarantor, account).dunning == 1


def run_through_dates(world: World, day: date) -> None:
    run_id = int(str(world.do(SelectRun(day)).result))
    for command in (ApproveRun(run_id), GenerateRun(run_id), SendRun(run_id)):
        world.do(command)


def test_a_service_is_called_as_the_practice_calls_it_in_the_guarantor_s_language(world: World) -> None:
    account = owing(world)
    world.do(SetTemplate("es", "services.G0438", "Consulta anual"))
    with pytest.raises(Refused, match="not in the fee schedule"):
        world.do(SetTemplate("es", "services.X1", "Nada"))
    for language, called, other in (("en", "Ppps, initial visit", "Consulta anual"), ("es", "Consulta anual", "Ppps")):
        world.sql("UPDATE guarantor SET language=:l", l=language)
        with world.owner.reading() as session:
            guarantor, practice = session.get_one(Guarantor, account), session.exec(select(Practice)).one()
            made = compose(session, practice, Asked(guarantor, "1-A", DAY), words=words_of(session))
            told = " ".join(plain_lines(explanation(session, account)))
        for text in (told, " ".join(line.description for visit in made.visits for line in visit.lines)):
            assert called in text
            assert other not in text


def test_office_hours_stand_in_the_language_of_the_statement_or_not_at_all(world: World) -> None:
    account = owing(world)
    world.sql("UPDATE practice SET hours='Monday to Friday, 8 to 5'")

    def hours(language: str) -> str:
        world.sql("UPDATE guarantor SET language=:l", l=language)
        with world.owner.reading() as session:
            guarantor, practice = session.get_one(Guarantor, account), session.exec(select(Practice)).one()
            return compose(session, practice, Asked(guarantor, "1-A", DAY), words=words_of(session)).practice.hours

    assert (hours("en"), hours("es")) == ("Monday to Friday, 8 to 5", "")
    with pytest.raises(Refused, match="longer than 80"):
        world.do(SetTemplate("es", "hours", "w" * 81))
    world.do(SetTemplate("es", "hours", "De lunes a viernes, de 8 a 5"))
    world.do(SetTemplate("en", "hours", "Weekdays, 8 to 5"))
    assert (hours("en"), hours("es")) == ("Weekdays, 8 to 5", "De lunes a viernes, de 8 a 5")


# --- the picture --------------------------------------------------------------------------------------------------


def test_a_page_is_the_same_picture_years_later_whatever_the_practice_says_by_then(
    world: World, tmp_path: Path
) -> None:
    owing(world)
    world.do(SetTemplate("en", "levels.1", "Thank you for coming to us. Call {phone} with any question."))
    first = run_through(world.owner, DAY, tmp_path / "then").files
    run_id = world.one(StatementRun).id
    with on(date(2033, 5, 1)):
        world.do(SetTemplate("en", "levels.1", "Other words."))
        world.do(SetTemplate("en", "title", "Bill"))
        world.sql("UPDATE guarantor SET line1='9 Oak Rd', last='Other'")
        world.sql("UPDATE practice SET name='Renamed'")
        later = write_run(world.owner, run_id, tmp_path / "later")
        pdf, text = write_account(world.owner, run_id, world.one(Guarantor).number, tmp_path / "one")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in later]
    assert pdf.read_bytes() == first[0].read_bytes()
    assert "Thank you for coming to us. Call (316) 555-0100" in " ".join(text.read_text().split())
