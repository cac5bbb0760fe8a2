"""Where the code-set library lies."""

from __future__ import annotations

import os
from pathlib import Path

LIBRARY_NAME = "codes.sqlite"


def library_path() -> Path:
    """The library file; it need not exist yet.

    The folder is, in this order:

    * `SUPERBILL_CODES`: one folder for all users of a server.  The administrator builds the
      library there once; everyone else only needs to read it, and the operating system keeps one
      copy of its pages in memory for all sessions.
    * `SUPERBILL_HOME`: everything of one user, library included.
    * the user's data folder of the operating system (through `platformdirs`).
    """
    shared = os.environ.get("SUPERBILL_CODES")
    if shared:
        return Path(shared).expanduser() / LIBRARY_NAME
    home = os.environ.get("SUPERBILL_HOME")
    if home:
        return Path(home).expanduser() / LIBRARY_NAME
    from platformdirs import user_data_path

    return user_data_path("superbill", appauthor=False) / LIBRARY_NAME
