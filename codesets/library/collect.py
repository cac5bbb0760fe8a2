"""Gathers what a library is made of: the packaged tabular list, our table of changes, the loaded files."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from codesets.library import icd10cm
from codesets.library.editions import Published, same_codes, shipped_addenda
from codesets.library.kept import Kept
from codesets.library.kinds import KINDS
from codesets.library.phrases import Wording
from codesets.library.spans import Item, ListRelease
from codesets.library.wordings import index_wordings
from codesets.releases import cpt, hcpcs, icd10cm_addenda, icd10cm_index, icd10cm_order
from codesets.releases.icd10cm_tabular import TabularNode, read_code_list, read_tabular
from codesets.releases.sources import Sources
from codesets.tables import read_table

Row = dict[str, Any]

#: The packaged tabular (April 2026 update) is in force from the start of its fiscal year.
EFFECTIVE = date(2025, 10, 1)
#: Our table of the changes of FY2027, with the billable codes before and after them.
SHIPPED, SHIPPED_YEAR, BEFORE, AFTER = "icd10cm_fy2027", 2027, 74_719, 74_879
HCPCS, CPT, INDEX = "HCPCS", "CPT", "ICD10CM index"
MODIFIERS = " modifier"


@dataclass(slots=True)
class Listing:
    """One row of `listed`: a code of a plain list."""

    release: int
    system: str
    code: str
    title: str
    note: str = ""
    valid_from: str | None = None
    valid_to: str | None = None


@dataclass(slots=True)
class Collected:
    """Everything to be written, still without ids of rows."""

    releases: list[Row] = field(default_factory=list)
    published: list[Published] = field(default_factory=list)
    indexes: dict[str, list[tuple[int, list[icd10cm_index.Term]]]] = field(default_factory=lambda: defaultdict(list))
    lists: dict[str, list[ListRelease]] = field(default_factory=lambda: defaultdict(list))
    wordings: list[Wording] = field(default_factory=list)
    listings: list[Listing] = field(default_factory=list)
    rules: list[tuple[int, Kept]] = field(default_factory=list)
    base: dict[str, int] = field(default_factory=dict)
    """Counts of the packaged tabular list and list of codes."""

    def index_wordings(self) -> Iterator[Wording]:
        """The wordings of the latest release of every index file."""
        for kind, releases in self.indexes.items():
            yield from index_wordings(kind, releases[-1][1])


def collect(sources: Sources, kept: Iterable[Kept], progress: Callable[[int], None]) -> Collected:
    """Read everything.  Of ICD-10-CM, all that is known of one date is one release."""
    found = Collected()
    nodes = read_tabular(sources.tabular, progress)
    listed = read_code_list(sources.code_list)
    found.base = _counts(sources, nodes, listed)
    loaded = list(kept)
    _icd10cm(found, sources, Published(EFFECTIVE, 0, sources.tabular.name, nodes, listed), loaded)
    for item in loaded:
        taker = _TAKERS.get(item.kind)
        if taker is not None:
            taker(found, item)
        elif item.kind not in _ICD10CM:
            number = _release(found, item)
            found.rules.append((number, item))
    _close(found.releases)
    return found


def _counts(sources: Sources, nodes: list[TabularNode], listed: set[str]) -> dict[str, int]:
    """What the packaged release holds; its two files must name the same codes."""
    codes = list(icd10cm.codes_of(nodes, listed))
    same_codes({code.key for code in codes}, listed, f"{sources.tabular.name}, {sources.code_list.name}")
    kinds = Counter(node.kind for node in nodes)
    return {
        "chapters": kinds["chapter"],
        "blocks": kinds["block"],
        "categories": kinds["category"],
        "billable": sum(code.billable for code in codes),
        "notes": sum(len(node.notes) for node in nodes),
    }


def release_row(number: int, item: Kept) -> Row:
    """The row of `release` for a loaded release."""
    kind = KINDS[item.kind]
    return {
        "id": number, "system": kind.system, "label": kind.label(item.effective, item.part),
        "effective_from": item.effective.isoformat(), "effective_to": None, "source": item.source,
        "sha256": item.sha256, "kind": item.kind, "part": item.part, "notice": item.notice, "lines": 0,
    }  # fmt: skip


def _release(found: Collected, item: Kept) -> int:
    number = len(found.releases) + 1
    found.releases.append(release_row(number, item))
    return number


def _close(releases: list[Row]) -> None:
    """Each release is in force until the day before the next of its system and part."""
    by_place: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in releases:
        by_place[row["system"], row["part"]].append(row)
    for rows in by_place.values():
        rows.sort(key=lambda r: r["effective_from"])
        for row, following in pairwise(rows):
            row["effective_to"] = (date.fromisoformat(following["effective_from"]) - timedelta(days=1)).isoformat()


# -- ICD-10-CM ------------------------------------------------------------------------------------

_ICD10CM = ("icd10cm-tabular", "icd10cm-order", "icd10cm-addenda")


def _icd10cm(found: Collected, sources: Sources, packaged: Published, kept: list[Kept]) -> None:
    by_date = {packaged.effective: packaged}
    used: dict[date, list[Kept]] = defaultdict(list)
    shipped = shipped_addenda(read_table(SHIPPED), SHIPPED_YEAR, BEFORE, AFTER)
    by_date[shipped.effective] = Published(shipped.effective, 0, f"{SHIPPED}.csv", addenda=shipped)
    for item in kept:
        if item.kind in _ICD10CM:
            known = by_date.setdefault(item.effective, Published(item.effective, 0, item.source))
            _publish(known, item)
            used[item.effective].append(item)
    for effective in sorted(by_date):
        published = by_date[effective]
        published.release = len(found.releases) + 1
        found.releases.append(_icd10cm_release(published, used[effective], sources))
        found.published.append(published)


def _publish(known: Published, item: Kept) -> None:
    """Put what a loaded file tells of a date in the place of what was known of it."""
    (member, *_) = item.members
    if item.kind == "icd10cm-tabular":
        known.nodes = read_tabular(member)
    elif item.kind == "icd10cm-order":
        known.order, known.listed = list(icd10cm_order.read_order_file(member)), None
    else:
        known.addenda = icd10cm_addenda.read_addenda(member)
    known.source = member.name


def _icd10cm_release(published: Published, used: list[Kept], sources: Sources) -> Row:
    year = published.effective.year + (published.effective.month >= 10)
    part = " April update" if published.effective.month == 4 else ""
    names = [item.source for item in used] or [published.source]
    kinds = [item.kind for item in used]
    return {
        "id": published.release, "system": icd10cm.SYSTEM, "label": f"ICD-10-CM FY{year}{part}",
        "effective_from": published.effective.isoformat(), "effective_to": None, "source": ", ".join(names),
        "sha256": used[-1].sha256 if used else sources.sha256(), "kind": kinds[-1] if kinds else "packaged",
        "part": "", "notice": "", "lines": 0,
    }  # fmt: skip


# -- what else is searched ------------------------------------------------------------------------


def _index(found: Collected, item: Kept) -> None:
    number = _release(found, item)
    terms = list(icd10cm_index.read_index(item.members[0]))
    found.releases[-1]["lines"] = len(terms)
    found.indexes[item.part].append((number, terms))


def _hcpcs(found: Collected, item: Kept) -> None:
    number = _release(found, item)
    lines = list(hcpcs.read_hcpcs(item.members[0]))
    codes = [line for line in lines if not line.modifier]
    items = tuple(Item(line.code, line.long, line.added, line.ended) for line in codes)
    found.lists[HCPCS].append(ListRelease(HCPCS, number, item.effective, items))
    found.wordings += [
        Wording(HCPCS, c.code, "short title", c.short) for c in codes if c.short and c.short.lower() != c.long.lower()
    ]
    for line in lines:
        if line.modifier:
            found.listings.append(
                Listing(number, HCPCS + MODIFIERS, line.code, line.long, line.short, line.added, line.ended)
            )


def _hcpcs_names(found: Collected, item: Kept) -> None:
    _release(found, item)
    for term, codes, _ in hcpcs.read_aliases(item.members[0]):
        found.releases[-1]["lines"] += 1
        found.wordings += [Wording(HCPCS, code, "alias", term) for code in codes]


def _cpt(found: Collected, item: Kept) -> None:
    number = _release(found, item)
    told = cpt.read_cpt(item.members)
    items = tuple(Item(code, title) for code, title in told.titles.items())
    found.lists[CPT].append(ListRelease(CPT, number, item.effective, items))
    found.wordings += [Wording(CPT, code, kind, text) for kind, code, text in told.further]
    found.listings += [Listing(number, CPT + MODIFIERS, code, text) for code, text in told.modifiers.items()]


_TAKERS: dict[str, Callable[[Collected, Kept], None]] = {
    "icd10cm-index": _index,
    "hcpcs": _hcpcs,
    "hcpcs-names": _hcpcs_names,
    "cpt": _cpt,
}
