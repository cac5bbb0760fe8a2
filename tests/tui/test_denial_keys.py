"""What the keys of the denials queue ask of the store."""

from __future__ import annotations

from datetime import date

import pytest

from store.denials import appeals, approvals
from store.work.values import Row
from tests.store.world import DAY, on
from tui.asks import Answer, Chosen
from tui.keys import find
from tui.queues.denials import SPEC

CASES: dict[str, tuple[dict[str, Answer], object]] = {
    "A": ({"reference": "R1", "late": ""}, appeals.AppealDenial(7, "R1", "")),
    "D": ({"on": 3}, appeals.AppealUpheld(7, date(2026, 3, 6))),
    "f": ({"what": "report by fax", "reference": "F1"}, appeals.SendRecords(7, "report by fax", "F1")),
    "p": (
        {"contact": "Ann", "outcome": "in process", "reference": "C1", "again": 7},
        appeals.PayerCall(7, "Ann", "in process", "C1", date(2026, 3, 16)),
    ),
    "Y": ({}, approvals.ApproveWriteOff(7)),
    "N": ({"reason": "appeal it"}, approvals.RefuseWriteOff(7, "appeal it")),
    "L": ({"role": "biller", "amount": "$50"}, approvals.SetWriteOffLimit("biller", 5_000)),
}


@pytest.mark.parametrize("key", CASES)
def test_a_key_builds_its_command_and_a_capital_says_what_it_does(key: str) -> None:
    answers, expected = CASES[key]
    action = find(SPEC.actions, key)
    chosen = Chosen("denials", (Row(1, 7, "", ()),), answers, cents=19_500)
    assert action is not None
    assert action.build is not None
    with on(DAY):
        assert list(action.build(chosen)) == [expected]
    assert (action.confirm is not None and "?" in action.confirm(chosen)) == key.isupper()


def test_an_empty_amount_takes_a_limit_away() -> None:
    action = find(SPEC.actions, "L")
    assert action is not None
    assert action.build is not None
    built = action.build(Chosen("denials", (), {"role": "biller", "amount": ""}))
    assert list(built) == [approvals.SetWriteOffLimit("biller", None)]


def test_no_key_clashes() -> None:
    assert SPEC.problems() == []
