from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from codesets.releases.files import Member, members_of

Write = Callable[[str, str], Member]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a text to a file and hands it out as a release file."""

    def written(name: str, text: str) -> Member:
        path = tmp_path / name
        path.write_bytes(text.encode())
        (member,) = members_of(path)
        return member

    return written


@pytest.fixture(scope="session")
def genuine() -> Path:
    """The folder of published files, where a developer has one; its tests are skipped elsewhere."""
    folder = Path(os.environ.get("SUPERBILL_GENUINE", Path(__file__).parents[4] / "shared" / "data"))
    if not (folder / "codesets").is_dir():
        pytest.skip("the published files are not on this machine")
    return folder
