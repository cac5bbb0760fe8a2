"""What a person may set: colours, line drawing, mouse, copying, and the keys.

Two files in the settings folder (`SUPERBILL_SETTINGS`, else the user's configuration folder), both of them optional:
`settings.toml` and `keys.toml`.  A file that can't be read is refused as a whole, with the place; the program then
runs with what it ships and says so.
"""

from tui.settings.keymap import read_keymap
from tui.settings.values import Settings, read_settings, settings_folder

__all__ = ["Settings", "read_keymap", "read_settings", "settings_folder"]
