"""What is known of the practice itself is shown, changed by an administrator, and told on the next claims."""

from __future__ import annotations

from datetime import date

import pytest
import typer
from typer.testing import CliRunner

from store.claims.correct import CorrectClaim
from store.claims.practice_data import PRACTICE_FIELDS, SetPractice
from store.errors import NotAllowed, Refused
from store.tables import ClaimVersion, Practice
from store.x12.claim_reading import read_claims
from store.x12.claim_values import Address
from tests.store.world import World
from tests.store.x12.samples import validator_complaints
from tui import commands

BOX = "PO Box 7; Larkfield; KS; 66899-0007"


def test_money_goes_to_the_pay_to_address_and_nothing_is_told_where_it_is_the_practices_own(world: World) -> None:
    claim_id = world.claim()
    street = world.one(Practice)
    world.do(SetPractice((("pay_to", BOX),)))
    world.do(CorrectClaim(claim_id, fields=(("note", "AGAIN"),)))
    text = world.send()
    assert "~NM1*87*2~N3*PO BOX 7~N4*LARKFIELD*KS*668990007~" in text
    assert validator_complaints(text) == []
    (sent,) = read_claims(text.encode()).professional
    assert sent.billing.pay_to == Address("PO BOX 7", "LARKFIELD", "KS", "668990007")
    assert sent.billing.address.line1 == street.line1.upper()
    own = f"{street.line1}; {street.city}; {street.state}; {street.zip}"
    for pay_to in (own, ""):
        world.do(SetPractice((("pay_to", pay_to),)))
        world.claim()
        assert "NM1*87" not in world.send()
    assert '"PO Box 7"' in world.all(ClaimVersion, claim_id=claim_id)[-1].content


def test_every_field_that_is_kept_is_set_and_its_example_is_right(world: World) -> None:
    world.do(SetPractice(tuple((name, one.example) for name, one in PRACTICE_FIELDS.items())))
    practice = world.one(Practice)
    assert (practice.line1, practice.zip, practice.phone) == ("1 MAIN ST", "668990001", "5555550100")
    assert (practice.npi, practice.usage, practice.receiver_name) == ("2999900113", "P", "CLEARINGHOUSE")
    world.owner.undo()
    assert world.one(Practice).usage == "T"


@pytest.mark.parametrize(
    ("field", "text", "why"),
    [
        ("npi", "1234567890", "no NPI"),
        ("tax_id", "12", "nine digits"),
        ("taxonomy", "207", "no taxonomy code"),
        ("address", "PO Box 7; Larkfield; KS; 668990007", "post office box"),
        ("address", "1 Main St; Larkfield; KS; 66899", "nine digits"),
        ("pay_to", "PO Box 7", "no address"),
        ("pay_to", "PO Box 7; Larkfield; Kansas; 66899", "no state"),
        ("phone", "12", "no telephone number"),
        ("usage", "X", "can't stand here"),
        ("pay_url", "p" * 81, "longer than 80"),
        ("coding_target_days", "0", "from 1 to 60"),
        ("statement_cycle_days", "monthly", "from 7 to 365"),
        ("name", " ", "can't be empty"),
        ("colour", "red", "nothing that is kept"),
    ],
)
def test_what_a_claim_could_not_say_is_refused_and_nothing_changes(
    world: World, field: str, text: str, why: str
) -> None:
    before = world.one(Practice)
    with pytest.raises(Refused, match=why):
        world.do(SetPractice((("hours", "never"), (field, text))))
    assert world.one(Practice) == before


def test_only_who_administers_changes_the_practice(world: World) -> None:
    world.who("admin").do(SetPractice((("hours", "8 to 5"), ("coding_target_days", "5"))))
    assert world.item("coding", world.encounter("PRMUT")).due == date(2026, 3, 9)  # 5 business days after DOS
    with pytest.raises(NotAllowed):
        world.who("biller").do(SetPractice((("hours", "9 to 5"),)))


def test_the_practice_is_shown_and_set_by_command(world: World) -> None:
    app = typer.Typer()
    commands.register(app)
    at = ["--db", str(world.url)]
    done = CliRunner().invoke(app, ["practice", "set", f"pay_to={BOX}", *at])
    assert done.exit_code == 0, done.output
    assert "PO Box 7; Larkfield; KS; 668990007" in CliRunner().invoke(app, ["practice", "show", *at]).output
    assert CliRunner().invoke(app, ["practice", "set", "pay_to", *at]).exit_code == 2
