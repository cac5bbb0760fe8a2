"""What is read on the command line is in the trail and needs its right, as on a screen; other verbs run too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import typer
from sqlmodel import Session, select
from typer.testing import CliRunner, Result

from store.db import sqlite_url
from store.errors import NotAllowed
from store.tables import AuditEntry, Claim, Encounter, Guarantor, User
from store.work.values import Row
from tests.store.world import World
from tui import commands
from tui.asks import Chosen
from tui.queues.coding import SPEC

SHOWS = {action.id: action.shows for action in SPEC.actions if action.shows}

pytestmark = pytest.mark.sqlite


@dataclass
class Shell:
    """The command line of one practice, typed by this or that person."""

    world: World
    patch: pytest.MonkeyPatch
    app: typer.Typer

    def run(self, *words: object, who: str = "owner", at: bool = True) -> Result:
        with Session(self.world.engine) as session:
            uid = session.exec(select(User.uid).where(User.name == who)).one()
        self.patch.setattr("os.getuid", lambda: uid)
        place = ["--db", self.world.url] if at else []
        return CliRunner().invoke(self.app, [*map(str, words), *place])

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
    commands.register(app)
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
        ("accounts", "why", account): ("view.account", f"account:{claim.guarantor_id}", None),
        ("ledger", "show", account): ("view.account", f"account:{claim.guarantor_id}", None),
        ("statements", "preview"): ("view.list", "list:statements preview", None),
        ("statements", "show", run): ("view.run", f"run:{run}", None),
    }
    for words, look in looks.items():
        assert [(one.action, one.subject, one.patient_id) for one in shell.told(*words)] == [look], words
        assert shell.lacks("coder", *words), words
    assert [one.action for one in shell.told("queries", "send-out")] == ["view.list", "export"]
    assert shell.lacks("collector", "queries", "send-out")


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


def test_a_backup_and_a_copy_are_exports_in_the_trail_and_for_who_administers(shell: Shell, tmp_path: Path) -> None:
    target = sqlite_url(tmp_path / "copy.db")
    backup, copy = ("backup", tmp_path / "backup.db"), ("copy", "--from", shell.world.url, "--to", target)
    assert shell.lacks("coder", *backup)
    assert shell.lacks("supervisor", *copy, at=False)
    assert list(tmp_path.iterdir()) == []
    told = [*shell.told(*backup), *shell.told(*copy, at=False)]
    assert [(one.action, one.user_name, one.subject) for one in told] == [
        ("export", "owner", "the whole practice, a backup: backup.db"),
        ("export", "owner", "the whole practice, to another database"),
    ]
