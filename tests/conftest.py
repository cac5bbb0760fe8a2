"""What all tests share: the code-set library, built once for this machine."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def built_library_path() -> Path:
    """A complete library.  Its folder is named by the sources' hash, so later runs build nothing; the
    build's own lock makes parallel workers wait for the first of them."""
    from codesets.library.build import build_library, fingerprint_of
    from codesets.releases.sources import packaged_sources

    sources = packaged_sources()
    top = Path(tempfile.gettempdir()) / f"superbill-tests-{os.getuid()}"
    top.mkdir(mode=0o700, exist_ok=True)
    if top.stat().st_uid != os.getuid():
        raise RuntimeError(f"{top} belongs to somebody else")
    path = top / fingerprint_of(sources)[:16] / "codes.sqlite"
    build_library(path=path, sources=sources)
    return path
