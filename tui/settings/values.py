"""`settings.toml`."""

from __future__ import annotations

import locale
import os
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from store.errors import Refused
from store.plain_tables import toml_of

THEMES = ("terminal", "light", "dark", "high-contrast", "none")
LINES = ("auto", "drawn", "ascii")
COPIES = ("off", "osc52")
LONGEST_LOCK = 480
"""Minutes."""

_PLAIN_TERMINALS = frozenset({"dumb", "vt100", "vt102", "vt220", "ansi"})


@dataclass(frozen=True, slots=True)
class Settings:
    """How the screens look and what the terminal is asked for.

    `theme` terminal uses the terminal's own sixteen colours; `lines` ascii draws with - | + only; `mouse` takes the
    mouse from the terminal; after `lock` minutes without a key the screen locks (0: when the practice says, which is
    also the longest); `copy` osc52 lets the terminal put text on the clipboard of the person's own machine.
    """

    theme: str = "terminal"
    lines: str = "auto"
    mouse: bool = False
    copy: str = "off"
    lock: int = 0

    @property
    def ascii_only(self) -> bool:
        """Whether nothing but ASCII may go to the terminal."""
        if self.lines != "auto":
            return self.lines == "ascii"
        return os.environ.get("TERM", "") in _PLAIN_TERMINALS or locale.getencoding().upper() not in {"UTF-8", "UTF8"}

    @property
    def colours(self) -> str:
        """The theme in use: without colour where `NO_COLOR` asks for it (no-color.org)."""
        return "none" if os.environ.get("NO_COLOR") else self.theme


_ALLOWED: dict[str, Sequence[Any]] = {
    "theme": THEMES,
    "lines": LINES,
    "mouse": (True, False),
    "copy": COPIES,
    "lock": range(LONGEST_LOCK + 1),
}


def settings_folder() -> Path:
    """Where the files are."""
    given = os.environ.get("SUPERBILL_SETTINGS")
    if given:
        return Path(given)
    from platformdirs import user_config_path

    return user_config_path("superbill")


def read_settings(folder: Path) -> Settings:
    """The settings, with `SUPERBILL_THEME` over the file's; `Refused` names the file and what it may say."""
    path = folder / "settings.toml"
    found = read_toml(path)
    known = {field.name for field in fields(Settings)}
    for name, value in found.items():
        if name not in known:
            raise Refused(f"There is no setting '{name}'.", where=str(path), do=f"There are: {', '.join(_ALLOWED)}.")
        if value not in _ALLOWED[name] or isinstance(value, bool) != (name == "mouse"):
            there = _told(_ALLOWED[name])
            raise Refused(f"'{name}' can't be {value!r}.", where=str(path), do=f"It may be: {there}.")
    theme = os.environ.get("SUPERBILL_THEME", "")
    if theme:
        if theme not in THEMES:
            there = ", ".join(THEMES)
            raise Refused(f"There is no theme '{theme}'.", where="SUPERBILL_THEME", do=f"There are: {there}.")
        found["theme"] = theme
    return Settings(**found)


def _told(allowed: Sequence[Any]) -> str:
    if isinstance(allowed, range):
        return f"{allowed[0]} to {allowed[-1]}"
    return ", ".join(str(one).lower() for one in allowed)


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file; empty where there is none."""
    try:
        return toml_of(path.read_text(encoding="utf-8"), str(path))
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError as error:
        raise Refused(f"This is not TOML: {error}.", where=str(path)) from None
    except OSError as error:
        raise Refused(f"The file can't be read: {(error.strerror or '').lower()}.", where=str(path)) from None
