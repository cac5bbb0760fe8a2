"""A statement whose sums do not hold is never made into a page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.errors import Refused
from store.statements.stored import from_json, to_json
from store.statements.values import Ageing, Line, Statement
from tests.store.statements.samples import JOSE, PRACTICE, credit_visit, pending_visit, service, statement, visit


def test_a_statement_that_adds_up_is_accepted() -> None:
    statement(visit(), pending_visit(), credit_visit(), credit=2500).check()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (replace(statement(), amount_due=8421, ageing=Ageing(8421)), "amount due is not what the visits owe"),
        (replace(statement(), ageing=Ageing(8419)), "ageing is not the amount due"),
        (replace(statement(), ageing=Ageing(8520, -100)), "below zero"),
        (replace(statement(), credit=-1), "below zero"),
        (statement(credit_visit(), credit=2499), "more credit than the account"),
        (statement(visit(5, Line("Visit", 100, owes=99, reason="Copay"))), "does not add up"),
        (statement(visit(5, Line("Visit", 100, pending=200, insurance_paid=-100))), "below zero"),
        (statement(visit(5, Line("Visit", 100, owes=100))), "without a reason"),
        (statement(visit(5, Line(" ", 100, 100))), "description is empty"),
        (statement(visit(5, Line("x" * 301, 100, 100))), "longer than 300"),
        (statement(visit(patient="")), "first name is empty"),
        (statement(visit(5, service(owes=10**10))), "too large for the scan line"),
        (replace(statement(), visits=(replace(visit(), lines=()),), amount_due=0, ageing=Ageing()), "no line"),
        (replace(statement(), account="A 1"), "scan line"),
        (replace(statement(), account="ABCDEFGHIJKLM"), "scan line"),
        (replace(statement(), account="---"), "scan line"),
        (replace(statement(), number="no/slash"), "statement number"),
        (replace(statement(), level=5), "dunning level 5"),
        (replace(statement(), due_date=date(2026, 11, 19)), "before the statement date"),
        (replace(statement(), guarantor=replace(JOSE, address=())), "has 0 lines"),
        (replace(statement(), guarantor=replace(JOSE, address=("a",) * 7)), "has 7 lines"),
        (replace(statement(), practice=replace(PRACTICE, name="")), "name is empty"),
    ],
)
def test_what_does_not_hold_is_refused_with_its_place(wrong: Statement, says: str) -> None:
    with pytest.raises(Refused, match=says) as refused:
        wrong.check()
    assert refused.value.where.startswith("statement ")


def test_pending_money_is_never_in_the_amount_due() -> None:
    both = statement(visit(), pending_visit())
    assert (both.amount_due, both.pending) == (8420, 14000)
    with pytest.raises(Refused, match="amount due"):
        replace(both, amount_due=8420 + 14000, ageing=Ageing(8420 + 14000)).check()


amounts = st.integers(min_value=0, max_value=10**7)


@given(st.lists(st.tuples(amounts, amounts, amounts, amounts), min_size=1, max_size=5), st.integers(-5, 5))
def test_the_check_takes_exactly_the_statements_that_add_up(parts: list[tuple[int, ...]], off: int) -> None:
    lines = [
        Line("Service", paid + mine + waiting + taken, paid, taken, owes=mine, reason="Copay", pending=waiting)
        for paid, mine, waiting, taken in parts
    ]
    made = statement(visit(5, *lines))
    wrong = replace(made, amount_due=made.amount_due + off)
    if off == 0:
        wrong.check()
    else:
        with pytest.raises(Refused):
            wrong.check()


def test_a_kept_statement_comes_back_equal_and_is_kept_as_equal_text() -> None:
    made = statement(visit(), pending_visit(), credit_visit(), language="es", credit=4500, level=4)
    kept = to_json(made)
    assert from_json(kept) == made
    assert to_json(from_json(kept)) == kept
    assert "José" in kept


@pytest.mark.parametrize("broken", ["", "[]", "{}", '{"format":1}', '{"format":2}', "null", '{"format":1,"x":2}'])
def test_a_kept_text_that_is_no_statement_is_refused(broken: str) -> None:
    with pytest.raises(Refused, match="kept statement"):
        from_json(broken)
