"""The scan line catches what a reader gets wrong."""

from __future__ import annotations

from dataclasses import replace

from store.statements.scan import check_digit, scan_line
from tests.store.statements.samples import statement


def test_the_check_digit_is_the_well_known_one() -> None:
    assert check_digit("7992739871") == 3
    assert check_digit("411111111111111") == 1


def test_the_line_holds_account_amount_and_digit() -> None:
    line = scan_line(replace(statement(), account="a-77"))
    account, amount, digit = line.split(" ")
    assert (account, amount) == ("000000000A77", "0000008420")
    assert digit == str(check_digit(account + amount))


def test_every_single_wrong_digit_of_the_amount_is_caught() -> None:
    good = "0000A10045210000008420"
    for place in range(12, 22):
        for digit in "0123456789":
            wrong = good[:place] + digit + good[place + 1 :]
            assert wrong == good or check_digit(wrong) != check_digit(good)
