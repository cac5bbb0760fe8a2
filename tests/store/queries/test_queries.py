"""Queries to providers: fair before they are sent, on the calendar until they are answered, and back by themselves."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.coding.diagnoses import AddDiagnosis, RemoveDiagnosis
from store.coding.flow import FinishCoding, HoldEncounter
from store.coding.lines import TogglePointer
from store.errors import NotAllowed, Refused
from store.jobs import TakeInAnswers
from store.migrations import HEAD, upgrade
from store.queries.answer import (
    AnswerQuery,
    ApplyAnswer,
    CancelQuery,
    CloseUnanswered,
    EscalateQuery,
    FollowQuery,
    RemindProvider,
    effect,
)
from store.queries.compose import ComposeQuery, QuoteIndicator, RewordQuery, SendQuery, SetQueryTiming
from store.queries.due import CarryOnCoding
from store.queries.giving import NoteGivenOut, SendOut, to_give_out
from store.queries.states import WAITING
from store.queries.templates import templates
from store.tables import Diagnosis, Encounter, Note, ProviderQuery, QueryIndicator, QueryNotice, ServiceLine
from store.work.values import View
from tests.store.coding.test_priority import LIMIT_90, limited
from tests.store.world import DAY, NOTE, World, on

WORDS = (NOTE.index("check of"), NOTE.index("check of") + 27)
LATER = timedelta(days=1)


def drafted(world: World, **other: object) -> tuple[int, int]:
    """(encounter, query): a draft on an encounter with codes."""
    encounter_id = world.encounter("PRMUT")
    world.code(encounter_id, finish=False)
    given: dict[str, object] = {"kind": "finding", "spans": (WORDS,)} | other
    return encounter_id, int(str(world.do(ComposeQuery(encounter_id, **given)).result))  # type: ignore[arg-type]


def sent(world: World) -> tuple[int, int]:
    encounter_id, query_id = drafted(world)
    world.do(SendQuery(query_id))
    return encounter_id, query_id


def outgoing(world: World, *, again: bool = False) -> SendOut:
    with world.owner.reading() as session:
        return to_give_out(session, again=again)


def given_out(world: World) -> list[tuple[str, int, str]]:
    """Gives out what is to be given: (kind, reminder, escalated to) of each."""
    found = outgoing(world)
    world.do(NoteGivenOut(found.notices))
    return [(row["notice"], row["reminder"], row["escalated_to"]) for row in found.rows]


def state(world: World, query_id: int) -> str:
    return world.get(ProviderQuery, query_id).state


@pytest.mark.parametrize("kind", [one.kind for one in templates()])
def test_every_shipped_question_is_fair_and_offers_other_and_undetermined(world: World, kind: str) -> None:
    _, query_id = drafted(world, kind=kind)
    world.do(SendQuery(query_id))
    row = world.get(ProviderQuery, query_id)
    assert row.state == "SENT"
    assert "check of her blood pressure" in row.question
    if row.form == "choice":
        assert "Other" in row.options
        assert "Unable to determine" in row.options


@pytest.mark.parametrize(("question", "why"), [
    ("Please document hypertension, as it raises the payment.", "Payment"),
    ("Would you agree that a higher DRG is right?", "payment group"),
    ("The patient has pneumonia. Please confirm.", "condition that the record does not"),
])  # fmt: skip
def test_a_question_that_leads_or_speaks_of_money_is_never_sent(world: World, question: str, why: str) -> None:
    encounter_id, query_id = drafted(world, question=question)
    with pytest.raises(Refused, match=why):
        world.do(SendQuery(query_id))
    assert state(world, query_id) == "DRAFT"
    assert world.get(Encounter, encounter_id).state == "IN_PROGRESS"


def test_money_in_the_note_is_neither_quoted_nor_sent(world: World) -> None:
    encounter_id, query_id = drafted(world)
    note = world.get(Note, encounter_id).text + " Insurance paid for the cuff."
    with world.owner.reading() as session:
        row = session.get_one(Note, encounter_id)
        row.text = note
        session.commit()
    span = (note.index("Insurance paid"), len(note) - 1)
    with pytest.raises(Refused, match="in the quote “Insurance paid for the cuff”") as refused:
        world.do(QuoteIndicator(query_id, *span))
    assert "shorter quote" in refused.value.do
    with pytest.raises(Refused, match="in the quote"):
        world.do(ComposeQuery(encounter_id, "finding", (span,)))
    with world.owner.reading() as session:  # a draft of an earlier release
        words = note[span[0] : span[1]]
        session.add(QueryIndicator(query_id=query_id, span_start=span[0], span_end=span[1], words=words))
        session.commit()
    with pytest.raises(Refused, match="in the quote “Insurance paid for the cuff”"):
        world.do(SendQuery(query_id))
    assert state(world, query_id) == "DRAFT"


def test_a_choice_without_other_is_never_sent(world: World) -> None:
    _, query_id = drafted(world, kind="side", options=("Right", "Left", "Unable to determine"))
    with pytest.raises(Refused, match="Other"):
        world.do(SendQuery(query_id))
    world.do(RewordQuery(query_id, options=("Right", "Left", "Other", "Unable to determine")))
    world.do(SendQuery(query_id))
    assert state(world, query_id) == "SENT"


def test_indicators_are_the_words_of_this_note(world: World) -> None:
    _, query_id = drafted(world)
    world.do(QuoteIndicator(query_id, 0, 4))
    rows = world.all(QueryIndicator, query_id=query_id)
    assert [row.words for row in rows] == ["check of her blood pressure", "Here"]
    assert all(NOTE[row.span_start : row.span_end] == row.words for row in rows)


def test_the_encounter_waits_and_returns_to_its_coder_by_itself(world: World) -> None:
    coder = world.who("coder")
    encounter_id = world.encounter("PRMUT")
    coder.do(AddDiagnosis(encounter_id, "R03.0"))
    query_id = int(str(coder.do(ComposeQuery(encounter_id, "finding", (WORDS,))).result))
    coder.do(SendQuery(query_id))
    assert world.get(Encounter, encounter_id).state == "QUERY_HOLD"
    assert not world.item("coding", encounter_id).open
    assert world.item("queries", query_id).due == DAY + timedelta(days=3)
    with pytest.raises(Refused, match="QUERY_HOLD"):
        coder.do(AddDiagnosis(encounter_id, "I10"))
    coder.do(AnswerQuery(query_id, "Essential hypertension.", answered_by="Dr. Hollis"))
    item = world.item("coding", encounter_id)
    assert (item.open, item.assigned_to) == (True, coder.actor.user_id)
    assert "answered" in item.reason
    assert world.get(Encounter, encounter_id).state == "IN_PROGRESS"


def test_what_holds_most_for_longest_comes_first_and_before_its_lines_are_there_what_the_visit_should_bring(
    world: World,
) -> None:
    expected = world.encounter("PRMUT")
    world.sql("UPDATE work_item SET cents=5000, score=5000")
    old = int(str(world.do(ComposeQuery(expected, "finding", (WORDS,))).result))
    world.do(SendQuery(old))
    _, new = sent(world)  # $227.00 of lines
    world.sql("UPDATE work_item SET due=NULL WHERE queue='queries'")
    page = world.who("coder").page("queries", View())
    assert [row.subject_id for row in page.rows] == [new, old]
    world.sql("UPDATE work_item SET opened_on=:d WHERE queue='queries' AND subject_id=:q", d=DAY - 5 * LATER, q=old)
    page = world.who("coder").page("queries", View())
    assert [row.subject_id for row in page.rows] == [old, new]
    why = " ".join(world.who("coder").why(page.rows[0].item_id).lines)
    assert "$50.00 x (5 days + 1) = 300." in why


@pytest.mark.parametrize(("slack", "flag"), [(21, ""), (20, "!"), (-1, "!")])
def test_a_question_goes_first_that_holds_a_claim_with_less_than_21_days_to_its_filing_limit(
    world: World, slack: int, flag: str
) -> None:
    limited(world, "PRMUT", LIMIT_90)
    asked = []
    for days, payer, cents in ((90 - slack, "PRMUT", 1), (5, "PRMUT", 90_000), (5, "HRTLD", 80_000)):
        encounter_id = world.encounter(payer, note=NOTE, day=DAY - timedelta(days=days))
        asked.append(int(str(world.do(ComposeQuery(encounter_id, "finding", (WORDS,))).result)))
        world.do(SendQuery(asked[-1]))
        world.sql(
            "UPDATE work_item SET due=NULL, score=:c WHERE queue='queries' AND subject_id=:q", c=cents, q=asked[-1]
        )
    near, *richer = asked
    coder = world.who("coder")
    page = coder.page("queries", View())
    assert [row.subject_id for row in page.rows] == ([near, *richer] if flag else [*richer, near])
    assert {row.subject_id: row.flag for row in page.rows}[near] == flag
    assert page.due_soon == (1 if flag else 0)
    why = " ".join(coder.why(world.item("queries", near).id).lines)
    assert str(DAY + timedelta(days=slack)) in why
    assert ("So it is before what is due later" in why) == bool(flag)
    taken = coder.next_item("queries")
    assert taken is not None
    assert taken.subject_id == page.rows[0].subject_id


def test_an_open_question_stops_finishing_and_an_answered_one_keeps_its_effect(world: World) -> None:
    encounter_id, query_id = drafted(world)
    with pytest.raises(Refused, match="is DRAFT"):
        world.do(FinishCoding(encounter_id))
    world.do(SendQuery(query_id))
    world.do(AnswerQuery(query_id, "White coat hypertension without a diagnosis of hypertension."))
    world.do(RemoveDiagnosis(encounter_id, world.one(Diagnosis, encounter_id=encounter_id).id))
    diagnosis = world.do(AddDiagnosis(encounter_id, "R03.0")).result
    for line in world.all(ServiceLine, encounter_id=encounter_id):
        world.do(TogglePointer(encounter_id, line.id, int(str(diagnosis))))
    world.do(FinishCoding(encounter_id))
    row = world.get(ProviderQuery, query_id)
    assert (row.state, effect(row)) == ("APPLIED", "added R03.0, removed I10")
    assert world.faults() == []


def test_the_calendar_makes_it_overdue_reminds_escalates_and_closes(world: World) -> None:
    encounter_id, query_id = sent(world)
    steps = [(2, "SENT", 0), (3, "OVERDUE", 0), (5, "OVERDUE", 1), (7, "ESCALATED", 1), (14, "NO_RESPONSE", 1)]
    for days, expected, reminders in steps:
        with on(DAY + timedelta(days=days)):
            world.owner.tend()
        row = world.get(ProviderQuery, query_id)
        assert (row.state, row.reminders) == (expected, reminders), days
    assert world.get(Encounter, encounter_id).state == "IN_PROGRESS"
    item = world.item("coding", encounter_id)
    assert item.open
    assert "code what is documented" in item.reason
    assert world.faults() == []


def test_a_practice_that_was_closed_catches_up_in_one_go_and_once(world: World) -> None:
    _, query_id = sent(world)
    with on(DAY + timedelta(days=30)):
        counts = world.do(CarryOnCoding()).result
        assert world.owner.tend() == ""
    assert state(world, query_id) == "NO_RESPONSE"
    assert counts == {"released": 0, "overdue": 1, "reminded": 1, "escalated": 1, "closed": 1}


def test_who_does_not_code_does_nothing_by_looking_in(world: World) -> None:
    _, query_id = sent(world)
    with on(DAY + timedelta(days=30)):
        for name in ("biller", "collector", "admin"):
            assert world.who(name).tend() == ""
    assert state(world, query_id) == "SENT"


def test_the_days_are_settings_from_a_day_on(world: World) -> None:
    _, before = sent(world)
    world.do(SetQueryTiming(DAY + LATER, 1, 2, 3, 4))
    with on(DAY + LATER):
        _, after = sent(world)
    assert world.get(ProviderQuery, before).close_on == DAY + timedelta(days=14)
    assert world.get(ProviderQuery, after).close_on == DAY + timedelta(days=5)
    with pytest.raises(Refused, match="in order"):
        world.do(SetQueryTiming(DAY, 5, 3, 7, 14))
    with pytest.raises(NotAllowed):
        world.who("coder").do(SetQueryTiming(DAY, 1, 2, 3, 4))


def test_a_hold_ends_on_its_day_by_itself(world: World) -> None:
    encounter_id = world.encounter("PRMUT")
    world.do(HoldEncounter(encounter_id, DAY + LATER, "report is missing"))
    with on(DAY + LATER):
        assert "1 released" in world.owner.tend()
        assert world.get(Encounter, encounter_id).state == "READY"
        world.do(AddDiagnosis(encounter_id, "I10"))
    item = world.item("coding", encounter_id)
    assert (item.open, item.deferred_until) == (True, None)


def test_another_question_follows_an_answer(world: World) -> None:
    encounter_id, query_id = sent(world)
    world.do(AnswerQuery(query_id, "See below."))
    following = int(str(world.do(FollowQuery(query_id, "Since when is it known?")).result))
    row = world.get(ProviderQuery, following)
    assert (row.follows_id, row.state, row.encounter_id) == (query_id, "DRAFT", encounter_id)
    assert state(world, query_id) == "FOLLOW_UP"
    assert len(world.all(QueryIndicator, query_id=following)) == 1


@pytest.mark.parametrize("suffix", ["json", "csv"])
def test_answers_come_in_by_file_once(world: World, tmp_path: Path, suffix: str) -> None:
    encounter_id, query_id = sent(world)
    number = world.get(ProviderQuery, query_id).number
    path = tmp_path / f"answers.{suffix}"
    row = {"query": number, "answer": "Unable to determine", "by": "Dr. Hollis", "at": "2026-03-10T08:00:00Z"}
    if suffix == "json":
        path.write_text(json.dumps({"answers": [row]}))
    else:
        path.write_text(",".join(row) + "\n" + ",".join(row.values()) + "\n")
    assert world.owner.do(TakeInAnswers(path)).result == {"answered": 1, "known": 0}
    assert world.owner.do(TakeInAnswers(path)).result == {"answered": 0, "known": 1}
    taken = world.get(ProviderQuery, query_id)
    assert (taken.state, taken.answer_kind, taken.answered_by) == ("ANSWERED", "undetermined", "Dr. Hollis")
    assert world.get(Encounter, encounter_id).state == "IN_PROGRESS"


@pytest.mark.parametrize(("content", "why"), [
    ('[{"query": "Q1-1", "answer": "x"}', "not whole JSON"), ('[{"query": "Q1-1"}]', "answer is empty"),
    ("query,answer\nQ1-1", "cut off"), ("query,reply\nQ1-1,x\n", "header"), ("query,answer\nQ1-1,x,y\n", "fields"),
    ("query,answer\nnothing,x\n", "no query"),
])  # fmt: skip
def test_a_file_that_is_not_whole_changes_nothing(world: World, tmp_path: Path, content: str, why: str) -> None:
    sent(world)
    before = world.dump(everything=True)
    path = tmp_path / "answers.txt"
    path.write_text(content)
    with pytest.raises(Refused, match=why):
        world.owner.do(TakeInAnswers(path))
    assert world.dump(everything=True) == before


def test_what_goes_out_tells_no_money_and_of_the_patient_only_the_visit(world: World) -> None:
    sent(world)
    (row,) = outgoing(world).rows
    text = json.dumps(row)
    assert row["indicators"] == ["check of her blood pressure"]
    for hidden in ("227", "195.00", "Doe", "Elm", "PRM1", "$"):
        assert hidden not in text


def test_a_question_goes_out_once_and_again_only_with_a_reminder_or_to_the_advisor(world: World) -> None:
    _, query_id = sent(world)
    assert given_out(world) == [("asked", 0, "")]
    assert given_out(world) == []
    world.do(RemindProvider(query_id))
    assert given_out(world) == [("reminder", 1, "")]
    with on(DAY + timedelta(days=5)):
        world.owner.tend()
        assert given_out(world) == []  # it was reminded by hand before
        world.who("coder").do(RemindProvider(query_id))
        assert given_out(world) == [("reminder", 2, "")]
        world.do(EscalateQuery(query_id, "Dr. Ames"))
        (told,) = outgoing(world).rows
        assert (told["escalated_to"], told["escalated_at"][:10]) == ("Dr. Ames", "2026-03-14")
        assert len(told["reminded"]) == 2
        assert given_out(world) == [("escalation", 2, "Dr. Ames")]
        assert given_out(world) == []
    assert len(outgoing(world, again=True)) == 1


def test_each_reminder_is_kept_with_its_number_who_and_when(world: World) -> None:
    _, query_id = sent(world)
    world.who("coder").do(RemindProvider(query_id))
    kept = world.all(QueryNotice, query_id=query_id)
    coder = world.who("coder").actor.user_id
    assert [(one.kind, one.number, one.at.date()) for one in kept] == [("asked", 0, DAY), ("reminder", 1, DAY)]
    assert kept[-1].user_id == coder
    world.who("coder").undo()
    assert (len(world.all(QueryNotice)), world.get(ProviderQuery, query_id).reminders) == (1, 0)


@pytest.mark.parametrize("given", [False, True])
def test_what_was_asked_before_each_asking_was_a_record_gets_its_records_and_goes_out_once(
    world: World, given: bool
) -> None:
    """As version 0026 left a question that had been reminded of and handed on: with its first asking alone."""
    _, query_id = sent(world)
    with on(DAY + timedelta(days=4)):
        world.owner.tend()
        world.who("coder").do(RemindProvider(query_id))
        world.do(EscalateQuery(query_id))
    before = [one.model_dump(exclude={"id"}) for one in world.all(QueryNotice)]
    world.sql("DELETE FROM query_notice WHERE kind <> 'asked'")
    if given:
        assert given_out(world)[0][0] == "asked"
    world.sql("UPDATE alembic_version SET version_num='0026'")
    upgrade(world.engine, "0027")
    world.sql(f"UPDATE alembic_version SET version_num='{HEAD}'")
    at = world.all(QueryNotice)[0].given_at
    assert [one.model_dump(exclude={"id"}) for one in world.all(QueryNotice)] == [
        {**one, "given_at": at} for one in before
    ]
    assert [one[0] for one in given_out(world)] == ([] if given else ["escalation"])
    assert given_out(world) == []
    upgrade(world.engine)
    assert len(world.all(QueryNotice)) == len(before) == 3


def test_a_question_that_was_sent_with_money_in_it_is_kept_back_and_named(world: World) -> None:
    sent(world)
    world.sql("UPDATE query_indicator SET words='she was told the bill is $120.00'")
    found = outgoing(world, again=True)
    assert (found.rows, found.notices) == ([], ())
    assert "kept back" in found.kept_back[0]
    assert "ask without that" in found.kept_back[0]


def test_silence_is_no_agreement(world: World) -> None:
    _, query_id = sent(world)
    with pytest.raises(Refused, match="empty"):
        world.do(AnswerQuery(query_id, "  "))
    with pytest.raises(Refused):
        world.do(CloseUnanswered(query_id))


_STEPS = st.lists(
    st.sampled_from(["send", "answer", "apply", "cancel", "remind", "escalate", "close", "wait", "follow"]), max_size=8
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_STEPS)
def test_whatever_happens_an_encounter_is_held_exactly_while_an_answer_is_waited_for(
    world: World, steps: list[str]
) -> None:
    encounter_id, query_id = drafted(world)
    day = DAY
    for step in steps:
        command = {
            "send": SendQuery(query_id), "answer": AnswerQuery(query_id, "It is so."), "apply": ApplyAnswer(query_id),
            "cancel": CancelQuery(query_id, "no longer"), "remind": RemindProvider(query_id), "wait": CarryOnCoding(),
            "escalate": EscalateQuery(query_id), "close": CloseUnanswered(query_id), "follow": FollowQuery(query_id),
        }[step]  # fmt: skip
        day += timedelta(days=3 if step == "wait" else 0)
        with on(day):
            try:
                world.do(command)
            except Refused:
                continue
        waits = any(row.state in WAITING for row in world.all(ProviderQuery, encounter_id=encounter_id))
        held = world.get(Encounter, encounter_id).state == "QUERY_HOLD"
        assert held == waits
        assert world.item("coding", encounter_id).open != held
