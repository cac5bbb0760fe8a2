"""The line at the foot of a stub that a payment reader takes: who pays, how much, and a check digit."""

from __future__ import annotations

from store.statements.values import Statement


def scan_line(statement: Statement) -> str:
    """Account (12), amount due in cents (10) and a check digit, as a reader takes them: '0000A1004521 0000008420 4'.

    Hyphens of the account are left out.  The check digit is `check_digit` of the 22 characters before it.
    """
    account = statement.account.replace("-", "").upper().zfill(12)
    amount = f"{statement.amount_due:010d}"
    return f"{account} {amount} {check_digit(account + amount)}"


def check_digit(text: str) -> int:
    """The modulus 10 'double-add-double' digit (ISO/IEC 7812-1 annex B); a letter is two digits, A 10 to Z 35."""
    digits = [int(digit) for letter in text for digit in str(int(letter, 36))]
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = digit * 2 if place % 2 == 0 else digit
        total += doubled // 10 + doubled % 10
    return -total % 10
