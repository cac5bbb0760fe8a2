"""Second looks: who is chosen and why, by whom it is done, and how far both codings agree."""

from __future__ import annotations

from datetime import timedelta

import pytest

from store.claims.release import ReleaseCoded
from store.coding.diagnoses import AddDiagnosis
from store.coding.flow import FinishCoding
from store.coding.lines import ChangeLine
from store.coding.reviewing import AskReview, FinishReview, ReturnReview, agreement, agreement_record
from store.coding.reviews import AddReviewRule, EndReviewRule, _drawn
from store.errors import NotAllowed, Refused
from store.tables import Claim, CodingReview, Encounter, Remark, ServiceLine
from store.work.values import View
from tests.store.world import DAY, VISIT, World

MARKED = (("G0438", ("25",), 1, (1,)), ("G0008", (), 1, (1,)))


def coded(world: World, lines: object = VISIT) -> int:
    """An encounter that the coder coded and that could be finished."""
    encounter_id = world.encounter("PRMUT")
    world.code(encounter_id, lines=lines, finish=False)
    line = world.all(ServiceLine, encounter_id=encounter_id)[0]
    world.who("coder").do(ChangeLine(encounter_id, line.id, units=1))
    return encounter_id


def state(world: World, encounter_id: int) -> str:
    """How it stands once somebody who works claims has looked at the board."""
    if world.get(Encounter, encounter_id).state == "CODED":
        world.do(ReleaseCoded())
    return world.get(Encounter, encounter_id).state


@pytest.mark.parametrize(("kind", "value", "chosen", "lines"), [
    ("random", "100", True, VISIT), ("new coder", "1", True, VISIT), ("amount", "227.00", True, VISIT),
    ("amount", "227.01", False, VISIT), ("modifier", "59,25", True, MARKED), ("modifier", "59", False, MARKED),
    ("code", "I1", True, VISIT), ("code", "E11,Z", False, VISIT),
])  # fmt: skip
def test_a_rule_sends_what_it_fits_to_review_and_bills_nothing(
    world: World, kind: str, value: str, chosen: bool, lines: object
) -> None:
    world.do(AddReviewRule(kind, value, DAY))
    encounter_id = coded(world, lines)
    world.who("coder").do(FinishCoding(encounter_id))
    assert state(world, encounter_id) == ("REVIEW" if chosen else "RELEASED")
    assert bool(world.all(Claim)) != chosen
    assert world.faults() == []


def test_a_random_share_is_near_what_was_asked_for_and_always_the_same() -> None:
    drawn = [_drawn(f"1{number:04d}", 3) for number in range(2000)]
    assert 0.07 < sum(one < 10 for one in drawn) / len(drawn) < 0.13
    assert drawn == [_drawn(f"1{number:04d}", 3) for number in range(2000)]


def test_a_rule_that_ended_sends_nothing(world: World) -> None:
    rule = int(str(world.do(AddReviewRule("random", "100", DAY - timedelta(days=9))).result))
    world.do(EndReviewRule(rule, DAY - timedelta(days=1)))
    encounter_id = coded(world)
    world.who("coder").do(FinishCoding(encounter_id))
    assert state(world, encounter_id) == "RELEASED"


def test_agreeing_releases_and_bills(world: World) -> None:
    encounter_id = coded(world)
    world.who("coder").do(AskReview(encounter_id, "is G0438 right?"))
    reviewer = world.who("supervisor")
    assert [row.subject_id for row in reviewer.page("reviews", View()).rows] == [encounter_id]
    reviewer.do(FinishReview(encounter_id))
    assert state(world, encounter_id) == "RELEASED"
    review = world.one(CodingReview)
    assert (review.outcome, review.matched, review.total) == ("agreed", 4, 4)
    assert world.get(Encounter, encounter_id).coded_by == world.who("coder").actor.user_id
    assert len(world.all(Claim)) == 1
    assert world.faults() == []


def excluding(world: World) -> int:
    """An encounter of the coder's whose codes exclude each other."""
    encounter_id = coded(world)
    for code in ("E11.9", "E10.9"):
        world.who("coder").do(AddDiagnosis(encounter_id, code))
    return encounter_id


def test_codes_that_exclude_each_other_are_agreed_with_for_a_reason_where_the_coder_only_asks(world: World) -> None:
    encounter_id = excluding(world)
    reviewer = world.who("supervisor")
    world.who("coder").do(AskReview(encounter_id, "do both stand?"))
    with pytest.raises(Refused, match="O overrides it"):
        reviewer.do(FinishReview(encounter_id))
    reviewer.do(FinishReview(encounter_id, override="both are in the note"))
    review = world.one(CodingReview)
    assert (review.outcome, review.reasons) == ("agreed", "both are in the note")
    assert world.all(Remark)[-1].text == "Finished in spite of an edit: both are in the note"
    assert state(world, encounter_id) == "RELEASED"


def test_the_coders_reason_is_before_the_reviewer_who_agrees_without_another(world: World) -> None:
    world.do(AddReviewRule("random", "100", DAY))
    encounter_id = excluding(world)
    world.who("coder").do(FinishCoding(encounter_id, "two conditions"))
    reviewer = world.who("supervisor")
    assert "CODER says that both stand: two conditions" in reviewer.desk(encounter_id).queries
    (row,) = reviewer.page("reviews", View()).rows
    assert "two conditions" in " ".join(reviewer.why(row.item_id).lines)
    reviewer.do(FinishReview(encounter_id))
    assert world.one(CodingReview).outcome == "agreed"
    assert state(world, encounter_id) == "RELEASED"


def test_the_coders_reason_is_not_one_for_codes_that_the_reviewer_adds(world: World) -> None:
    world.do(AddReviewRule("random", "100", DAY))
    encounter_id = excluding(world)
    world.who("coder").do(FinishCoding(encounter_id, "two conditions"))
    reviewer = world.who("supervisor")
    reviewer.do(AddDiagnosis(encounter_id, "E13.9"))
    with pytest.raises(Refused, match="O overrides it"):
        reviewer.do(FinishReview(encounter_id, "a third one"))


def test_changed_codes_need_a_reason_and_lower_the_agreement(world: World) -> None:
    encounter_id = coded(world)
    world.who("coder").do(AskReview(encounter_id, "please look"))
    reviewer = world.who("supervisor")
    reviewer.do(AddDiagnosis(encounter_id, "E11.9"))
    with pytest.raises(Refused, match="changed"):
        reviewer.do(FinishReview(encounter_id))
    reviewer.do(FinishReview(encounter_id, "diabetes is in the plan"))
    with world.owner.reading() as session:
        (row,) = agreement(session)
        assert agreement_record(session).headline == "1 review"
    assert (row.coder, row.changed, row.matched, row.total, row.percent) == ("coder", 1, 4, 5, 80)


def test_a_returned_encounter_is_its_coders_again_and_not_chosen_twice(world: World) -> None:
    world.do(AddReviewRule("random", "100", DAY))
    encounter_id = coded(world)
    coder = world.who("coder")
    coder.do(FinishCoding(encounter_id))
    with pytest.raises(Refused, match="look at"):
        world.who("supervisor").do(ReturnReview(encounter_id, " "))
    world.who("supervisor").do(ReturnReview(encounter_id, "the note says bilateral"))
    item = world.item("coding", encounter_id)
    assert (item.open, item.assigned_to, item.reason) == (
        True, coder.actor.user_id, "returned: the note says bilateral",
    )  # fmt: skip
    assert coder.desk(encounter_id).queries == ("RETURNED by supervisor: the note says bilateral",)
    coder.do(FinishCoding(encounter_id))
    assert state(world, encounter_id) == "RELEASED"
    assert world.one(CodingReview).outcome == "returned"


def test_the_reviewer_sees_on_the_desk_whose_coding_it_is_and_what_to_look_at(world: World) -> None:
    encounter_id = coded(world)
    world.who("coder").do(AskReview(encounter_id, "is the modifier right?"))
    reviewer = world.who("reviewer")
    assert reviewer.desk(encounter_id).queries == ("REVIEW of coder, asked: is the modifier right?",)
    reviewer.do(FinishReview(encounter_id))
    assert reviewer.desk(encounter_id).queries == ()


def test_nobody_reviews_his_own_codes_and_no_coder_reviews(world: World) -> None:
    encounter_id = coded(world)
    coder = world.who("coder")
    coder.do(AskReview(encounter_id, "please look"))
    with pytest.raises(Refused):
        coder.do(AddDiagnosis(encounter_id, "E11.9"))
    with pytest.raises(NotAllowed):
        world.who("coder2").do(FinishReview(encounter_id))
    world.sql("UPDATE encounter SET coded_by=:user", user=world.owner.actor.user_id)
    with pytest.raises(Refused, match="yourself"):
        world.do(FinishReview(encounter_id))


@pytest.mark.parametrize(("kind", "value"), [("random", "101"), ("random", "x"), ("luck", "1"), ("modifier", " "),
                                             ("new coder", "0")])  # fmt: skip
def test_a_rule_that_can_not_be_is_refused(world: World, kind: str, value: str) -> None:
    with pytest.raises(Refused):
        world.do(AddReviewRule(kind, value, DAY))


def test_who_is_alone_lets_a_held_encounter_go_with_a_reason_and_it_counts_as_no_agreement(world: World) -> None:
    world.do(AddReviewRule("random", "100", DAY))
    encounter_id = world.encounter("PRMUT")
    world.code(encounter_id)
    assert state(world, encounter_id) == "REVIEW"
    with pytest.raises(Refused, match="supervisor"):
        world.do(FinishReview(encounter_id, "nobody is here"))
    world.sql("UPDATE app_user SET active=false WHERE name IN ('supervisor', 'reviewer')")
    with pytest.raises(Refused, match="nobody else may review"):
        world.do(FinishReview(encounter_id))
    said = world.do(FinishReview(encounter_id, "read again on the next day")).said
    assert "without a second look" in said
    assert state(world, encounter_id) == "RELEASED"
    review = world.one(CodingReview)
    assert (review.outcome, review.reasons, review.total) == ("alone", "read again on the next day", 0)
    assert review.reviewer_id == world.owner.actor.user_id
    with world.owner.reading() as session:
        (row,) = agreement(session)
    assert (row.agreed, row.changed, row.returned, row.percent) == (0, 0, 0, None)
    assert world.faults() == []
