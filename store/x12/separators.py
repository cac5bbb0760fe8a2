"""The four characters that an interchange declares in its ISA."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Separators:
    """`repetition` is '' where there is none (4010)."""

    element: str
    component: str
    segment: str
    repetition: str = ""
