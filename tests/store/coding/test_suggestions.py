"""Suggestions: offered with their reason, never from what the note denies, and counted by rule."""

from __future__ import annotations

from store.coding.desk import Desk, read_desk
from store.coding.diagnoses import AddDiagnosis, RemoveDiagnosis
from store.coding.flow import FinishCoding
from store.coding.reviewing import ReturnReview
from store.coding.reviews import AddReviewRule
from store.coding.rule_counts import missed, rule_counts, rules_record
from store.coding.suggestions import RejectSuggestion, TakeSuggestion, advise, open_offers
from store.tables import Diagnosis, Encounter, SuggestionChoice
from tests.store.world import DOS, World

NOTE = (
    "CC: cough and wheeze\n"
    "HPI: Known mild persistent asthma, now worse after a cold. Denies fever. Possible pneumonia. "
    "Mother has diabetes.\n"
    "A/P: Mild persistent asthma with acute exacerbation. Hypertension, stable.\n"
)


def desk_of(world: World, encounter_id: int) -> Desk:
    with world.owner.reading() as session:
        return read_desk(session, world.library, encounter_id)


def test_each_offer_tells_code_title_words_and_why(world: World) -> None:
    desk = desk_of(world, world.encounter("PRMUT", note=NOTE))
    offers = {offer.code: offer for offer in advise(world.library, desk).offers}
    offer = offers["J45.31"]
    assert "asthma" in NOTE[slice(*offer.span)]
    assert "Assessment; not negated" in offer.why
    assert "exacerbation" in offer.title
    assert offer.rule


def test_what_is_denied_doubted_or_somebody_elses_is_shown_as_such_and_never_offered(world: World) -> None:
    desk = desk_of(world, world.encounter("PRMUT", note=NOTE))
    advice = advise(world.library, desk)
    how = {aside.words.casefold(): aside.how for aside in advice.asides}
    assert how["fever"] == "negated"
    assert how["pneumonia"] == "uncertain"
    assert how["diabetes"] == "family"
    offered = {offer.code[:3] for offer in advice.offers}
    assert not offered & {"R50", "J18", "E11", "E10", "E08", "E13"}


def test_an_inpatient_note_may_offer_what_is_doubted(world: World) -> None:
    encounter_id = world.encounter("PRMUT", note=NOTE)
    world.sql("UPDATE encounter SET setting='inpatient'")
    advice = advise(world.library, desk_of(world, encounter_id))
    assert any(offer.code.startswith("J18") for offer in advice.offers)


def test_decisions_are_counted_by_rule_and_not_asked_again(world: World) -> None:
    encounter_id = world.encounter("PRMUT", note=NOTE)
    advice = advise(world.library, desk_of(world, encounter_id))
    asthma = next(offer for offer in advice.offers if offer.code == "J45.31")
    pressure = next(offer for offer in advice.offers if offer.code == "I10")
    world.do(TakeSuggestion(encounter_id, asthma.rule, asthma.code, *asthma.span))
    world.do(RejectSuggestion(encounter_id, pressure.rule, pressure.code, *pressure.span))
    other = world.encounter("PRMUT", note=NOTE)
    world.do(TakeSuggestion(other, asthma.rule, asthma.code, *asthma.span, "J45.30"))
    coded = world.one(Diagnosis, encounter_id=other)
    assert (coded.code, coded.span_start, coded.span_end) == ("J45.30", *asthma.span)
    with world.owner.reading() as session:
        counts = {row.rule: row for row in rule_counts(session)}
    asked = counts[asthma.rule]
    total = sum(row.total for row in counts.values())
    assert (total, asked.accepted, asked.edited) == (3, 1, 1)
    assert sum(row.rejected for row in counts.values()) == 1
    world.do(RemoveDiagnosis(encounter_id, world.one(Diagnosis, encounter_id=encounter_id).id))
    left = {offer.code for offer in open_offers(advice, desk_of(world, encounter_id))}
    assert not left & {asthma.code, pressure.code}


def test_a_code_that_is_on_the_encounter_is_not_offered(world: World) -> None:
    encounter_id = world.encounter("PRMUT", note=NOTE)
    world.code(encounter_id, ("I10",), finish=False)
    desk = desk_of(world, encounter_id)
    assert "I10" not in {offer.code for offer in open_offers(advise(world.library, desk), desk)}


def test_codes_added_by_another_way_count_for_the_rule_that_had_suggested_them(world: World) -> None:
    encounter_id = world.encounter("PRMUT", note=NOTE)
    advice = advise(world.library, desk_of(world, encounter_id))
    offers = {offer.code: offer for offer in advice.offers}
    words = offers["J45.31"].span
    world.do(TakeSuggestion(encounter_id, offers["J45.31"].rule, "J45.31", *words))
    world.do(RejectSuggestion(encounter_id, offers["I10"].rule, "I10", *offers["I10"].span))
    world.code(encounter_id, ("I10", "M54.50"), finish=False)
    world.do(AddDiagnosis(encounter_id, "J45.901", words[0], words[0] + 4))
    world.do(FinishCoding(encounter_id, offered=advice.offers))
    told = {row.chosen: (row.outcome, row.rule) for row in world.all(SuggestionChoice)}
    assert told == {
        "J45.31": ("accepted", offers["J45.31"].rule),
        "I10": ("another way", offers["I10"].rule),  # the last word counts: it had been rejected
        "J45.901": ("missed", ""),  # the suggestion for its words had been accepted, and has one outcome
        "M54.50": ("missed", ""),
    }
    with world.owner.reading() as session:
        counts = {row.rule: row for row in rule_counts(session)}
        assert [(one.code, one.times) for one in missed(session)] == [("J45.901", 1), ("M54.50", 1)]
        assert rules_record(session).headline.startswith("2 decisions")
    assert counts[offers["I10"].rule].percent == 100


def test_a_suggestion_has_one_outcome_the_last_one(world: World) -> None:
    """Rejected or taken first, another code on its words then; taken, and taken away again."""
    encounter_id = world.encounter("PRMUT", note=NOTE)
    advice = advise(world.library, desk_of(world, encounter_id))
    offers = {offer.code: offer for offer in advice.offers}
    asthma, pressure = offers["J45.31"], offers["I10"]
    start = asthma.span[0]

    def finished() -> dict[str, tuple[str, str]]:
        world.do(FinishCoding(encounter_id, offered=advice.offers))
        rows = world.all(SuggestionChoice)
        told = {row.code: (row.outcome, row.chosen) for row in rows}
        assert len(told) == len(rows)
        assert told.pop("M54.50") == ("missed", "M54.50")
        world.owner.undo()
        return told

    world.code(encounter_id, ("M54.50",), finish=False)
    world.do(RejectSuggestion(encounter_id, asthma.rule, "J45.31", *asthma.span))
    world.do(TakeSuggestion(encounter_id, pressure.rule, "I10", *pressure.span))
    world.do(AddDiagnosis(encounter_id, "J45.901", start, start + 4))
    assert finished() == {"J45.31": ("edited", "J45.901"), "I10": ("accepted", "I10")}
    world.do(AddDiagnosis(encounter_id, "J45.41", start, start + 4))
    assert finished()["J45.41"] == ("missed", "J45.41")  # two codes for the words of one suggestion
    for code in ("J45.41", "I10"):
        world.do(RemoveDiagnosis(encounter_id, world.one(Diagnosis, encounter_id=encounter_id, code=code).id))
    world.do(AddDiagnosis(encounter_id, "I15.9", *pressure.span))
    assert finished() == {"J45.31": ("edited", "J45.901"), "I10": ("edited", "I15.9")}
    world.do(RemoveDiagnosis(encounter_id, world.one(Diagnosis, encounter_id=encounter_id, code="I15.9").id))
    assert finished() == {"J45.31": ("edited", "J45.901"), "I10": ("rejected", "")}


def test_what_was_counted_is_taken_back_with_finishing_and_never_counted_twice(world: World) -> None:
    encounter_id = world.encounter("PRMUT", note=NOTE)
    advice = advise(world.library, desk_of(world, encounter_id))
    world.code(encounter_id, ("I10", "M54.50"), finish=False)
    world.do(FinishCoding(encounter_id, offered=advice.offers))
    world.owner.undo()
    assert world.all(SuggestionChoice) == []
    world.do(AddReviewRule("random", "100", DOS))
    for _ in "once", "again":
        world.do(FinishCoding(encounter_id, offered=advice.offers))
        if world.get(Encounter, encounter_id).state == "REVIEW":
            world.who("supervisor").do(ReturnReview(encounter_id, "look again"))
    assert sorted(row.outcome for row in world.all(SuggestionChoice)) == ["another way", "missed"]


def test_where_no_note_was_read_nothing_is_missed(world: World) -> None:
    encounter_id = world.encounter("PRMUT", note=NOTE)
    world.code(encounter_id, finish=False)
    world.do(FinishCoding(encounter_id))
    assert world.all(SuggestionChoice) == []
