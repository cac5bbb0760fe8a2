"""Where a person's own practice is."""

from __future__ import annotations

import os
from pathlib import Path


def home() -> Path:
    """The user's data folder."""
    from platformdirs import user_data_path

    given = os.environ.get("SUPERBILL_HOME")
    return Path(given) if given else user_data_path("superbill")
