"""Fuzzing that is led by what it reaches: atheris changes a reader's good files towards code not run before.

    pip install atheris        # a compiled tool for some Pythons on Linux, so none of the tests' own needs
    python -m tests.bench.guided 835 -max_total_time=60

Every reader of `tests.fuzz.readers` has its name; words after it are libFuzzer's own.  What falls over is written to a
file `crash-…` of the working folder.
"""

from __future__ import annotations

import sys
import tempfile
from importlib import import_module
from pathlib import Path


def main() -> None:
    """Fuzz one reader until its time is over."""
    atheris = import_module("atheris")  # no need of the tests: it is compiled for some Pythons alone

    with atheris.instrument_imports(include=["store", "codesets"]):
        from tests.fuzz.readers import READERS, survives
    readers = {reader.name: reader for reader in READERS}
    name, *words = sys.argv[1:] or [""]
    if name not in readers:
        raise SystemExit(f"Name a reader: {', '.join(readers)}")
    with tempfile.TemporaryDirectory() as folder:
        corpus, scratch = Path(folder) / "corpus", Path(folder) / "scratch"
        corpus.mkdir()
        scratch.mkdir()
        for number, seed in enumerate(readers[name].seeds):
            (corpus / f"{number}").write_bytes(seed)
        atheris.Setup(["guided", *words, str(corpus)], lambda data: survives(readers[name], data, scratch))
        atheris.Fuzz()


if __name__ == "__main__":
    main()
