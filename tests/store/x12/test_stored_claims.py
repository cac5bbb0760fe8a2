"""Claims are kept as JSON for years: what was stored before a field existed still loads, and loses nothing."""

from __future__ import annotations

import json
from pathlib import Path

from store.claims import snapshot
from tests.store.x12.rich_samples import professional_claims
from tests.store.x12.samples import small_file_claims

STORED = Path(__file__).parent / "golden" / "stored_claims.json"


def test_claims_that_were_stored_with_fewer_fields_load_as_the_same_claims() -> None:
    found = [snapshot.load(json.dumps(one)) for one in json.loads(STORED.read_text())]
    assert found == small_file_claims()


def test_every_kind_of_claim_comes_back_from_storage_as_it_was() -> None:
    for claim in professional_claims():
        text, digest = snapshot.dump(claim)
        assert snapshot.load(text) == claim
        assert snapshot.dump(snapshot.load(text)) == (text, digest)
