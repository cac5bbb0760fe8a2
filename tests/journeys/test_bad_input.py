"""Bad input is answered by one clear sentence, exit 1 or 2, nothing half-done and no traceback."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from store.db import open_engine, sqlite_url
from tests.journeys.command import superbill
from tests.journeys.words import encounter_csv
from tests.payer import answer


def content_of(day: Path) -> str:
    """A fingerprint of every row that the practice in this folder holds, but for who came in."""
    engine = open_engine(sqlite_url(day / "practice.db"))
    with engine.connect() as connection:
        names = set(inspect(connection).get_table_names()) - {"login_session"}
        came_in = {"audit_entry": "WHERE action <> 'people.login'"}
        queries = [f'SELECT * FROM "{name}" {came_in.get(name, "")} ORDER BY 1' for name in sorted(names)]
        rows = [connection.execute(text(query)).all() for query in queries]
    engine.dispose()
    return hashlib.sha256(repr(rows).encode()).hexdigest()


@pytest.mark.parametrize("kind", ["encounters", "acks", "remits"])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.txt", b""),
        ("letter.txt", b"Dear Sir or Madam,\nplease find enclosed nothing.\n"),
        ("picture.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(200)),
    ],
    ids=["empty", "letter", "picture"],
)
def test_a_file_that_is_none_of_ours_is_refused_by_name(day: Path, kind: str, name: str, content: bytes) -> None:
    (day / name).write_bytes(content)
    before = content_of(day)
    told = superbill("import", kind, name)
    assert told.refused_plainly
    assert name in told.out
    assert content_of(day) == before


def test_a_remittance_cut_short_posts_nothing(day: Path) -> None:
    superbill("claims", "batch", "--out", "out")
    claims = next(Path("out").glob("*.837")).read_text()
    whole = answer(claims).remittance
    before = content_of(day)
    for cut in (100, len(whole) // 2, len(whole) - 40):
        (day / f"cut{cut}.835").write_text(whole[:cut])
        told = superbill("import", "remits", f"cut{cut}.835")
        assert told.refused_plainly
        assert "segment" in told.out or "ISA" in told.out
    assert content_of(day) == before


def test_a_bundle_whose_patient_is_missing_is_named_in_the_rejects_file(day: Path) -> None:
    entry = {
        "resourceType": "Encounter",
        "id": "e1",
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": {"reference": "Patient/nobody"},
        "period": {"start": "2026-11-20T09:00:00Z"},
    }
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": entry}]}
    (day / "bundle.json").write_text(json.dumps(bundle))
    told = superbill("import", "encounters", "bundle.json")
    assert told.refused_plainly
    rejects = (day / "bundle.json.rejects.csv").read_text() if (day / "bundle.json.rejects.csv").exists() else ""
    rejects = rejects or next(day.glob("bundle*rejects*")).read_text()
    assert "Patient/nobody" in rejects


def test_a_csv_in_latin_1_is_refused_with_its_place(day: Path) -> None:
    path = encounter_csv(day / "latin.csv")
    path.write_bytes(path.read_text().replace("Quillfeather", "Nuñez").encode("latin-1"))
    before = content_of(day)
    told = superbill("import", "encounters", "latin.csv")
    assert told.refused_plainly
    assert "UTF-8" in told.out
    assert content_of(day) == before


def test_a_good_row_is_kept_beside_a_bad_one(day: Path) -> None:
    path = encounter_csv(day / "two.csv")
    header, *row = path.read_text().split("\n", 1)
    bad = row[0].replace("V-1", "V-2").replace("1991-04-02", "1991-02-31")
    path.write_text(f"{header}\n{row[0]}{bad}", encoding="utf-8")
    told = superbill("import", "encounters", "two.csv")
    assert told.status == 1
    assert "1 new encounters" in told.out
    assert "birth" in told.out


@pytest.mark.parametrize("words", [("import", "encounters", "visits.csv"), ("claims", "batch", "--out", "out")])
def test_a_full_disk_is_told_and_leaves_everything_as_it_was(day: Path, words: tuple[str, ...]) -> None:
    encounter_csv(day / "visits.csv")
    before = content_of(day)
    told = superbill(*words, limit_bytes=4096)
    assert told.refused_plainly
    assert "disk" in (told.out + told.err).lower()
    assert content_of(day) == before


@pytest.mark.parametrize(
    "words",
    [
        ("claims", "show", "NOSUCH"),
        ("ledger", "show", "A0"),
        ("codes", "show", "ZZZ"),
        ("--db", "sqlite:////nowhere/at/all.db", "check"),
        ("--db", "practice", "check"),
        ("--db", "mysql://host/practice", "check"),
        ("claims", "batch", "--out", "/proc/nowhere"),
        ("import", "remits", "missing.835"),
        ("statements", "run", "--as-of", "yesterday", "--out", "x"),
        ("statements", "unsend", "99"),
        ("denials", "list", "--filter", "nocolumn:1"),
        ("nonsense",),
        ("backup", "nowhere/b.db"),
        (),
    ],
)
@pytest.mark.usefixtures("day")
def test_what_is_not_there_is_told_in_a_sentence(words: tuple[str, ...]) -> None:
    assert superbill(*words).refused_plainly


@pytest.mark.usefixtures("day")
def test_no_escape_of_a_file_or_its_name_reaches_the_terminal() -> None:
    Path("a\x1b[2Jb.csv").write_bytes(b"no header\x1b]0;owned\x07\n")
    Path("a\x1b[2Jb.toml").write_bytes(b'payer_id = "\\u001b[2J"\n')
    for words in (
        ("import", "encounters", "a\x1b[2Jb.csv"),
        ("payers", "load", "a\x1b[2Jb.toml"),
        ("claims", "show", "\x1b[2J"),
    ):
        told = superbill(*words)
        assert told.refused_plainly
        assert not {"\x1b", "\x07"} & {*told.out, *told.err}


@pytest.mark.usefixtures("day")
def test_what_is_wrong_in_a_file_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text("no sign\n")
    for words in (("payers", "load", "p.toml"), ("partners", "load", "p.toml"), ("rules", "load", "p.toml")):
        told = superbill(*words)
        assert told.refused_plainly
        assert "p.toml" in told.err
