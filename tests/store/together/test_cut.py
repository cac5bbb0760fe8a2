"""A write-ahead log that was cut off by a crash: what is there is whole, up to some action and no further."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import func
from sqlmodel import Session, select

from store.db import open_engine, sqlite_url
from store.tables import Action
from tests.store.world import World

CUTS = 7


@pytest.mark.sqlite
def test_a_log_cut_anywhere_leaves_a_whole_beginning_and_never_half_an_action(world: World, tmp_path: Path) -> None:
    with world.engine.connect() as keeps_the_log_open:
        world.code(world.encounter())
        world.denied()
        log = Path(f"{world.path}-wal")
        size, base = log.stat().st_size, tmp_path / "base.db"
        shutil.copy(world.path, base)
        kept = log.read_bytes()
        keeps_the_log_open.rollback()
    found = []
    for cut in [size * part // CUTS + part for part in range(CUTS)] + [size]:
        path = tmp_path / f"{cut}.db"
        shutil.copy(base, path)
        Path(f"{path}-wal").write_bytes(kept[:cut])
        engine = open_engine(sqlite_url(path))
        with Session(engine) as session:
            found.append(session.exec(select(func.count()).select_from(Action)).one())
        assert World(sqlite_url(path), engine, world.library).faults() == [], f"cut at {cut} of {size}"
        engine.dispose()
    assert found == sorted(found)
    assert found[-1] == len(world.all(Action)) > found[0]
