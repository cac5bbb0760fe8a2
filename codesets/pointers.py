"""How a claim's form names the diagnoses that a line points to."""

POINTER_LETTERS = "ABCDEFGHIJKL"
"""The diagnoses that a line can point to, from the first on, as CMS-1500 items 21 and 24E name them."""
