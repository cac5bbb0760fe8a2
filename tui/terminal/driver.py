"""The driver that sends only what changed.  `SUPERBILL_PLAIN_DRIVER=1` brings the library's own back."""

from __future__ import annotations

import os
import re

from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver

from tui.terminal.memory import Memory

_FRAME = re.compile(r"\x1b\[\d+;\d+H")


class ChangesDriver(LinuxDriver):
    """A frame is compared with what the terminal shows; everything else passes through."""

    _memory: Memory | None = None

    def write(self, data: str) -> None:
        """Send the changed cells of a frame; a frame that isn't understood is sent as it is."""
        if not _FRAME.match(data):
            super().write(data)
            return
        size = self._app.console.size
        memory = self._memory
        if memory is None or (memory.width, memory.height) != (size.width, size.height):
            memory = self._memory = Memory(size.width, size.height)
        changes = memory.changes(data)
        if changes is None:
            memory.forget()
            super().write(data)
        elif changes:
            super().write(changes)

    def start_application_mode(self) -> None:
        """A new screen shows nothing of what was there."""
        self.forget()
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def forget(self) -> None:
        """The terminal may show anything (another program wrote to it): send the next frame whole."""
        self._memory = None


def driver_class(*, ascii_only: bool = False) -> type[Driver] | None:
    """The driver to run with; None is the library's own choice, which a browser's session needs."""
    if os.environ.get("TEXTUAL_DRIVER"):
        return None
    plain = os.environ.get("SUPERBILL_PLAIN_DRIVER") == "1"
    if ascii_only:
        from tui.terminal.ascii import AsciiChangesDriver, AsciiDriver

        return AsciiDriver if plain else AsciiChangesDriver
    return None if plain else ChangesDriver
