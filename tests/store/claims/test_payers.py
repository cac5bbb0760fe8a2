"""Payers are data: what is on file is kept, shown, changed and never guessed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from store.claims.deadlines import Anchors, filing_limit, limit_words, response_limit
from store.claims.payer_data import written
from store.claims.payers import SavePartner, SavePayer, list_payers, partner_text, payer_text
from store.errors import NotAllowed, Refused
from store.tables import Payer, TradingPartner
from tests.store.world import World

NEW = """
payer_id = "ACME"
name = "Acme Health"
claim_kinds = ["professional"]
frequencies = ["1", "7"]
required = ["authorization"]
electronic = false
[[limits]]
what = "initial"
limit = 6
unit = "months"
anchor = "dos_thru"
basis = "postmarked"
proof = "contract 2026, 4.2"
"""


def _text(world: World, payer_id: str) -> str:
    with Session(world.engine) as session:
        return payer_text(session, payer_id)


def test_a_payer_is_what_its_text_says_and_its_text_says_what_it_is(world: World) -> None:
    world.do(SavePayer(NEW))
    before = world.one(Payer, payer_id="ACME")
    assert (before.claim_kinds, before.frequencies, before.electronic) == ("professional", "1,7", False)
    world.do(SavePayer(_text(world, "acme")))
    assert world.one(Payer, payer_id="ACME") == before


def test_what_a_text_leaves_out_stays(world: World) -> None:
    world.do(SavePayer(NEW))
    world.do(SavePayer('payer_id = "ACME"\ncrosses_over = true'))
    payer = world.one(Payer, payer_id="ACME")
    assert (payer.crosses_over, payer.required, payer.electronic) == (True, "authorization", False)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("payer_id = ", "not TOML"),
        ('payer_id = "ACME"', "no payer"),
        ('payer_id = "PRMUT"\ncolour = "red"', "colour"),
        ('payer_id = "PRMUT"\nfrequencies = ["5"]', "'5' is unknown"),
        ('payer_id = "PRMUT"\nmember_pattern = "("', "regular expression"),
        ('payer_id = "PRMUT"\npartner = "nobody"', "no trading partner"),
        ('payer_id = "PRMUT"\n[[limits]]\nwhat = "initial"\nlimit = 0\nanchor = "dos_from"', "greater than 0"),
        ('payer_id = "PRMUT"\n[[limits]]\nwhat = "initial"\nlimit = 9\nanchor = "birth"', "anchor"),
    ],
)
def test_what_is_wrong_in_a_text_is_refused_with_its_place_and_nothing_changes(
    world: World, text: str, words: str
) -> None:
    before = world.dump(everything=True)
    with pytest.raises(Refused, match=words):
        world.do(SavePayer(text))
    assert world.dump(everything=True) == before


def test_only_who_administers_changes_payers(world: World) -> None:
    for name in ("biller", "coder", "supervisor"):
        with pytest.raises(NotAllowed):
            world.who(name).do(SavePayer('payer_id = "PRMUT"\nelectronic = false'))
    world.who("admin").do(SavePayer('payer_id = "PRMUT"\nelectronic = false'))


def test_a_trading_partner_is_kept_and_named_by_payers(world: World) -> None:
    text = 'name = "Acme Direct"\nsubmitter_id = "LARK"\nreceiver_id = "ACME"\nreceiver_name = "Acme"\nusage = "P"'
    world.do(SavePartner(text))
    world.do(SavePayer('payer_id = "PRMUT"\npartner = "Acme Direct"'))
    partner = world.one(TradingPartner)
    assert world.one(Payer, payer_id="PRMUT").partner_id == partner.id
    world.do(SavePartner(partner_text(partner)))
    assert world.one(TradingPartner) == partner
    with pytest.raises(Refused, match="needs it"):
        world.do(SavePartner('name = "Other"'))


def test_medicares_limits_come_with_the_program_and_no_others(world: World) -> None:
    with Session(world.engine) as session:
        limits = {one["payer_id"]: one["limits"] for one in list_payers(session)}
    assert limits["MEDB"][0]["proof"] == "42 CFR 424.44: one calendar year"
    world.do(SavePayer('payer_id = "NEWP"\nname = "New Payer"'))
    assert "not set" in _text(world, "NEWP")
    assert _text(world, "MEDB").count("# [[limits]]") == 1


# --- days ----------------------------------------------------------------------------------------------------------


def payer(filing: str = "CI", **limit: Any) -> Payer:
    given_ = [{"what": "initial", "limit": 90, "anchor": "dos_from"} | limit] if limit else []
    return Payer(payer_id="X", name="X", filing=filing, limits=written(given_))


@pytest.mark.parametrize(
    ("filing", "dos", "thru", "last"),
    [
        ("MB", date(2026, 3, 2), date(2026, 3, 5), date(2027, 3, 2)),
        ("MA", date(2026, 3, 2), date(2026, 3, 5), date(2027, 3, 5)),
        ("MB", date(2028, 2, 29), None, date(2029, 2, 28)),
        ("MB", date(2025, 6, 14), None, date(2026, 6, 15)),  # a Sunday
    ],
)
def test_medicare_has_one_calendar_year(filing: str, dos: date, thru: date | None, last: date) -> None:
    assert filing_limit(payer(filing), Anchors(dos, thru)) == last
    assert filing_limit(payer(filing), Anchors(dos, thru), "secondary") == last


@pytest.mark.parametrize(
    ("limit", "last"),
    [
        ({"limit": 90}, date(2026, 5, 31)),
        ({"limit": 6, "unit": "months"}, date(2026, 9, 2)),
        ({"limit": 1, "unit": "years", "anchor": "dos_thru"}, date(2027, 3, 4)),
        ({"anchor": "discharge"}, date(2026, 6, 2)),
        ({"anchor": "primary_eob"}, None),
        ({"valid_from": date(2026, 4, 1)}, None),
        ({"valid_to": date(2026, 3, 2)}, date(2026, 5, 31)),
        ({"what": "corrected"}, None),
    ],
)
def test_a_limit_counts_from_its_anchor_and_holds_in_its_time(limit: dict[str, Any], last: date | None) -> None:
    assert filing_limit(payer(**limit), Anchors(date(2026, 3, 2), date(2026, 3, 4))) == last


def test_a_limit_that_is_not_on_file_is_not_set() -> None:
    assert filing_limit(payer(), Anchors(date(2026, 3, 2))) is None
    assert limit_words(payer()) == "not set for this payer"
    assert response_limit(payer(), date(2026, 3, 2)) is None


@given(day=st.dates(date(2020, 1, 1), date(2030, 1, 1)), months=st.integers(1, 120))
def test_months_end_where_a_month_ends(day: date, months: int) -> None:
    last = filing_limit(payer(limit=months, unit="months"), Anchors(day))
    assert last is not None
    assert (last.year - day.year) * 12 + last.month - day.month == months
    assert last.day <= day.day
