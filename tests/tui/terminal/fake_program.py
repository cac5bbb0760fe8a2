"""The program on the invented practice, for a terminal of its own: `python -m tests.tui.terminal.fake_program`.

`HOSTILE`, as JSON, is what every name and note of the practice holds then; `SUPERBILL_SETTINGS` is the folder of its
settings.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from tests.tui.fake import SPECS, FakePractice
from tui.app import SuperbillApp
from tui.settings import Settings, read_settings

if __name__ == "__main__":
    hostile = json.loads(os.environ.get("HOSTILE", '""'))
    practice = FakePractice(5, hostile=hostile) if hostile else FakePractice()
    folder = os.environ.get("SUPERBILL_SETTINGS")
    settings = read_settings(Path(folder)) if folder else Settings()
    SuperbillApp(lambda: practice, specs=SPECS, settings=settings).run(mouse=False)
