"""What the codes are and which rules tie them together.

This room knows no patient, no claim and no screen.  `open_library()` is its front door:

    library = codesets.open_library()
    for hit in library.search("fx dist radius lt", on=date(2026, 5, 12)):
        print(hit.code, hit.title)

Names are loaded when they are first asked for, so that `import codesets` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from codesets.errors import Refused

if TYPE_CHECKING:
    from codesets.library.build import build_library
    from codesets.library.fetch import fetch, official_file, official_files
    from codesets.library.load import load
    from codesets.library.model import (
        BuildReport,
        ChangedCode,
        CodeEntry,
        Hit,
        Level,
        LoadReport,
        NoteLine,
        ReleaseInfo,
        SeventhOption,
        Stretch,
        Validity,
        ValidityStatus,
    )
    from codesets.library.place import library_path
    from codesets.library.reader import CodeLibrary, open_library

__all__ = [
    "BuildReport",
    "ChangedCode",
    "CodeEntry",
    "CodeLibrary",
    "Hit",
    "Level",
    "LoadReport",
    "NoteLine",
    "Refused",
    "ReleaseInfo",
    "SeventhOption",
    "Stretch",
    "Validity",
    "ValidityStatus",
    "build_library",
    "fetch",
    "library_path",
    "load",
    "official_file",
    "official_files",
    "open_library",
]

_HOMES = {
    "CodeLibrary": "codesets.library.reader",
    "open_library": "codesets.library.reader",
    "build_library": "codesets.library.build",
    "library_path": "codesets.library.place",
    "load": "codesets.library.load",
    "fetch": "codesets.library.fetch",
    "official_file": "codesets.library.fetch",
    "official_files": "codesets.library.fetch",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'codesets' has no attribute {name!r}")
    return getattr(import_module(_HOMES.get(name, "codesets.library.model")), name)
