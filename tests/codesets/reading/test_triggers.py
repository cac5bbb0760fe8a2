"""Every trigger of the table changes a mention in its scope, and none beyond a new sentence or a stop word."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from codesets.reading import Assertion
from codesets.reading.tokens import tokens_of
from codesets.reading.triggers import hits_of
from codesets.tables import read_table

Asserted = Callable[[str, str], Assertion]
ROWS = [row for row in read_table("note_triggers") if row["category"] not in ("pseudo", "stop")]
AFTER = [row for row in ROWS if row["reach"] in ("after", "both")]
BEFORE = [row for row in ROWS if row["reach"] in ("before", "both")]


def _id(row: dict[str, str]) -> str:
    return f"{row['trigger']}-{row['reach']}"


def test_a_table_row_is_complete() -> None:
    for row in read_table("note_triggers"):
        assert row["source"], row
        assert row["reach"] in ("after", "before", "both", "none"), row
        assert row["category"] in ("pseudo", "stop") or Assertion(row["category"].replace("_", " ")), row
        assert row["comma"] in ("yes", "no", "or"), row


@pytest.mark.parametrize("row", AFTER, ids=_id)
def test_a_trigger_reaches_what_follows_it(row: dict[str, str], asserted: Asserted) -> None:
    assert asserted(f"Told of {row['trigger']} gout.", "gout") == row["category"]


@pytest.mark.parametrize("row", AFTER, ids=_id)
def test_a_trigger_does_not_reach_the_next_sentence(row: dict[str, str], asserted: Asserted) -> None:
    assert asserted(f"Told of {row['trigger']} this. Gout is here.", "gout") is Assertion.PRESENT


@pytest.mark.parametrize("row", AFTER, ids=_id)
def test_a_stop_word_ends_a_scope(row: dict[str, str], asserted: Asserted) -> None:
    assert asserted(f"Told of {row['trigger']} this but gout is here.", "gout") is Assertion.PRESENT


@pytest.mark.parametrize("row", BEFORE, ids=_id)
def test_a_trigger_reaches_what_stands_before_it(row: dict[str, str], asserted: Asserted) -> None:
    assert asserted(f"Gout {row['trigger']}.", "gout") == row["category"]


@pytest.mark.parametrize("row", [row for row in BEFORE if row["reach"] == "before"], ids=_id)
def test_a_trigger_does_not_reach_the_sentence_before(row: dict[str, str], asserted: Asserted) -> None:
    assert asserted(f"Gout is here. This {row['trigger']}.", "gout") is Assertion.PRESENT


@pytest.mark.parametrize("row", [r for r in read_table("note_triggers") if r["category"] == "pseudo"], ids=_id)
def test_a_pseudo_trigger_hides_the_trigger_in_it(row: dict[str, str]) -> None:
    found = hits_of(tokens_of(f"seen {row['trigger']} gout"))
    assert [hit.trigger.category for hit in found] == ["pseudo"]


@pytest.mark.parametrize("row", [r for r in read_table("note_triggers") if r["category"] == "stop"], ids=_id)
def test_each_stop_word_ends_a_negation(row: dict[str, str], asserted: Asserted) -> None:
    assert asserted(f"Denies this {row['trigger']} gout.", "gout") is not Assertion.NEGATED
