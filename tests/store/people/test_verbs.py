"""What is read on the command line is in the trail and needs its right, as on a screen; other verbs run too."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
import typer
from sqlmodel import Session, select
from typer.main import get_command
from typer.testing import CliRunner, Result

from store.db import sqlite_url
from store.errors import NotAllowed
from store.practice import Practice
from store.tables import Action, AuditEntry, Claim, Encounter, Guarantor, User
from store.work.values import Row
from tests.store.world import DAY, World
from tui.asks import Chosen
from tui.commands import accounts, claims, lists, people, practice, queries, statements
from tui.queues.coding import SPEC

SHOWS = {action.id: action.shows for action in SPEC.actions if action.shows}

pytestmark = pytest.mark.sqlite


@dataclass
class Shell:
    """The command line of one practice, typed by this or that person."""

    world: World
    patch: pytest.MonkeyPatch
    app: typer.Typer

    def run(self, *words: object, who: str = "owner", at: bool = True, piped: str | bytes = "") -> Result:
        with Session(self.world.engine) as session:
            uid = session.exec(select(User.uid).where(User.name == who)).one()
        self.patch.setattr("os.getuid", lambda: uid)
        place = ["--db", self.world.url] if at else []
        return CliRunner().invoke(self.app, [*map(str, words), *place], input=piped)

    def told(self, *words: object, at: bool = True) -> list[AuditEntry]:
        """What the trail tells of a verb that the owner runs, beside the coming in."""
        last = len(self.world.all(AuditEntry))
        result = self.run(*words, at=at)
        assert result.exit_code == 0, (words, result.output, result.exception)
        return [entry for entry in self.world.all(AuditEntry)[last:] if entry.action != "people.login"]

    def lacks(self, who: str, *words: object, at: bool = True) -> bool:
        return isinstance(self.run(*words, who=who, at=at).exception, NotAllowed)


@pytest.fixture
def shell(world: World, monkeypatch: pytest.MonkeyPatch) -> Shell:
    app = typer.Typer()
    for module in (people, practice, claims, lists, statements, accounts, queries):
        module.register(app)
    monkeypatch.setattr("typer.testing._get_command", cache(get_command))  # the verbs are put together once
    return Shell(world, monkeypatch, app)


def test_every_verb_that_shows_a_patient_s_data_needs_its_right_and_leaves_a_look_in_the_trail(shell: Shell) -> None:
    world = shell.world
    claim = world.get(Claim, world.claim())
    with Session(world.engine) as session:
        account = session.exec(select(Guarantor.number).where(Guarantor.id == claim.guarantor_id)).one()
    run = 1
    assert shell.run("statements", "select").exit_code == 0
    of_claim, number = ("view.claim", f"claim:{claim.id}", claim.patient_id), claim.control_number
    looks: dict[Sequence[object], tuple[str, str, int | None]] = {
        ("claims", "list"): ("view.list", "list:claims", None),
        ("claims", "messages"): ("view.list", "list:messages", None),
        ("claims", "show", number): of_claim,
        ("claims", "show", number, "--837"): of_claim,
        ("claims", "explain", number): of_claim,
        ("claims", "fields", number): of_claim,
        ("claims", "edi", number): of_claim,
        ("accounts", "why", account): ("view.account", f"account:{claim.guarantor_id}", claim.patient_id),
        ("ledger", "show", account): ("view.account", f"account:{claim.guarantor_id}", claim.patient_id),
        ("statements", "preview"): ("view.list", "list:statements preview", None),
        ("statements", "show", run): ("view.run", f"run:{run}", None),
    }
    for words, look in looks.items():
        assert [(one.action, one.subject, one.patient_id) for one in shell.told(*words)] == [look], words
        assert shell.lacks("coder", *words), words
    assert [one.action for one in shell.told("queries", "send-out")] == ["view.list", "export"]
    assert shell.lacks("collector", "queries", "send-out")


def test_words_about_a_patient_are_read_from_standard_input_where_a_dash_stands_for_them(shell: Shell) -> None:
    """So that no name and no birth stands in the shell's history or the list of processes."""
    world = shell.world
    claim_id, _ = world.denied()
    number = world.get(Claim, claim_id).control_number
    set_two = "patient.birth=1981-05-17\n\nnote=HER MOTHER'S NAME\n"
    assert shell.run("claims", "set", number, "-", "referral=R1", piped=set_two).exit_code == 0
    said = shell.run("claims", "fields", number).output
    assert "1981-05-17" in said
    assert "HER MOTHER'S NAME" in said
    assert "R1" in said
    assert json.loads(shell.run("denials", "list", "--filter", "-", "--json", piped="DoeP\n").output)
    assert json.loads(shell.run("denials", "list", "--filter", "-", "--json", piped="Nobody\n").output) == []
    assert shell.run("claims", "void", number, "-", piped="Jane asked for it, twice\n").exit_code == 0
    assert "Jane asked for it, twice" in world.all(Action)[-1].args
    for piped in ("", " \n", b"\xff\xfe", "x" * 100_001):
        refused = shell.run("claims", "route", number, "coder", "-", piped=piped)
        assert refused.exit_code == 2
        assert "standard input" in refused.output
    assert shell.run("claims", "set", number, "-", "-", piped=set_two).exit_code == 2


def test_past_codes_and_the_history_at_the_desk_are_looks_too(shell: Shell) -> None:
    world = shell.world
    encounter_id = world.encounter("PRMUT")
    chosen = Chosen("coding", (Row(0, encounter_id, "", ()),))
    last, (past, history) = len(world.all(AuditEntry)), (SHOWS[name] for name in ("desk.past", "desk.history"))
    for shows in (past, history):
        shows(world.who("coder"), chosen)
        with pytest.raises(NotAllowed, match="'code'"):
            shows(world.who("collector"), chosen)
    patient = world.get(Encounter, encounter_id).patient_id
    subjects = [(one.action, one.subject, one.patient_id) for one in world.all(AuditEntry)[last:]]
    assert subjects == [(f"view.{kind}", f"{kind}:{encounter_id}", patient) for kind in ("past", "history")]


def test_the_trail_sessions_and_copies_are_seen_to_from_the_command_line(shell: Shell, tmp_path: Path) -> None:
    world, anchors = shell.world, tmp_path / "anchors"
    target, back = sqlite_url(tmp_path / "copy.db"), sqlite_url(tmp_path / "back.db")
    backup, copy = ("backup", tmp_path / "backup.db"), ("copy", "--from", world.url, "--to", target)
    assert shell.lacks("coder", *backup)
    assert shell.lacks("supervisor", *copy, at=False)
    assert list(tmp_path.iterdir()) == []
    told = [*shell.told(*backup), *shell.told(*copy, at=False)]
    assert [(one.action, one.user_name, one.subject) for one in told] == [
        ("export", "owner", "the whole practice, a backup: backup.db"),
        ("export", "owner", "the whole practice, to another database"),
    ]
    assert shell.told("restore", tmp_path / "backup.db", "--db", back, at=False) == []
    assert shell.told("audit", "anchor", anchors) == []
    proved = shell.run("audit", "verify", "--anchor", anchors).output
    assert proved.startswith("ok  ")
    assert f"goes back to {DAY} and nothing in it is ever deleted; it has to be kept for at least 6 years" in proved
    assert shell.run("audit", "show", "--what", "export").output.count("the whole practice") == 2
    for verb in (("verify",), ("show",), ("anchor", anchors)):
        assert shell.lacks("biller", "audit", *verb)
    opened = Practice.open(world.url)
    (mine,) = (one["session"] for one in opened.sessions())
    assert f"{mine}" in shell.run("users", "sessions").output
    assert shell.lacks("biller", "users", "end", mine)
    assert shell.run("users", "end", mine).output == f"Session {mine} is ended.\n"
    opened.close()
    assert shell.run("doctor", "--json").output.startswith("[")
    world.unguarded("audit_entry")
    world.sql("UPDATE audit_entry SET subject='x' WHERE seq=2")
    altered = shell.run("audit", "verify")
    assert (altered.exit_code, altered.output) == (1, "WRONG  entry 2: it was altered\n")
