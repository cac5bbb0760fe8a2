"""Letters are filled from the claim, kept as they went, and never read what came from outside as markup."""

from __future__ import annotations

import io
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path

import pytest
import typer
from pypdf import PdfReader
from typer.testing import CliRunner

from store.denials.appeals import AppealDenial
from store.denials.before import outcomes_like
from store.denials.commands import CorrectDenial, WriteOffDenial
from store.denials.letters import MakeLetter, SaveTemplate, templates
from store.errors import NotFound, Refused
from store.jobs import WriteLetters
from store.remits.take_in import ImportRemittance
from store.tables import ArchivedFile, Claim, Denial, Remark, SentDocument, WorkItem
from store.work.together import Together
from tests.store.eras import era, pays, reversal
from tests.store.world import DAY, World, on
from tui import commands
from tui.commands import denials


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def written(world: World, folder: Path, denial_id: int, letter: str = "appeal") -> str:
    world.do(WriteLetters((denial_id,), letter, "fax", "", "F100", folder))
    (path,) = folder.glob("*.pdf")
    return text_of(path.read_bytes())


def test_an_appeal_packet_holds_the_claim_the_answer_and_the_proof_of_filing(world: World, tmp_path: Path) -> None:
    claim_id, denial_id = world.denied("CO-50", "MEDB")
    text = " ".join(written(world, tmp_path, denial_id).split())
    claim = world.get(Claim, claim_id)
    for words in (
        f"Appeal of claim {claim.control_number}, level 1", "CO-50 (not judged necessary)", "$195.00",
        "Enclosure 1: the claim", "G0438", "Enclosure 2: your answer", "CLP*", "Enclosure 3: proof of filing", ".837",
    ):  # fmt: skip
        assert words in text, words
    sent = world.one(SentDocument)
    assert (sent.how, sent.reference, sent.sent_on, sent.denial_id) == ("fax", "F100", DAY, denial_id)
    assert world.one(ArchivedFile, kind="letter").direction == "out"
    assert "Sent: appeal by fax" in world.all(Remark)[-1].text
    assert "appeal by fax" in str(world.owner.record("denials", denial_id).tabs[0])


def test_who_signs_stands_over_the_practice_and_zip_and_telephone_are_written_as_people_do(
    world: World, tmp_path: Path
) -> None:
    _, denial_id = world.denied()
    world.sql("UPDATE practice SET name='Larkfield', zip='668990400', phone='3165550100'")
    lines = [line.strip() for line in written(world, tmp_path, denial_id, "reconsideration").splitlines()]
    assert lines[lines.index("owner") + 1] == "Larkfield"
    assert any(line.endswith("66899-0400") for line in lines)
    assert "(316) 555-0100" in lines


def test_what_came_from_outside_is_plain_text_in_a_letter(world: World, tmp_path: Path) -> None:
    _, denial_id = world.denied()
    world.sql("UPDATE payer SET name='<b>Payer & Sons</b> <para>'")
    world.sql("UPDATE patient SET last='O''Brien <i>x'")
    assert "<b>Payer & Sons</b> <para>" in written(world, tmp_path, denial_id, "reconsideration")


def test_the_practices_own_text_replaces_a_shipped_one_and_names_only_what_is_known(
    world: World, tmp_path: Path
) -> None:
    _, denial_id = world.denied()
    with pytest.raises(Refused, match=r"Nothing fills \$salary"):
        world.do(SaveTemplate("appeal", "About $claim", "Pay $salary"))
    world.do(SaveTemplate("Appeal", "About $claim", "Pay $denied for $patient, at once."))
    assert "at once" in written(world, tmp_path, denial_id)
    world.do(SaveTemplate("appeal", "", ""))
    with world.owner.reading() as session:
        assert "We appeal" in next(one.text for one in templates(session) if one.name == "appeal")


def test_a_letter_that_is_not_there_and_a_way_that_is_none_are_refused(world: World) -> None:
    _, denial_id = world.denied()
    with pytest.raises(NotFound, match="no letter"):
        world.do(MakeLetter(denial_id, "love letter", "fax"))
    with pytest.raises(Refused, match="is none of mail"):
        world.do(MakeLetter(denial_id, "appeal", "pigeon"))
    assert world.all(SentDocument) == []


# --- many at once ---


def test_many_are_changed_as_one_with_one_undo(world: World) -> None:
    ids = [world.denied()[1] for _ in range(3)]
    before = world.dump()
    done = world.do(Together(tuple(WriteOffDenial(one, "filed too late") for one in ids), "Write off"))
    assert done.said.startswith("Write off: 3 rows, the last: ")
    assert {world.get(Denial, one).state for one in ids} == {"CLOSED_WO"}
    world.owner.undo()
    assert world.dump() == before
    assert world.faults() == []


def test_one_that_is_refused_keeps_all_others_as_they_were(world: World) -> None:
    ids = [world.denied()[1] for _ in range(2)]
    world.do(WriteOffDenial(ids[1], "filed too late"))
    before = world.dump(everything=True)
    with pytest.raises(Refused):
        world.do(Together(tuple(WriteOffDenial(one, "filed too late") for one in ids), "Write off"))
    assert world.dump(everything=True) == before


# --- what worked before ---


def test_the_last_outcomes_of_the_same_payer_reason_and_code_stand_beside_the_row(world: World) -> None:
    won, won_denial = world.denied("CO-50", "MEDB")
    world.do(AppealDenial(won_denial, "R1"))
    lost, lost_denial = world.denied("CO-50", "MEDB")
    world.do(CorrectDenial(lost_denial, authorization="A1"))
    world.send()
    with on(DAY + timedelta(days=10)):
        world.do(ImportRemittance("won", era(pays(world, won, "", ""), trace="T1")))
        again = pays(world, lost, "CO-50 19500", "CO-50 3200")
        world.do(ImportRemittance("lost", era(reversal(again), again, trace="T2")))
    _, denial_id = world.denied("CO-50", "MEDB")
    with world.owner.reading() as session:
        denial = session.get_one(Denial, denial_id)
        found = outcomes_like(session, denial, session.get_one(Claim, denial.claim_id))
    assert [(one.code, one.done, one.won, one.days) for one in found] == [
        ("G0438", "corrected claim", False, 10),
        ("G0438", "appeal", True, 10),
    ]
    assert world.item("denials", denial_id).open
    assert world.all(WorkItem, queue="denials", open=True)


def test_a_letters_text_is_printed_changed_loaded_and_given_up_by_command(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(denials, "opened", lambda _: nullcontext(world.owner))
    app, file = typer.Typer(), tmp_path / "appeal.txt"
    commands.register(app)

    def told(*words: str) -> str:
        done = CliRunner().invoke(app, ["denials", "template", *words])
        assert done.exit_code == 0, done.output
        return done.output

    shipped = told("appeal")
    assert shipped.startswith("Appeal of claim $claim, level $level\n\nWe appeal")
    file.write_text(shipped.replace("We appeal", "We strongly appeal"))
    assert "is kept" in told("appeal", "--load", str(file))
    assert "We strongly appeal" in told("appeal")
    told("appeal", "--drop")
    assert told("appeal") == shipped
