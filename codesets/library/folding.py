"""Text as it is compared when a term of the Alphabetic Index is looked up."""

from __future__ import annotations

import re
import unicodedata

_GAPS = re.compile(r"[\W_]+")


def folded(text: str) -> str:
    """Lower case, without accents, words parted by one blank, nothing else."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return _GAPS.sub(" ", plain).strip()
