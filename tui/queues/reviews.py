"""Reviews of coded encounters: the desk, where F agrees and R returns."""

from __future__ import annotations

from tui.queues import QueueScreenSpec
from tui.queues.coding import AGREEMENT

SPEC = QueueScreenSpec(queue="reviews", screen="tui.screens.desk:DeskScreen", actions=(AGREEMENT,))
