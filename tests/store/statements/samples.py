"""Invented statements that the tests of this folder share."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from store.statements.values import Ageing, Guarantor, Line, Practice, Statement, Visit
from store.statements.words import ENGLISH

PRACTICE = Practice(
    name="Cedar Grove Family Medicine",
    address=("1200 Cedar Grove Avenue, Suite 210", "Springfield, IL 62701"),
    phone="(555) 010-4400",
    pay_url="https://pay.cedargrove.example",
    hours="Mon-Fri 8:00-17:00",
    tax_id="123456789",
    remit_address=("PO Box 4410", "Springfield, IL 62705"),
)
JOSE = Guarantor("José Núñez", ("48 Larkspur Lane Apt 3B", "Springfield, IL 62704-1182"))


def service(description: str = "Office visit", owes: int = 8420, reason: str = "") -> Line:
    reason = reason or ENGLISH.reason("deductible", owes)
    return Line(description, owes + 9580, 6580, 3000, owes=owes, reason=reason)


def visit(day: int = 5, *lines: Line, patient: str = "Núria", provider: str = "Dr. Susan Lee") -> Visit:
    return Visit(patient, date(2026, 10, day), provider, lines or (service(),))


def statement(*visits: Visit, language: str = "en", credit: int = 0, level: int = 1) -> Statement:
    shown = visits or (visit(),)
    due = sum(each.owes for each in shown)
    return Statement(
        practice=PRACTICE,
        guarantor=replace(JOSE, language=language),
        account="A1004521",
        number="S-2026-11-00042",
        statement_date=date(2026, 11, 20),
        due_date=date(2026, 12, 15),
        visits=shown,
        ageing=Ageing(current=due),
        amount_due=due,
        credit=credit,
        level=level,
    )


def pending_visit() -> Visit:
    return visit(7, Line("Knee X-ray", 14000, pending=14000), patient="Pau")


def placed_visit() -> Visit:
    return visit(9, Line("Wrist splint", 9000, patient_paid=1000, placed=5000, owes=3000, reason="Your copay: $30.00"))


def credit_visit() -> Visit:
    return visit(8, Line("New patient visit", 22000, 12000, 10000, 2500, credit=2500), patient="Pau")
