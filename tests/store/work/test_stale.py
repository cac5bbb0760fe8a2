"""Who saves a record that somebody else saved meanwhile is told who it was and what they changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar

import pytest
from sqlalchemy import text
from sqlmodel import Session

from store.claims.correct import CorrectClaim
from store.claims.edit_work import RescrubClaims
from store.claims.fields import value_of
from store.claims.fixing import FixFinding, fixes, landing
from store.claims.on_file_work import SetProvider
from store.claims.payers import SavePayer
from store.claims.practice_data import SetPractice
from store.coding.flow import HoldEncounter
from store.coding.lines import ChangeLine
from store.denials.commands import CorrectDenial
from store.denials.letters import SaveTemplate, in_lines
from store.errors import Stale
from store.people.roles import Permission
from store.remits.pad import part_told
from store.remits.scratch import EditPart
from store.statements.dunning import SetDunningMessage
from store.statements.wording import SetTemplate
from store.statements.words import WORDS
from store.tables import Claim, Encounter, Practice, ServiceLine
from store.work.command import Change, Command, Said
from tests.store.work.remits import lost_answer
from tests.store.world import DAY, World


@dataclass(frozen=True, slots=True)
class _FromBefore(Command):
    """A save of an encounter as it was before the other's: its version is no longer that which was read."""

    encounter_id: int
    name: ClassVar[str] = "test.from_before"

    def apply(self, change: Change) -> Said:
        row = change.get(Encounter, self.encounter_id)
        change.session.connection().execute(text("UPDATE encounter SET version = version + 1"))
        row.kind = "mine"
        return Said("saved")


def test_a_stale_save_tells_who_changed_what_and_keeps_nothing(world: World) -> None:
    encounter_id = world.encounter("PRMUT")
    world.who("coder").do(HoldEncounter(encounter_id, DAY + timedelta(days=3), "waits for the lab"))
    with pytest.raises(Stale, match=r"coder saved this encounter at \d\d:\d\d UTC: .*state READY → ") as refused:
        world.do(_FromBefore(encounter_id))
    assert "Nothing of yours was saved" in str(refused.value)
    assert world.get(Encounter, encounter_id).kind != "mine"


def says(world: World, claim_id: int, field: str) -> str:
    with Session(world.engine) as session:
        return value_of(session, session.get_one(Claim, claim_id), field)


RECORDS = {
    "patient.birth": ("1981-05-17", "1982-05-17"),
    "address": ("1 ELM ST; LARKFIELD; KS; 668990001", "2 ELM ST; LARKFIELD; KS; 668990001"),
    "group_number": ("G1", "G2"),
    "provider.taxonomy": ("207Q00000X", "207R00000X"),
    "practice.phone": ("555-555-0101", "555-555-0102"),
    "payer.frequencies": ("1,7", "1,8"),
    "1.charge": ("201.00", "202.00"),
    "note": ("OURS", "MINE"),
}
ON_FILE: dict[str, Command] = {
    "provider.taxonomy": SetProvider("2999900113", (("taxonomy", "207Q00000X"),)),
    "practice.phone": SetPractice((("phone", "555-555-0101"),)),
    "payer.frequencies": SavePayer('payer_id = "PRMUT"\nfrequencies = ["1", "7"]'),
}
"""How the command line sets the same."""


@pytest.mark.parametrize("field", RECORDS)
def test_of_two_who_mend_the_same_field_the_second_is_told_who_changed_it_to_what(world: World, field: str) -> None:
    """The other reached the record from another claim, or from the command line: there is no lease on a record."""
    claim_id, (theirs, mine) = world.claim(), RECORDS[field]
    seen = says(world, claim_id, field)
    command, name = ON_FILE.get(field, CorrectClaim(claim_id, fields=((field, theirs),))), "biller"
    if command.permission is Permission.ADMIN:
        name = "admin"
    world.who(name).do(command)
    stands, before = says(world, claim_id, field), world.dump()
    with pytest.raises(Stale, match=rf"{name} changed it at \d\d:\d\d UTC: .* → {stands}") as refused:
        world.do(CorrectClaim(claim_id, fields=((field, mine),), seen=seen))
    assert "Nothing of yours was saved" in str(refused.value)
    assert world.dump() == before
    if seen:
        with pytest.raises(Stale):  # what was left as it was seen would take the other's away as well
            world.do(CorrectClaim(claim_id, fields=((field, seen),), seen=seen))
    world.do(CorrectClaim(claim_id, fields=((field, theirs),), seen=seen))  # both meant the same
    world.do(CorrectClaim(claim_id, fields=((field, mine),), seen=stands))
    world.do(CorrectClaim(claim_id, fields=((field, theirs),)))  # the command line saw nothing, and says what it wants
    assert says(world, claim_id, field) == stands
    assert world.faults() == []


def test_what_a_correction_names_by_itself_is_held_against_what_was_seen_too(world: World) -> None:
    claim_id, biller = world.claim(), world.who("biller")
    for theirs, mine, seen, called in (
        ({"member_id": "PRM1"}, {"member_id": "PRM2"}, "PRM123456781", "member id"),
        ({"place": "22"}, {"place": "19"}, "11", "place of service"),
        ({"authorization": "A1"}, {"authorization": "A2"}, "", "authorisation number"),
        ({"modifiers": (("1", ("59",)),)}, {"modifiers": (("1", ("GA",)),)}, "", "modifiers of line 1"),
    ):
        biller.do(CorrectClaim(claim_id, **theirs))
        with pytest.raises(Stale, match=f"{called}: biller changed it at .* → "):
            world.do(CorrectClaim(claim_id, **mine, seen=seen))


def test_who_took_away_what_was_seen_is_told(world: World) -> None:
    claim_id = world.claim()
    world.do(CorrectClaim(claim_id, fields=(("note", "SEEN"),)))
    world.who("biller").do(CorrectClaim(claim_id, fields=(("note", ""),)))
    with pytest.raises(Stale, match=r"biller changed it at .*: SEEN → empty"):
        world.do(CorrectClaim(claim_id, fields=(("note", "SEEN AND MORE"),), seen="SEEN"))


def test_a_change_from_the_command_line_is_not_written_over_by_a_fix(world: World) -> None:
    claim_id = world.claim()
    world.sql("UPDATE practice SET npi='2999900015'")
    world.do(RescrubClaims())
    with Session(world.engine) as session:
        mark = fixes(session, claim_id)[0][0]
        seen = landing(session, world.owner.actor, claim_id, mark).stands
    world.who("admin").do(SetPractice((("npi", "1999999984"),)))
    with pytest.raises(Stale, match=f"NPI of the group: admin changed it at .*: {seen} → 1999999984"):
        world.do(FixFinding(claim_id, mark, "2999900113", seen))
    world.do(FixFinding(claim_id, mark, "2999900113", "1999999984"))
    assert world.one(Practice).npi == "2999900113"


def test_a_denials_correction_is_held_against_what_was_seen(world: World) -> None:
    claim_id, denial_id = world.denied()
    world.who("biller").do(CorrectDenial(denial_id, place="22"))
    with pytest.raises(Stale, match=r"place of service: biller changed it at .*: 11 → 22"):
        world.do(CorrectClaim(claim_id, place="19", seen="11"))
    world.who("biller").undo()
    world.who("biller").do(CorrectClaim(claim_id, place="22"))
    before = world.dump()
    with pytest.raises(Stale, match=r"place of service: biller changed it at .*: 11 → 22"):
        world.do(CorrectDenial(denial_id, place="19", seen="11"))
    assert world.dump() == before


@pytest.mark.parametrize(
    ("command", "seen"),
    [(SetTemplate("en", "levels.1", "THEIRS"), WORDS["en"].levels[1]), (SetDunningMessage(2, "en", "THEIRS"), "")],
)
def test_the_words_of_the_statements_are_held_against_what_was_seen(
    world: World, command: SetTemplate | SetDunningMessage, seen: str
) -> None:
    world.who("supervisor").do(command)
    mine = replace(command, text="MINE")
    with pytest.raises(Stale, match=r"supervisor changed it at .* → THEIRS"):
        world.do(replace(mine, seen=seen))
    world.do(replace(mine, seen="THEIRS"))
    world.do(command)


def test_modifiers_and_units_of_a_line_are_held_against_what_was_seen(world: World) -> None:
    encounter_id = world.encounter("PRMUT")
    world.code(encounter_id, finish=False)
    line = world.all(ServiceLine)[0]
    mine = ChangeLine(encounter_id, line.id, modifiers=("59",), seen="")
    world.who("coder").do(replace(mine, modifiers=("25", "GA")))
    with pytest.raises(Stale, match=r"modifiers of line 1: coder changed it at .*: empty → 25 GA"):
        world.do(mine)
    world.do(replace(mine, seen="25 GA"))
    more = ChangeLine(encounter_id, line.id, units=3, seen="1")
    world.who("coder").do(replace(more, units=2))
    with pytest.raises(Stale, match=r"units of line 1: coder changed it at .*: 1 → 2"):
        world.do(more)
    found = world.get(ServiceLine, line.id)
    assert (found.modifiers, found.units) == ("59", 2)


def test_a_part_of_an_answer_is_held_against_what_was_seen(world: World) -> None:
    answer_id, _ = lost_answer(world)
    with Session(world.engine) as session:
        seen, seen_why = part_told(session, answer_id, 1)
    mine = EditPart(answer_id, 1, 5_000, "CO-45 3.20", seen, seen_why)
    world.who("poster").do(replace(mine, paid=6_000))
    before = world.dump()
    with pytest.raises(Stale, match=r"payment of part 1: poster changed it at .*: \S+ → 60.00"):
        world.do(mine)
    with pytest.raises(Stale, match=r"reasons of part 1: poster changed it at .* → CO-45 3.20"):
        world.do(replace(mine, seen="60.00", why="CO-45 4"))
    assert world.dump() == before
    world.do(replace(mine, seen="60.00", seen_why="CO-45 3.20"))


def test_the_text_of_a_letter_is_held_against_what_was_seen(world: World) -> None:
    with Session(world.engine) as session:
        title, text = in_lines(session, "appeal")
    mine = SaveTemplate("appeal", title, "Pay $denied at once.", title, text)
    world.who("supervisor").do(replace(mine, text="Please pay $denied."))
    with pytest.raises(Stale, match=r"text of appeal: supervisor changed it at .* → Please pay \$denied"):
        world.do(mine)
    world.who("supervisor").do(SaveTemplate("appeal", "Another subject", "Please pay $denied."))
    with pytest.raises(Stale, match=r"title of appeal: supervisor changed it at .* → Another subject"):
        world.do(replace(mine, seen="Please pay $denied."))
    world.do(replace(mine, seen_title="Another subject", seen="Please pay $denied."))
