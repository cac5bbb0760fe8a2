"""Everything that can be loaded, by name."""

from __future__ import annotations

from codesets.library.kind import AMA, Kind, fiscal, year_in
from codesets.library.rule_kinds import RULE_KINDS
from codesets.releases import cpt, hcpcs, icd10cm_addenda, icd10cm_index, icd10cm_order, icd10cm_tabular

_CODES = (
    Kind(
        "icd10cm-tabular",
        "ICD10CM",
        "ICD-10-CM tabular list (XML)",
        lambda head, _: icd10cm_tabular.is_tabular(head),
        lambda head, _: fiscal(icd10cm_tabular.tabular_year(head)),
    ),
    Kind(
        "icd10cm-order",
        "ICD10CM",
        "ICD-10-CM order file",
        lambda head, _: icd10cm_order.is_order_file(head),
        lambda _, name: fiscal(year_in(name)),
    ),
    Kind(
        "icd10cm-addenda",
        "ICD10CM",
        "ICD-10-CM code addenda",
        lambda head, _: icd10cm_addenda.is_addenda(head),
        lambda head, name: icd10cm_addenda.effective_of(head) or fiscal(year_in(name)),
    ),
    Kind(
        "icd10cm-index",
        "ICD10CM index",
        "ICD-10-CM Index",
        lambda head, _: icd10cm_index.index_kind(head) is not None,
        lambda head, _: fiscal(icd10cm_index.index_year(head)),
        lambda head, _: icd10cm_index.index_kind(head) or "",
    ),
    Kind(
        "hcpcs",
        "HCPCS",
        "HCPCS Level II",
        lambda head, _: hcpcs.is_fixed(head) or hcpcs.is_delimited(head),
        lambda _, name: hcpcs.effective_of(name),
    ),
    Kind("hcpcs-names", "HCPCS names", "HCPCS names", lambda head, _: hcpcs.is_aliases(head)),
    Kind("cpt", "CPT", "CPT", cpt.is_cpt, lambda _, name: cpt.year_of(name), licence=AMA, together=True),
)

KINDS: dict[str, Kind] = {kind.name: kind for kind in (*_CODES, *RULE_KINDS)}
