from __future__ import annotations

import pytest

from store.intake.npi import check_digit, is_npi, looks_like_npi, npi_of


def test_the_published_example_passes_and_every_other_last_digit_fails() -> None:
    assert check_digit("123456789") == "3"
    assert [is_npi(f"123456789{last}") for last in range(10)] == [last == 3 for last in range(10)]


@pytest.mark.parametrize("text", ["", "12345", "12345678930", "123456789३", "abcdefghij", "9999907691", "0123456789"])
def test_what_was_never_issued_is_no_npi(text: str) -> None:
    assert not is_npi(text)


def test_only_ascii_digits_look_like_an_npi() -> None:
    assert looks_like_npi("9999907691")
    assert not looks_like_npi("٩٩٩٩٩٠٧٦٩١")


def test_nine_digits_become_an_npi() -> None:
    assert npi_of("123456789") == "1234567893"
    with pytest.raises(ValueError, match="nine digits"):
        check_digit("12345")
