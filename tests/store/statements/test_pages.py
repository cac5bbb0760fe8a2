"""The pages, read back from the file by another library."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from pypdf import PdfReader

from store.errors import Refused
from store.statements.pdf import write_one, write_pdf
from store.statements.plain_text import text_lines
from store.statements.stored import from_json, to_json
from store.statements.values import Ageing, Guarantor, Line, Statement, Visit
from store.statements.words import ENGLISH, WORDS, words_for
from tests.store.statements.samples import (
    JOSE,
    PRACTICE,
    credit_visit,
    pending_visit,
    placed_visit,
    service,
    statement,
    visit,
)


def made(*statements: Statement) -> bytes:
    out = io.BytesIO()
    write_pdf(iter(statements), out)
    return out.getvalue()


def pages(*statements: Statement) -> list[str]:
    reader = PdfReader(io.BytesIO(made(*statements)), strict=True)
    return [page.extract_text().replace("\u00a0", " ") for page in reader.pages]


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_the_page_tells_who_what_when_how_much_and_why() -> None:
    (page,) = pages(statement())
    for fact in (
        "Cedar Grove Family Medicine", "12-3456789", "José Núñez", "48 Larkspur Lane Apt 3B", "A1004521",
        "S-2026-11-00042", "November 20, 2026", "December 15, 2026", "Núria", "October 5, 2026", "Dr. Susan Lee",
        "Office visit", "$180.00", "-$65.80", "-$30.00", "$84.20", "Your plan's deductible: $84.20", "Page 1 of 1",
        "Over 90 days", "Hard to pay?", "Does something look wrong?", "pay.cedargrove.example", "(555) 010-4400",
        "PO Box 4410", "0000A1004521 0000008420 9", "Detach here",
    ):  # fmt: skip
        assert fact in page, fact


def test_each_statement_of_a_run_begins_on_its_own_page_and_counts_its_own_pages() -> None:
    long = statement(*(visit(day) for day in range(1, 21)))
    read = pages(statement(), long, statement())
    assert [re.findall(r"Page \d of \d", page)[0] for page in read] == [
        "Page 1 of 1", "Page 1 of 3", "Page 2 of 3", "Page 3 of 3", "Page 1 of 1",
    ]  # fmt: skip


def test_ten_visits_take_two_pages_with_the_stub_on_the_first_alone() -> None:
    ten = statement(*(visit(day, service("Office visit"), service("Injection", 1200)) for day in range(1, 11)), level=4)
    first, second = pages(ten)
    assert "Detach here" in first
    assert "0000A1004521" in first
    assert "Detach here" not in second
    assert "0000A1004521" not in second
    assert "The details continue on page 2." in first
    assert "(continued)" in second
    both = first + second
    assert [day for day in range(1, 11) if f"October {day}, 2026" not in both] == []
    assert both.count("Injection") == 10
    assert "Amount due" in second


def test_totals_never_stand_alone_on_a_page() -> None:
    for count in range(1, 30):
        last = pages(statement(*(visit(day) for day in range(1, count + 1))))[-1]
        assert "Office visit" in last


def test_pending_and_credit_are_told_apart_from_the_amount_due() -> None:
    text = squeezed(" ".join(pages(statement(visit(), pending_visit(), credit_visit(), credit=4500))))
    assert "Waiting for insurance: $140.00" in text
    assert "Credit we hold for you: $45.00" in text
    assert "You owe nothing on this part now." in text
    assert "$224.20" not in text  # due and pending together are nowhere


@pytest.mark.parametrize(
    ("language", "apart"), [("en", "With the agency that collects for us: $50.00"), ("es", "Con la agencia que cobra")]
)
def test_what_an_agency_collects_is_told_apart_and_is_no_discount(language: str, apart: str) -> None:
    one = statement(placed_visit(), language=language)
    text = squeezed(pages(one)[0])
    shown = " ".join(text_lines(one))
    for told in (text, squeezed(shown)):
        assert apart in told
        assert one.amount_due == 3_000
        assert "-$50.00" not in told  # it lowers nothing


def test_a_statement_with_nothing_due_asks_for_nothing() -> None:
    (page,) = pages(statement(pending_visit(), level=4))
    assert "Nothing to pay now" in page
    for ask in ("Detach", "How to pay", "Please pay", "Final notice", "0000A1004521"):
        assert ask not in page


def test_an_account_that_holds_only_credit_has_a_page() -> None:
    (page,) = pages(replace(statement(credit=900), visits=(), amount_due=0, ageing=Ageing()))
    assert "Credit we hold for you: $9.00" in page


def test_level_zero_says_nothing_of_dunning() -> None:
    (page,) = pages(statement(level=0))
    assert not any(text and text in squeezed(page) for text in ENGLISH.levels)


def test_spanish_is_spanish() -> None:
    text = squeezed(pages(statement(language="es-MX", level=3))[0])
    for words in ("Estado de cuenta", "Total a pagar", "15 de diciembre de 2026", "Página 1 de 1", "¿Le cuesta pagar?"):
        assert words in text
    assert "Amount" not in text


def test_another_language_gets_english() -> None:
    assert "Amount due" in pages(statement(language="vi"))[0]


def test_one_file_may_mix_languages_and_practices() -> None:
    other = replace(statement(), practice=replace(PRACTICE, name="Harbor Orthopedics", pay_url=""))
    english, spanish, harbor = pages(statement(), statement(language="es"), other)
    assert "Amount due" in english
    assert "Total a pagar" in spanish
    assert "Harbor Orthopedics" in harbor
    assert "Online" not in harbor


def test_the_practice_may_change_the_words() -> None:
    out = io.BytesIO()
    write_pdf([statement()], out, words={**WORDS, "en": replace(ENGLISH, help_title="We can help")})
    assert "We can help" in PdfReader(out).pages[0].extract_text()


def test_own_message_takes_the_place_of_the_levels() -> None:
    own = replace(statement(level=3), message="Call {phone} by {date} {0.__class__} {x")
    text = squeezed(pages(own)[0])
    assert "Call (555) 010-4400 by December 15, 2026 {0.__class__} {x" in text
    assert "past due" not in text


def test_the_same_statements_give_the_same_bytes_also_from_what_was_kept() -> None:
    one, two = statement(visit(), pending_visit()), statement(language="es")
    assert made(one, two) == made(one, two)
    assert made(from_json(to_json(one)), from_json(to_json(two))) == made(one, two)
    assert made(one) != made(two)


def test_the_file_tells_the_date_of_the_statement_and_no_other() -> None:
    facts = PdfReader(io.BytesIO(made(statement()))).metadata
    assert facts is not None
    assert str(facts["/CreationDate"]) == str(facts["/ModDate"]) == "D:20261120000000Z"
    assert "José" not in str(facts)


def test_hostile_text_is_only_text() -> None:
    evil = "\x1b[31m(x) Tj ET\\) <b>&amp; =1+1 \u202edone\x00"
    line = Line(evil, 100, owes=100, reason=evil)
    bad = replace(statement(visit(5, line, patient=evil[:50])), guarantor=Guarantor(evil, (evil,)), message=evil)
    read = " ".join(pages(bad))
    assert "(x) Tj ET\\)" in read
    assert "<b>&amp; =1+1" in read
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", read)


def test_letters_outside_the_fonts_are_spelled_or_marked_never_lost() -> None:
    names = {"Łukasz Čapek": "Lukasz Capek", "Иван Щука": "Ivan Shchuka", "Nguyễn Ánh": "Nguyen Ánh", "李小龍": "???"}
    for name, printed in names.items():
        assert printed in pages(replace(statement(), guarantor=replace(JOSE, name=name)))[0]


def crowded() -> Statement:
    line = Line("W" * 300, 10**9, owes=10**9 - 1, patient_paid=1, reason="W " * 250)
    return replace(
        statement(visit(5, line, line, patient="W" * 60, provider="W" * 100)),
        practice=replace(
            PRACTICE,
            name="W" * 80,
            address=("W" * 60,) * 6,
            hours="w" * 80,
            pay_url="w" * 80,
            remit_address=("W" * 60,) * 6,
        ),
        guarantor=Guarantor("M" * 80, ("W" * 60,) * 6),
        message="W" * 400,
    )


def test_the_longest_texts_allowed_are_all_there() -> None:
    read = "".join(pages(crowded()))
    assert "M" * 80 in read
    assert read.count("W") >= 2 * (300 + 250) + 60 + 100 + 400 + 80 + 18 * 60


@pytest.mark.parametrize("shown", [statement(), statement(language="es", level=4), crowded()])
def test_no_part_of_the_page_reaches_into_another(shown: Statement) -> None:
    words = words_for(shown.guarantor.language)
    seen = texts_of(shown)
    places = [
        min(y for _, y, text in seen if start in text)
        for start in (words.details, words.columns[0], words.ageing[0], words.pay_title, words.detach, words.changed)
    ]
    assert places == sorted(places, reverse=True)
    details, columns, ageing, pay, detach, changed = places
    assert [text for x, y, text in seen if details < y < details + 10 and x < 300] == []  # below the message
    assert [text for x, y, text in seen if pay < y < ageing - 12] == []
    assert [text for _, y, text in seen if detach < y < detach + 8] == []
    assert [text for x, y, text in seen if changed < y < changed + 10 and x < 387] == []
    assert [text for x, y, text in seen if changed - 18 < y < changed and x < 387] == []
    assert columns - ageing > 100


def texts_of(shown: Statement) -> list[tuple[float, float, str]]:
    """Each text of the first page with the place where it begins."""
    seen: list[tuple[float, float, str]] = []

    def note(text: str, _cm: list[float], tm: list[float], _font: object, _size: float) -> None:
        if text.strip():
            seen.append((tm[4], tm[5], text.strip()))

    PdfReader(io.BytesIO(made(shown))).pages[0].extract_text(visitor_text=note)
    return seen


def test_nothing_but_the_address_can_be_seen_through_the_envelope_windows() -> None:
    seen = texts_of(statement(*(visit(day) for day in range(1, 9))))
    mail = [text for x, y, text in seen if x < 387 and 528 < y < 645]
    remit = [text for x, y, text in seen if x < 387 and 21 < y < 117]
    assert mail == ["José Núñez", "48 Larkspur Lane Apt 3B", "Springfield, IL 62704-1182"]
    assert remit == ["Cedar Grove Family Medicine", "PO Box 4410", "Springfield, IL 62705"]


@pytest.mark.parametrize("shown", [statement(), crowded()])
def test_addresses_stand_where_the_windows_show_them_in_any_case(shown: Statement) -> None:
    seen = [(x, y) for x, y, _ in texts_of(shown) if x < 387]
    mail = [place for place in seen if 528 < place[1] < 645]
    remit = [place for place in seen if 21 < place[1] < 117]
    assert len(mail) >= 3
    assert len(remit) >= 3
    assert all(63 <= x <= 315 and 564 <= y <= 612 for x, y in mail)
    assert all(63 <= x <= 315 and 36 <= y <= 102 for x, y in remit)


def test_wrong_sums_never_reach_a_page() -> None:
    with pytest.raises(Refused, match="ageing"):
        made(statement(), replace(statement(), ageing=Ageing()))


def test_no_statements_are_no_file() -> None:
    with pytest.raises(Refused, match="no statement"):
        made()


def test_one_statement_is_a_new_private_file(tmp_path: Path) -> None:
    path = tmp_path / "one.pdf"
    write_one(statement(), path)
    assert path.read_bytes() == made(statement())
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(Refused, match="exists already"):
        write_one(statement(), path)
    assert path.read_bytes() == made(statement())


def test_nothing_is_left_of_a_file_that_failed(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="ageing"):
        write_one(replace(statement(), ageing=Ageing()), tmp_path / "bad.pdf")
    with pytest.raises(Refused, match="can't be written"):
        write_one(statement(), tmp_path / "missing" / "bad.pdf")
    assert list(tmp_path.iterdir()) == []


def test_pages_leave_memory_as_they_are_drawn() -> None:
    class Flowing(io.RawIOBase):
        """Counts what passes and can't seek."""

        passed = 0

        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            assert isinstance(data, bytes)
            self.passed += len(data)
            return len(data)

    flow = Flowing()
    seen: list[int] = []

    def run() -> list[Statement]:
        return [replace(statement(), number=f"S-{number}") for number in range(20)]

    def watched() -> object:
        for each in run():
            seen.append(flow.passed)
            yield each

    write_pdf(watched(), flow)  # type: ignore[arg-type]
    grown = [later - sooner for sooner, later in pairwise(seen[2:])]
    assert all(step > 500 for step in grown)  # each page was written before the next was asked for


def test_a_visit_that_goes_on_says_so_on_the_next_page() -> None:
    many = Visit("Núria", visit().service_date, "Dr. Susan Lee", tuple(service(f"Service {n}") for n in range(50)))
    read = pages(statement(many))
    assert len(read) == 3
    assert all("Núria" in page for page in read)
    text = squeezed(" ".join(read))
    assert all(f"Service {n} " in text for n in range(50))
