"""What the keys of the patients' queues ask of the store."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from store.accounts import assistance, bad_debt, holds, papers, payments, plans, refunds
from store.calls import call
from store.jobs import GenerateStatements, ReconcileFile, SendStatementRun
from store.statements import choosing, runs
from store.statements.dunning import SetDunningMessage
from store.statements.wording import SetTemplate
from store.work.values import Row
from tests.store.world import DAY, on
from tests.tui.fake import FakePractice
from tests.tui.support import SMALL, Desk
from tui.app import SuperbillApp
from tui.asks import Answer, Chosen
from tui.keys import Action, find
from tui.queues import QueueScreenSpec, calls, load_specs, run, statements
from tui.queues import refunds as refund_keys
from tui.reference import commands_of
from tui.rights import right_of
from tui.screens.queue import QueueScreen

SOON = date(2026, 3, 19)
CASES: dict[str, tuple[str, dict[str, Answer], list[object]]] = {
    "run R": ("R", {}, [runs.SelectRun(DAY)]),
    "run w": ("w", {"run": "3"}, [runs.ReviewRun(3)]),
    "run A": ("A", {"run": "3"}, [runs.ApproveRun(3)]),
    "run P": ("P", {"run": "3"}, [GenerateStatements(3)]),
    "run S": ("S", {"run": "3", "folder": "out"}, [SendStatementRun(3, Path("out"))]),
    "run C": ("C", {"run": "3"}, [runs.CancelRun(3)]),
    "run U": ("U", {"run": "3"}, [runs.UnsendRun(3)]),
    "run r": ("r", {"run": "3", "path": ""}, [ReconcileFile(3, None)]),
    "run r file": ("r", {"run": "3", "path": "v.csv"}, [ReconcileFile(3, Path("v.csv"))]),
    "run i": ("i", {"reason": "asked"}, [choosing.IncludeAccount(7, "asked")]),
    "run z": ("z", {}, [choosing.ReturnToRules(7)]),
    "run D": ("D", {"level": "3"}, [choosing.SetLevel(7, 3)]),
    "run D none": ("D", {"level": "0"}, [choosing.SetLevel(7, None)]),
    "run E": ("E", {"text": "Hello."}, [choosing.SetMessage(7, "Hello.")]),
    "run h": ("h", {"kind": "dispute", "reason": "x"}, [choosing.HoldInRun(7, "dispute", "x")]),
    "run f": ("f", {}, [choosing.HoldInRun(7, "charity pending", "packet sent")]),
    "run c": ("c", {}, [choosing.CallInstead(7)]),
    "run :text": (":text", {"language": "es", "field": "title", "text": "Cuenta"},
                  [SetTemplate("es", "title", "Cuenta")]),
    "run :message": (":message", {"level": "3", "language": "en", "age": "60", "plan": "any", "insurance": "pending",
                                  "text": "Please call."},
                     [SetDunningMessage(3, "en", "Please call.", 60, "", "pending")]),
    "run :files": (":files of a sent run", {"run": "3", "folder": "out"}, [SendStatementRun(3, Path("out"))]),
    "statements V": ("V", {"statement": "9", "reason": "twice"}, [choosing.VoidStatement(9, "twice")]),
    "statements P": ("P", {"cents": 500, "method": "cash", "reference": "1"},
                     [payments.TakePayment(7, 500, "cash", "1")]),
    "statements L": ("L", {"total": 900, "each": 300, "first": 10}, [plans.MakePlan(7, 900, 300, SOON)]),
    "statements m": ("m", {"cents": 500, "by": 10}, [plans.MakePromise(7, 500, SOON)]),
    "statements f": ("f", {"kind": "sliding"}, [assistance.AskAssistance(7, "sliding")]),
    "statements c": ("c", {"reason": "asked"}, [call.AskForCall(7, "asked")]),
    "statements b": ("b", {}, [payments.ApplyCredit(7)]),
    "statements R": ("R", {"cents": 500, "reason": "twice"}, [refunds.AskRefund(7, 500, "twice")]),
    "statements B": ("B", {"agency": "PR", "folder": "o"}, [bad_debt.HandOver((7,), "PR", Path("o"))]),
    "statements h": ("h", {"kind": "QMB", "reason": ""}, [holds.PlaceHold(7, "QMB", "")]),
    "statements h lift": ("h", {"kind": "lift", "reason": ""}, [holds.LiftHolds(7)]),
    "statements w": ("w", {"folder": "o"}, [papers.PrintPaper(7, "why", Path("o"))]),
    "calls c": ("c", {"first": "address", "second": "phone"}, [call.VerifyCaller(7, "address", "phone")]),
    "calls m": ("m", {"cents": 500, "by": 10}, [call.CallPromise(7, 500, SOON)]),
    "calls P": ("P", {"cents": 500, "method": "card", "reference": ""}, [call.CallPayment(7, 500, "card", "")]),
    "calls L": ("L", {"total": 900, "each": 300, "first": 10}, [call.CallPlan(7, 900, 300, SOON)]),
    "calls i": ("i", {"patient": "4", "payer": "2", "member": "M1"}, [call.CallInsurance(7, 4, 2, "M1")]),
    "calls D": ("D", {"what": "not mine"}, [call.CallDispute(7, "not mine")]),
    "calls f": ("f", {"kind": "charity", "folder": "o"},
                [call.CallAssistance(7, "charity"), papers.PrintPaper(7, "packet", Path("o"))]),
    "calls b": ("b", {"on": 10, "hour": "15", "note": ""},
                [call.EndCall(7, "CALLBACK", "", SOON, 15)]),
    "calls E": ("E", {"outcome": "REFUSED", "note": "no"}, [call.EndCall(7, "REFUSED", "no")]),
    "calls N": ("N", {}, [call.DoNotCall(7)]),
    "refunds Y": ("Y", {}, [refunds.ApproveRefund(7)]),
    "refunds N": ("N", {"reason": "no"}, [refunds.RefuseRefund(7, "no")]),
    "refunds I": ("I", {"check": "2001"}, [refunds.IssueRefund(7, "2001")]),
}  # fmt: skip
SPECS = {"run": run.SPEC, "statements": statements.SPEC, "calls": calls.SPEC, "refunds": refund_keys.SPEC}


@pytest.mark.parametrize("case", CASES)
def test_a_key_builds_its_command_and_a_capital_says_what_it_does(case: str) -> None:
    queue = case.split()[0]
    key, answers, expected = CASES[case]
    actions = SPECS[queue].actions
    action = next((one for one in actions if f":{one.label}" == key), None) or find(actions, key)
    assert action is not None
    assert action.build is not None
    chosen = Chosen(queue, (Row(1, 7, "", ("out",)),), answers, cents=500)
    with on(DAY):
        assert list(action.build(chosen)) == expected
    assert (action.confirm is not None or action.effect is not None) == key.isupper()
    if action.confirm is not None:
        assert action.confirm(chosen).endswith("?")


@pytest.mark.parametrize(
    ("digit", "outcome"), [(1, "NO_ANSWER"), (2, "LEFT_MSG"), (3, "WRONG_NO"), (4, "REFUSED"), (5, "STOPPED")]
)
def test_a_digit_is_an_outcome_of_a_call(digit: int, outcome: str) -> None:
    action = next(one for one in calls.SPEC.actions if one.id == f"calls.{digit}")
    assert action.build is not None
    assert list(action.build(Chosen("calls", (Row(1, 7, "", ()),)))) == [call.EndCall(7, outcome)]


async def test_what_the_role_has_no_right_to_stands_in_brackets_and_says_why() -> None:
    practice = FakePractice(3, may=frozenset({"work denials"}))
    app = SuperbillApp(lambda: practice, specs={"denials": QueueScreenSpec("denials", actions=(_WRITE_OFF, _START))})
    async with app.run_test(size=SMALL) as pilot:
        desk = Desk(app, pilot, practice)
        await desk.settle()
        app.push_screen(QueueScreen(app.session, "denials"))
        await desk.settle()
        assert "(w write off)" in desk.footer
        assert "S start" in desk.footer
        assert "(S" not in desk.footer
        await desk.press("w")
        assert "needs the right 'write off', which your role does not have" in desk.status
        assert not desk.asks
        await desk.press("?")
        for letter in "write":
            await desk.pilot.press(letter)
        await desk.settle()
        assert "Your role does not have it" in " ".join(desk.text("#text").split())


def _write_off(_chosen: Chosen) -> list[object]:
    from store.denials.commands import WriteOffDenial

    return [WriteOffDenial(1, "too late")]


def _start(_chosen: Chosen) -> list[object]:
    from store.denials.commands import StartDenial

    return [StartDenial(1)]


_WRITE_OFF = Action(id="x.off", key="w", label="write off", help="Give it up.", build=_write_off, rank=1)
_START = Action(id="x.start", key="S", label="start", help="Begin.", build=_start, rank=2,
                confirm=lambda _chosen: "Begin?")  # fmt: skip


@pytest.mark.parametrize("name", load_specs())
def test_the_right_that_is_read_without_loading_a_command_is_the_command_s_own(name: str) -> None:
    specs = load_specs()
    for action in specs[name].actions:
        rights = {str(one.permission) for one in commands_of(action, specs) if getattr(one, "permission", None)}
        assert right_of(action, specs) in (rights or {""}), action.id
