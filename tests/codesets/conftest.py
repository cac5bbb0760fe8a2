from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from codesets import CodeLibrary, open_library


@pytest.fixture(scope="session")
def library(built_library_path: Path) -> Iterator[CodeLibrary]:
    with open_library(built_library_path) as opened:
        yield opened
