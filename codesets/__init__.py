"""What the codes are and which rules tie them together.

This room knows no patient, no claim and no screen.  `open_library()` is its front door.
"""
