"""Undo: every row as it was, the ledger reversed, the states stepped back; never over somebody's head."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from store.claims.correct import RouteToCoder
from store.coding import diagnoses, flow, lines, recall, reviewing, reviews, shelf, suggestions, whole, worksheets
from store.coding.changed_codes import ReturnTouched
from store.coding.learned import ForgetPicks, ToggleFavourite
from store.denials.appeals import AppealDenial, AppealUpheld, ConfirmReceipt, PayerCall, SendRecords, SetAppealLevels
from store.denials.approvals import ApproveWriteOff, RefuseWriteOff, SetWriteOffLimit
from store.denials.classify import ClassifyDenial
from store.denials.commands import (
    CorrectDenial,
    ReopenExpired,
    RouteDenial,
    StartDenial,
    TransferDenial,
    VoidDenied,
    WriteOffDenial,
)
from store.denials.letters import SaveTemplate
from store.denials.notices import RecordNotice
from store.errors import NotAllowed, Refused, Stale, Taken
from store.people.roles import Permission
from store.practice import Practice
from store.queries import answer as answers
from store.queries.compose import ComposeQuery, QuoteIndicator, RewordQuery, SendQuery, SetQueryTiming
from store.queries.due import CarryOnCoding
from store.remits.take_in import ImportRemittance
from store.tables import (
    Claim,
    Diagnosis,
    Encounter,
    LedgerEntry,
    Patient,
    Payer,
    ProviderQuery,
    ServiceLine,
    Transition,
)
from store.work.assignment import ApplyRules, DropRule, KeepRule, LevelLoad, SetAway
from store.work.command import Command
from store.work.commands import AddRemark, Assign, Defer, Escalate
from store.work.together import Together
from store.work.undo import Undo
from store.work.values import SortKey, View
from store.work.views import DropView, SaveView
from tests.store.eras import era, reversal
from tests.store.work import claims, patients, remits
from tests.store.work.test_commands import commands
from tests.store.world import DAY, DOS, World, logins_of, narrowest, on

SOON = DAY + timedelta(days=3)
BIG = View("den:>100", (SortKey("den", True), SortKey("slk")))
Make = Callable[[World], Command]


def _item(world: World) -> int:
    return world.item("coding", world.encounter("PRMUT")).id


def _rule(world: World, queue: str = "denials") -> int:
    done = world.do(KeepRule(queue, "", world.owner.actor.user_id))
    assert isinstance(done.result, int)
    return done.result


def _coded(world: World, *payers: str) -> int:
    """Three diagnoses, two lines that point to several of them."""
    encounter_id = world.encounter(*payers)
    world.code(
        encounter_id, ("I10", "E11.9", "J02.9"), (("G0438", ("25",), 1, (2, 1)), ("G0008", (), 2, (3, 2))), finish=False
    )
    return encounter_id


def _diagnosis(world: World, position: int) -> tuple[int, int]:
    encounter_id = _coded(world, "PRMUT")
    return encounter_id, world.one(Diagnosis, encounter_id=encounter_id, position=position).id


def _line(world: World, position: int) -> tuple[int, int]:
    encounter_id = _coded(world, "PRMUT")
    return encounter_id, world.one(ServiceLine, encounter_id=encounter_id, position=position).id


def _held(world: World) -> int:
    encounter_id = _coded(world, "PRMUT")
    world.do(flow.HoldEncounter(encounter_id, SOON, "report is missing"))
    return encounter_id


def _recoded(world: World) -> int:
    """An encounter that came back from a denied claim and has lost a line since."""
    claim_id, _ = world.denied()
    world.do(RouteToCoder(claim_id, "is the modifier right?"))
    encounter_id = world.get(Claim, claim_id).encounter_id
    world.do(lines.RemoveLine(encounter_id, world.one(ServiceLine, encounter_id=encounter_id, position=2).id))
    return encounter_id


def _appealed(world: World) -> int:
    _, denial_id = world.denied("CO-50", "MEDB")
    world.do(AppealDenial(denial_id, "R1"))
    return denial_id


def _limited(world: World) -> int:
    """A denial of more than the person may write off alone."""
    world.do(SetWriteOffLimit("owner", 100))
    return world.denied()[1]


def _sent(world: World) -> int:
    _, denial_id = world.denied("CO-252")
    world.do(SendRecords(denial_id, "the chart by fax"))
    return denial_id


def _expired(world: World) -> int:
    """A denial whose last day passed before anybody began."""
    _, denial_id = world.denied()
    with on(DAY + timedelta(days=200)):
        world.owner.tend()
    return denial_id


def _asked_for(world: World) -> int:
    """A denial whose write-off waits for another person."""
    _, denial_id = world.denied()
    world.do(SetWriteOffLimit("biller", 5_000))
    world.who("biller").do(WriteOffDenial(denial_id, "filed too late"))
    return denial_id


def _learned(world: World) -> str:
    """A phrase for which two codes were picked."""
    encounter_id = world.encounter("PRMUT")
    for code in ("R05.1", "J02.9"):
        world.do(diagnoses.AddDiagnosis(encounter_id, code, typed="bad cold"))
    return "bad cold"


def _sent_back(world: World) -> int:
    """An encounter that a biller sent back and that nobody has touched since."""
    claim_id, _ = world.denied()
    world.do(RouteToCoder(claim_id, "is the modifier right?"))
    return world.get(Claim, claim_id).encounter_id


def _timed(world: World) -> tuple[int, int]:
    """A line of an encounter whose payer counts by each code's midpoint."""
    world.sql("UPDATE payer SET timed_units='midpoint'")
    return _line(world, 1)


def _anesthesia(world: World) -> tuple[int, int]:
    """A line of anaesthesia."""
    world.sql("UPDATE payer SET anesthesia='15 tenths'")
    encounter_id, line_id = _line(world, 1)
    world.sql("UPDATE service_line SET code='00840'")
    world.sql("UPDATE fee SET code='00840' WHERE code='G0438'")
    return encounter_id, line_id


def _macro(world: World) -> int:
    encounter_id = world.encounter()
    world.code(encounter_id, ("R05.1",), (("J0696", (), 1, (1,)),), finish=False)
    return int(str(world.do(shelf.KeepMacro(encounter_id, "cough")).result))


def _in_review(world: World) -> int:
    """An encounter that a coder finished and that waits for somebody else's look."""
    encounter_id = _coded(world, "PRMUT")
    line = world.one(ServiceLine, encounter_id=encounter_id, position=2)
    world.who("coder").do(lines.ChangeLine(encounter_id, line.id, units=1))
    world.who("coder").do(reviewing.AskReview(encounter_id, "is the modifier right?"))
    return encounter_id


def _drafted(world: World) -> int:
    """A question that may be sent, on an encounter with codes."""
    return int(str(world.do(ComposeQuery(_coded(world, "PRMUT"), "finding", ((15, 42),))).result))


def _asked(world: World) -> int:
    """A question that waits for its answer."""
    query_id = _drafted(world)
    world.do(SendQuery(query_id))
    return query_id


def _answered(world: World) -> int:
    query_id = _asked(world)
    world.do(answers.AnswerQuery(query_id, "White coat hypertension.", "other"))
    return query_id


def _overdue(world: World, days: int = 4) -> int:
    """A question that nobody answered for so many days."""
    query_id = _asked(world)
    with on(DAY + timedelta(days=days)):
        world.do(CarryOnCoding())
    return query_id


def _owing(world: World) -> int:
    encounter_id = world.encounter()
    world.code(encounter_id)
    return world.get(Patient, world.get(Encounter, encounter_id).patient_id).guarantor_id


CASES: dict[str, Make] = {
    "denials.received": lambda w: ConfirmReceipt(_sent(w), "fax receipt"),
    "denials.reopen": lambda w: ReopenExpired(_expired(w), "their error"),
    "denials.notice": lambda w: RecordNotice(w.denied()[1], DOS, "box 3"),
    "denials.classify": lambda w: ClassifyDenial(w.denied()[1], "records"),
    "denials.template": lambda _: SaveTemplate("thanks", "Thank you", "For $claim"),
    "work.together": lambda w: Together(tuple(StartDenial(w.denied()[1]) for _ in range(2)), "In work"),
    "work.defer": lambda w: Defer(_item(w), SOON, "waiting for the records"),
    "work.assign": lambda w: Assign(_item(w), w.owner.actor.user_id),
    "work.escalate": lambda w: Escalate(_item(w), "please look"),
    "work.note": lambda w: AddRemark(_item(w), "called"),
    "work.keep_rule": lambda w: KeepRule("denials", "den:>100", w.owner.actor.user_id),
    "work.drop_rule": lambda w: DropRule(_rule(w)),
    "work.apply_rules": lambda w: (_item(w), _rule(w, "coding"), ApplyRules("coding"))[2],
    "work.level": lambda w: (_item(w), LevelLoad("coding"))[1],
    "work.away": lambda w: SetAway(w.owner.actor.user_id, SOON),
    "work.save_view": lambda _: SaveView("denials", "big ones", BIG, shared=True),
    "work.drop_view": lambda w: DropView(w.do(SaveView("denials", "big ones", BIG)).result),  # type: ignore[arg-type]
    "coding.add_diagnosis": lambda w: diagnoses.AddDiagnosis(_coded(w, "PRMUT"), "R05.1", 0, 4, first=True),
    "coding.add_diagnosis typed": lambda w: diagnoses.AddDiagnosis(w.encounter("PRMUT"), "R05.1", typed="bad cold"),
    "coding.forget_picks": lambda w: ForgetPicks(_learned(w)),
    "coding.return_touched": lambda w: (w.claim(), ReturnTouched(DAY - timedelta(days=30), ("I10",), ()))[1],
    "coding.favourite": lambda _: ToggleFavourite("R05.1"),
    "coding.remove_diagnosis": lambda w: diagnoses.RemoveDiagnosis(*_diagnosis(w, 2)),
    "coding.move_diagnosis": lambda w: diagnoses.MoveDiagnosis(*_diagnosis(w, 3), -2),
    "coding.link_evidence": lambda w: diagnoses.LinkEvidence(*_diagnosis(w, 1), 3, 9),
    "coding.take_suggestion": lambda w: suggestions.TakeSuggestion(_coded(w, "PRMUT"), "mention.head", "R05.1", 3, 9),
    "coding.take_suggestion instead": lambda w: suggestions.TakeSuggestion(
        _coded(w, "PRMUT"), "mention.head", "R05.9", 3, 9, "R05.1"
    ),
    "coding.reject_suggestion": lambda w: suggestions.RejectSuggestion(
        _coded(w, "PRMUT"), "mention.head", "R05.1", 3, 9
    ),
    "coding.add_line": lambda w: lines.AddLine(_coded(w, "PRMUT"), "J0696", ("59",), 2),
    "coding.change_line": lambda w: lines.ChangeLine(*_line(w, 1), ("GA", "59"), 3),
    "coding.toggle_pointer": lambda w: _toggle(w),
    "coding.remove_line": lambda w: lines.RemoveLine(*_line(w, 1)),
    "coding.finish": lambda w: flow.FinishCoding(_coded(w, "PRMUT")),
    "coding.finish alone": lambda w: flow.FinishCoding(_coded(w)),
    "coding.finish again": lambda w: flow.FinishCoding(_recoded(w)),
    "coding.hold": lambda w: flow.HoldEncounter(_coded(w, "PRMUT"), SOON, "report is missing"),
    "coding.resume": lambda w: flow.ResumeEncounter(_held(w)),
    "coding.void": lambda w: flow.VoidEncounter(_coded(w, "PRMUT"), "no show"),
    "coding.code_whole": lambda w: whole.CodeEncounter(
        w.encounter("PRMUT"), (("I10", 3, 9),), (("G0438", (), 1, (1,)),)
    ),
    "coding.finish into review": lambda w: (
        w.do(reviews.AddReviewRule("random", "100", DAY)),
        flow.FinishCoding(_coded(w)),
    )[1],
    "coding.recall": lambda w: recall.RecallEncounter(
        w.get(Encounter, w.get(Claim, w.claim()).encounter_id).number, "a code is missing"
    ),
    "coding.no_change": lambda w: recall.NothingToRecode(_sent_back(w), "the modifier is right"),
    "coding.visit_sheet": lambda w: worksheets.KeepVisitSheet(_coded(w), False, "low", "moderate", "moderate", 22),
    "coding.set_minutes": lambda w: worksheets.SetMinutes(*_timed(w), 25),
    "coding.set_anesthesia": lambda w: worksheets.SetAnesthesia(*_anesthesia(w), 95, 6),
    "coding.keep_macro": lambda w: shelf.KeepMacro(_coded(w), "check-up"),
    "coding.use_macro": lambda w: shelf.UseMacro(_coded(w), _macro(w)),
    "coding.drop_macro": lambda w: shelf.DropMacro(_macro(w)),
    "reviews.add_rule": lambda _: reviews.AddReviewRule("modifier", "25,59", DAY),
    "reviews.end_rule": lambda w: reviews.EndReviewRule(
        int(str(w.do(reviews.AddReviewRule("random", "5", DAY)).result)), SOON
    ),
    "reviews.ask": lambda w: reviewing.AskReview(_coded(w), "is the modifier right?"),
    "reviews.finish": lambda w: reviewing.FinishReview(_in_review(w)),
    "reviews.return": lambda w: reviewing.ReturnReview(_in_review(w), "see the second line"),
    "queries.compose": lambda w: ComposeQuery(_coded(w, "PRMUT"), "side", ((15, 42), (60, 74))),
    "queries.quote": lambda w: QuoteIndicator(_drafted(w), 60, 74),
    "queries.reword": lambda w: RewordQuery(_drafted(w), "What does it mean?", ("a", "b")),
    "queries.send": lambda w: SendQuery(_drafted(w)),
    "queries.timing": lambda _: SetQueryTiming(DAY, 2, 4, 6, 10),
    "queries.answer": lambda w: answers.AnswerQuery(_asked(w), "White coat hypertension."),
    "queries.import_answers": lambda w: (
        _asked(w),
        answers.ImportAnswers("a.json", (answers.Answer(w.one(ProviderQuery).number, "Not known."),)),
    )[1],
    "queries.apply": lambda w: answers.ApplyAnswer(_answered(w)),
    "queries.follow": lambda w: answers.FollowQuery(_answered(w), "And since when?"),
    "queries.remind": lambda w: answers.RemindProvider(_asked(w)),
    "queries.escalate": lambda w: answers.EscalateQuery(_overdue(w)),
    "queries.cancel": lambda w: answers.CancelQuery(_asked(w), "found in another note"),
    "queries.no_response": lambda w: answers.CloseUnanswered(_overdue(w, 8)),
    "denials.correct": lambda w: CorrectDenial(w.denied()[1], authorization="AUTH1"),
    "denials.void": lambda w: VoidDenied(w.denied()[1], "wrong patient"),
    "denials.write_off": lambda w: WriteOffDenial(w.denied()[1], "filed too late"),
    "denials.transfer": lambda w: TransferDenial(w.denied("PR-96")[1], "signed for it"),
    "denials.start": lambda w: StartDenial(w.denied()[1]),
    "denials.route": lambda w: RouteDenial(w.denied()[1], "which side?"),
    "denials.appeal": lambda w: AppealDenial(w.denied("CO-50", "MEDB")[1], "R1"),
    "denials.upheld": lambda w: AppealUpheld(_appealed(w), DAY),
    "denials.records": lambda w: SendRecords(w.denied()[1], "operative report, by fax", "F1"),
    "denials.call": lambda w: PayerCall(w.denied()[1], "Ann", "in process", "C1", SOON),
    "denials.write_off above": lambda w: (w.do(SetWriteOffLimit("owner", 100)), WriteOffDenial(w.denied()[1], "late"))[
        1
    ],
    "denials.approve": lambda w: ApproveWriteOff(_asked_for(w)),
    "denials.refuse": lambda w: RefuseWriteOff(_asked_for(w), "appeal it"),
    "denials.set_limit": lambda _: SetWriteOffLimit("biller", 5_000),
    "denials.set_levels": lambda w: SetAppealLevels(w.one(Payer, payer_id="PRMUT").id, DAY, (("appeal", 60, 30, 0),)),
    **claims.CASES,
    **remits.CASES,
    **patients.CASES,
}


def _toggle(world: World) -> Command:
    encounter_id, line_id = _line(world, 1)
    return lines.TogglePointer(encounter_id, line_id, world.one(Diagnosis, encounter_id=encounter_id, position=3).id)


def test_every_undoable_command_is_tried_below() -> None:
    undoable = {name for name, command in commands().items() if command.undoable}
    assert undoable <= set(CASES)


@pytest.mark.parametrize("case", CASES)
def test_undo_restores_every_row_and_every_balance_and_so_it_does_again(world: World, case: str) -> None:
    """The second time, on PostgreSQL, by the narrowest role that may, through a login of its own."""
    command = CASES[case](world)
    before, books = world.dump(), _books(world)
    with _two_people(world, case, command.permission) as people:
        for practice in people:
            practice.do(command)
            assert world.dump() != before
            assert world.faults() == []
            practice.undo()
            assert world.dump() == before
            assert _books(world) == books
    assert world.faults() == []


OWN = {"work.drop_view", "coding.use_macro", "coding.drop_macro"}
"""What only the person who made it may use or drop."""
MIXED = {
    **dict.fromkeys(("work.save_view", "work.assign"), Permission.SUPERVISE),
    "work.together": Permission.DENIAL,
    "queries.import_answers": Permission.CODE,
}
"""Commands that ask for a permission by what they are given."""


@contextmanager
def _two_people(world: World, case: str, permission: Permission | None) -> Iterator[tuple[Practice, Practice]]:
    if world.on_sqlite or case in OWN:
        yield world.owner, world.owner
        return
    needed = MIXED.get(case, permission or Permission.CODE)
    with logins_of(world) as logins:
        yield world.owner, logins.login(narrowest(needed))


def _books(world: World) -> list[object]:
    query = "SELECT guarantor_id, book, sum(cents) FROM posting GROUP BY 1, 2 HAVING sum(cents) <> 0 ORDER BY 1, 2"
    return world.sql(query)


def test_undo_reverses_and_never_edits_the_ledger(world: World) -> None:
    _, denial_id = world.denied()
    entries = world.dump(everything=True)
    done = world.do(WriteOffDenial(denial_id, "filed too late"))
    world.owner.undo()
    booked = world.one(LedgerEntry, action_id=done.action_id)
    assert world.one(LedgerEntry, reverses_id=booked.id).kind == "reversal"
    after = world.dump(everything=True)
    kept = {key: row for key, row in entries.items() if key[0] in {"ledger_entry", "posting"}}
    assert kept.items() <= after.items()


def test_undo_steps_the_states_back_in_the_order_in_which_they_came(world: World) -> None:
    world.do(flow.FinishCoding(_coded(world, "PRMUT")))
    undone = world.owner.undo()
    steps = [(s.machine, s.before, s.after, s.undo) for s in world.all(Transition, action_id=undone.action_id)]
    assert steps == [
        ("claim", "READY", "BUILT", True),
        ("claim", "BUILT", "", True),
        ("encounter", "RELEASED", "CODED", True),
        ("encounter", "CODED", "IN_PROGRESS", True),
    ]


def test_undo_takes_the_last_action_that_stands_and_goes_back_one_by_one(world: World) -> None:
    encounter_id = world.encounter("PRMUT")
    states = [world.dump()]
    for code in ("I10", "E11.9", "J02.9"):
        world.do(diagnoses.AddDiagnosis(encounter_id, code))
        states.append(world.dump())
    for expected in reversed(states[:-1]):
        world.owner.undo()
        assert world.dump() == expected


def test_undo_is_refused_when_the_row_was_changed_since(world: World) -> None:
    encounter_id, diagnosis_id = _diagnosis(world, 1)
    coder = world.who("coder")
    coder.do(diagnoses.LinkEvidence(encounter_id, diagnosis_id, 0, 4))
    world.do(diagnoses.LinkEvidence(encounter_id, diagnosis_id, 5, 9))
    before = world.dump(everything=True)
    with pytest.raises(Stale, match="diagnosis was changed since"):
        coder.undo()
    assert world.dump(everything=True) == before


def test_a_claim_that_went_out_since_can_not_be_unmade(world: World) -> None:
    encounter_id = _coded(world, "PRMUT")
    coder = world.who("coder")
    coder.do(flow.FinishCoding(encounter_id))
    world.owner.board()
    world.send()
    before = world.dump(everything=True)
    with pytest.raises(Stale, match="changed since"):
        coder.undo()
    assert world.dump(everything=True) == before


def test_a_write_off_that_a_reversal_took_back_since_can_not_be_undone(world: World) -> None:
    from tests.store.eras import denied

    claim_id, denial_id = world.denied()
    biller = world.who("biller")
    biller.do(WriteOffDenial(denial_id, "filed too late"))
    world.do(ImportRemittance("back", era(reversal(denied(world, claim_id, "CO-16")), trace="EFT2")))
    with pytest.raises(Stale):
        biller.undo()
    assert world.faults() == []


def test_each_person_undoes_his_own_actions_alone(world: World) -> None:
    encounter_id = world.encounter("PRMUT")
    coder, other = world.who("coder"), world.who("coder2")
    done = coder.do(diagnoses.AddDiagnosis(encounter_id, "I10"))
    with pytest.raises(Refused, match="nothing to undo"):
        other.undo()
    with pytest.raises(NotAllowed, match="Only the person"):
        other.do(Undo(done.action_id))
    coder.undo()


def test_what_is_undone_is_not_undone_twice(world: World) -> None:
    done = world.do(diagnoses.AddDiagnosis(world.encounter("PRMUT"), "I10"))
    first = world.owner.undo(key="k")
    assert world.owner.undo(key="k").action_id == first.action_id
    with pytest.raises(Refused, match="undone already"):
        world.do(Undo(done.action_id))


def test_what_can_not_be_taken_back_is_said_and_left(world: World) -> None:
    world.sent()
    before = world.dump(everything=True)
    with pytest.raises(Refused, match="can't be taken back: Batch 1"):
        world.owner.undo()
    batch = world.sql("SELECT max(id) FROM action")[0][0]
    with pytest.raises(Refused, match="can't be taken back: Batch 1"):
        world.do(Undo(batch))
    assert world.dump(everything=True) == before


def test_undo_does_not_reach_into_what_another_person_works_on(world: World) -> None:
    encounter_id = world.encounter("PRMUT")
    coder, other = world.who("coder"), world.who("coder2")
    coder.do(diagnoses.AddDiagnosis(encounter_id, "I10"))
    other.lease(world.item("coding", encounter_id).id)
    with pytest.raises(Taken, match="coder2 is working on it"):
        coder.undo()
