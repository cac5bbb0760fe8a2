"""Whatever a file holds, it is read or refused in a sentence; a few tries here, many in `tests.bench.fuzz`."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.errors import Refused
from tests.fuzz.damage import thrown
from tests.fuzz.readers import COMMANDS, READERS, Reader, survives
from tests.store.conftest import engine, library, still, template, world
from tests.store.world import World

__all__ = ["engine", "library", "still", "template", "world"]
FEW = settings(max_examples=25, deadline=None, derandomize=True, database=None)


@pytest.mark.parametrize("reader", READERS, ids=lambda one: one.name)
def test_no_file_makes_a_reader_stumble(reader: Reader, tmp_path: Path) -> None:
    @FEW
    @given(thrown(reader.seeds))
    def tried(data: bytes) -> None:
        survives(reader, data, tmp_path)

    tried()


def test_no_file_makes_a_command_stumble(world: World) -> None:
    @settings(FEW, max_examples=60)
    @given(st.sampled_from(COMMANDS).flatmap(lambda one: st.tuples(st.just(one), thrown(one[1]))))
    def tried(thing: tuple[Any, bytes]) -> None:
        (_, _, make), data = thing
        with contextlib.suppress(Refused):
            world.do(make(data))

    tried()
    assert world.faults() == []
