"""A suggestion while it is being weighed."""

from __future__ import annotations

from dataclasses import dataclass, field

from codesets.reading.model import SECTION_NAMES, Assertion, Mention
from codesets.reading.specific import Choice


@dataclass(slots=True)
class Draft:
    """One code with its evidence; `weights` are those of its mentions."""

    choice: Choice
    mention: Mention
    rule: str
    why: str
    weights: list[float] = field(default_factory=list)
    score: float = 0.0
    headed: bool = False

    @property
    def key(self) -> str:
        """The code without its dot."""
        return self.choice.key


def because(mention: Mention, more: str = "") -> str:
    """The reason as a coder reads it: 'HTN' in Assessment; not negated."""
    said = " ".join(mention.text.split())
    if len(said) > 60:
        said = said[:59] + "…"
    told = {Assertion.PRESENT: "not negated"}.get(mention.assertion, str(mention.assertion))
    where = SECTION_NAMES[mention.section]
    return f"'{said}' in {where}; {told}{'; ' + more if more else ''}"
