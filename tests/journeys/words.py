"""What people bring to the journeys: an encounter file, and the proof at the end."""

from __future__ import annotations

from pathlib import Path

from store.check import check
from store.practice import Practice

NOTE = (
    "CC: cough and wheeze\n"
    "HPI: Known mild persistent asthma, now with an acute exacerbation after a cold. Denies fever. "
    "Mother has diabetes.\n"
    "A/P: Mild persistent asthma with acute exacerbation. Nebuliser given in the office."
)

HEADER = (
    "source_id,patient_id,last,first,birth,sex,address,city,state,zip,phone,payer,payer_id,member_id,"
    "provider_npi,provider_last,provider_first,specialty,service_date,place,kind,note"
)


def encounter_csv(path: Path, *, source_id: str = "V-1", npi: str = "2999900022") -> Path:
    """A CSV with one encounter of a patient insured by one of the demo's payers."""
    row = (
        f"{source_id},PX-1,Quillfeather,Orla,1991-04-02,F,12 Larch Lane,Larkfield,KS,668990412,3165550177,"
        f"Bluestem Employers Plan,BLSTM,QF778812,{npi},Hollis,Wren,Family Medicine,2026-11-20,11,sick visit,"
    )
    path.write_text(f'{HEADER}\n{row}"{NOTE}"\n', encoding="utf-8")
    return path


def proved(url: str) -> None:
    """Every proof of `superbill check` holds."""
    practice = Practice.open(url)
    try:
        with practice.reading() as session:
            faults = {proof.what: proof.faults for proof in check(session) if proof.faults}
    finally:
        practice.close()
    assert not faults
