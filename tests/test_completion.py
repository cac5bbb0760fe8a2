"""Completion of `superbill` in a shell."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BASH = shutil.which("bash")
ASKED = """
source <(_SUPERBILL_COMPLETE=source_bash superbill)
complete -p superbill
for word in "cla" "claims b" "nothing"; do
    COMP_WORDS=(superbill $word); COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
    _superbill_completion superbill
    echo "$word: ${COMPREPLY[*]}"
done
"""


@pytest.mark.skipif(BASH is None, reason="there is no bash")
def test_bash_completes_the_verbs(tmp_path: Path) -> None:
    """The script that `--install-completion` writes, in a real shell; asking it opens no practice."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "SUPERBILL_DB": f"sqlite:///{tmp_path / 'none.db'}"}
    done = subprocess.run([str(BASH), "--norc", "-c", ASKED], env=env, capture_output=True, text=True, timeout=60)
    lines = done.stdout.splitlines()
    assert "_superbill_completion superbill" in lines[0], done.stderr
    assert lines[1] == "cla: claims"
    assert set(lines[2].removeprefix("claims b: ").split()) == {"build", "batch"}
    assert lines[3].strip() == "nothing:"
    assert not (tmp_path / "none.db").exists()
