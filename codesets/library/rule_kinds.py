"""The kinds that live in tables of their own: edits, fees, coverage, plain lists."""

from __future__ import annotations

from codesets.library.kind import AMA, FREE, X12, Kind, fiscal, year_in
from codesets.releases import code_lists, crosswalks, lcd, mce, ncci_addon, ncci_mue, ncci_ptp, pfs_gpci, pfs_values

_CMS_AMA = f"Published by CMS.  {AMA}"
_LISTS = (
    ("carc", "CARC", "Claim adjustment reasons", X12),
    ("rarc", "RARC", "Remittance advice remarks", X12),
    ("claim-status", "claim status", "Claim status codes", X12),
    ("claim-status-category", "claim status category", "Claim status categories", X12),
    ("taxonomy", "taxonomy", "Provider taxonomy", "Published by NUCC; use it under its terms."),
    ("revenue", "revenue", "Revenue codes", "The texts belong to AHA/NUBC; use them under your own licence."),
    ("pos", "place of service", "Places of service", FREE),
    ("telehealth", "telehealth", "Telehealth services", _CMS_AMA),
    ("em-minutes", "E/M minutes", "Minutes of visit codes", AMA),
    ("anesthesia-base", "anesthesia base units", "Base units of anaesthesia codes", _CMS_AMA),
)

RULE_KINDS = (
    Kind(
        "icd10cm-conversion", "ICD10CM conversion", "ICD-10-CM conversion table", crosswalks.is_conversion,
        lambda _, name: fiscal(year_in(name)), rows=crosswalks.read_conversion,
    ),
    Kind(
        "gem", "GEM", "Equivalence mapping", crosswalks.is_mapping, lambda _, name: fiscal(year_in(name)),
        crosswalks.direction_of, crosswalks.read_mapping,
    ),
    Kind(
        "ncci-ptp", "NCCI PTP", "NCCI pairs", ncci_ptp.is_ptp, ncci_ptp.effective_of, ncci_ptp.part_of,
        ncci_ptp.read_ptp, licence=_CMS_AMA,
    ),
    Kind(
        "ncci-mue", "NCCI MUE", "NCCI unit limits", ncci_mue.is_mue, ncci_mue.effective_of, ncci_mue.part_of,
        ncci_mue.read_mue, licence=_CMS_AMA,
    ),
    Kind(
        "ncci-addon", "NCCI add-on", "NCCI add-on codes", ncci_addon.is_addon, ncci_addon.effective_of,
        rows=ncci_addon.read_addon, licence=_CMS_AMA,
    ),
    Kind("mce", "MCE", "MCE flags", mce.is_mce, part=mce.part_of, rows=mce.read_mce),
    Kind(
        "pfs", "PFS", "Fee schedule values", pfs_values.is_values, pfs_values.effective_of, pfs_values.part_of,
        pfs_values.read_values, licence=_CMS_AMA,
    ),
    Kind("gpci", "GPCI", "Fee schedule localities", pfs_gpci.is_gpci, pfs_gpci.effective_of, rows=pfs_gpci.read_gpci),
    Kind("lcd", "LCD", "Coverage articles", lcd.is_lcd, rows=lcd.read_lcd, licence=_CMS_AMA, together=True),
    *(
        Kind(name, system, what, code_lists.fits(system), rows=code_lists.reader(system), licence=licence)
        for name, system, what, licence in _LISTS
    ),
)  # fmt: skip
