"""Where the official ICD-10-CM files come from when the user has loaded none."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from codesets.errors import Refused

_PACKAGE = "simple_icd_10_cm"


@dataclass(frozen=True, slots=True)
class Sources:
    """The two files of one ICD-10-CM release: the tabular XML and the list of all its codes."""

    tabular: Path
    code_list: Path

    def sha256(self) -> str:
        """Hash over both files, hexadecimal."""
        digest = hashlib.sha256()
        for path in (self.tabular, self.code_list):
            try:
                with path.open("rb") as handle:
                    while block := handle.read(1 << 20):
                        digest.update(block)
            except OSError as error:
                raise Refused(
                    f"{path.name} can't be read ({error.strerror}).",
                    where=str(path),
                    do="Install superbill again, or put the file back.",
                ) from None
        return digest.hexdigest()


def packaged_sources() -> Sources:
    """The files inside the `simple_icd_10_cm` package.

    The package is found but never imported: importing it takes seconds and 180 MB.
    """
    spec = find_spec(_PACKAGE)
    places = list(spec.submodule_search_locations or ()) if spec else []
    for place in places:
        data = Path(place) / "data"
        tabular = sorted(data.glob("icd10c*tabular*.xml"))
        code_list = sorted(data.glob("code-list*.txt"))
        if len(tabular) == 1 and len(code_list) == 1:
            return Sources(tabular[0], code_list[0])
    raise Refused(
        "The official ICD-10-CM files were not found.",
        where=_PACKAGE,
        do="Install the package simple-icd-10-cm, version 1.5.0.",
    )
