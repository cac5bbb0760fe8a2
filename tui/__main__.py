"""`python -m tui` is `superbill`."""

from tui.cli import main

main()
