"""The program on the invented practice, for a terminal of its own: `python -m tests.tui.terminal.fake_program`.

`HOSTILE`, as JSON, is what every name and note of the practice holds then.
"""

from __future__ import annotations

import json
import os

from tests.tui.fake import FakePractice
from tests.tui.support import make_app

if __name__ == "__main__":
    hostile = json.loads(os.environ.get("HOSTILE", '""'))
    make_app(FakePractice(5, hostile=hostile) if hostile else FakePractice()).run(mouse=False)
