"""A small payer for tests: answers the text of an 837P with a 999, a 277CA and an 835.

It knows nothing of the product: its reader and writer are its own, so that one mistake can't hide in both.  What it
decides depends on CLM01 alone (or on `fates`), so the same file always gets the same answers.  All money is cents.

    answers = answer(text, fates={"1001": "CO-197"})
    answers.syntax, answers.claims, answers.remittance       # texts of the 999, the 277CA and the 835
    answers.truth["1001"].paid
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

FATES = ("paid", "paid", "paid", "paid", "partial", "CO-16", "CO-197", "CO-50", "PR-204", "rejected")
"""'paid'; 'partial': the first line denied; a group and reason: all lines denied so; 'rejected' in the 277CA."""

_REMARKS = {"CO-16": "N290", "CO-50": "N115"}


@dataclass
class Line:
    code: str = ""
    modifiers: tuple[str, ...] = ()
    charge: int = 0
    units: str = "1"
    day: str = ""
    control: str = ""
    adjustments: list[tuple[str, str, int]] = field(default_factory=list)
    remark: str = ""
    left: int | None = None  # what the first payer left to the patient, None where there was none

    @property
    def paid(self) -> int:
        return self.charge - sum(cents for _, _, cents in self.adjustments)

    @property
    def allowed(self) -> int:
        return self.paid + sum(cents for group, _, cents in self.adjustments if group == "PR")


@dataclass
class Claim:
    number: str
    charge: int
    place: str
    frequency: str
    npi: str
    payer: tuple[str, str]
    member: str
    patient: tuple[str, str]
    provider: str
    tax_id: str
    lines: list[Line] = field(default_factory=list)

    @property
    def payer_control(self) -> str:
        return f"P{zlib.crc32(self.number.encode()):010d}"


@dataclass
class Truth:
    """What was decided for one claim; `adjustments` is {group: {reason: cents}}."""

    outcome: str
    charge: int
    paid: int = 0
    patient: int = 0
    adjustments: dict[str, dict[str, int]] = field(default_factory=dict)


@dataclass
class Answers:
    """Three texts and the truth by CLM01; `remittance` is '' where nothing was adjudicated."""

    syntax: str
    claims: str
    remittance: str
    truth: dict[str, Truth]


@dataclass
class _Set:
    number: str
    batch: str = ""
    claims: list[Claim] = field(default_factory=list)


def answer(text: str, *, fates: Mapping[str, str] | None = None, day: str = "20260310") -> Answers:
    """Answers one interchange with default separators; `fates` overrules what CLM01 decides."""
    segments = [part.split("*") for part in text.strip().split("~") if part.strip()]
    isa, gs = segments[0], segments[1]
    sets = list(_read(segments))
    truth: dict[str, Truth] = {}
    for claim in (claim for one in sets for claim in one.claims):
        fate = (fates or {}).get(claim.number) or FATES[zlib.crc32(claim.number.encode()) % len(FATES)]
        truth[claim.number] = _decide(claim, fate)
    number = int(isa[13])
    back = (isa[8], isa[6], gs[3], gs[2], day)
    return Answers(
        _wrap(back, "FA", "005010X231A1", number + 1, [_syntax(gs, sets)]),
        _wrap(back, "HN", "005010X214", number + 2, [_claim_answers(one, truth, day) for one in sets]),
        _remittance(back, number + 3, sets, truth, day),
        truth,
    )


def _read(segments: list[list[str]]) -> Iterator[_Set]:
    here: dict[str, str] = {}
    one, inside = _Set(""), False  # inside a claim stand the names of other payers
    for elements in segments:
        match elements:
            case ["ST", _, number, *_]:
                one = _Set(number)
            case ["BHT", _, _, batch, *_]:
                one.batch = batch
            case ["HL", *_]:
                inside = False
            case ["NM1" | "REF", "85" | "IL" | "PR" | "QC" | "EI" | "SY", *_] if not inside:
                here |= _party(elements)
            case ["CLM", number, charge, _, _, place, *_]:
                inside = True
                where, _, frequency = place.split(":")
                patient, payer = (here["last"], here["first"]), (here["payer"], here["payer_id"])
                own = here["member"], patient, here["provider"], here["tax"]
                one.claims.append(Claim(number, _cents(charge), where, frequency, here["npi"], payer, *own))
            case ["LX", _]:
                one.claims[-1].lines.append(Line())
            case ["SV1" | "DTP" | "REF" | "SVD" | "CAS", *_] if one.claims and one.claims[-1].lines:
                _fill(one.claims[-1].lines[-1], elements)
            case ["SE", *_]:
                yield one


def _party(elements: list[str]) -> dict[str, str]:
    match elements:
        case ["NM1", "85", _, last, *rest]:
            return {"provider": last, "npi": rest[-1]}
        case ["NM1", "IL", _, last, *rest]:
            return {"last": last, "first": rest[0], "member": rest[-1]}
        case ["NM1", "PR", _, name, *rest]:
            return {"payer": name, "payer_id": rest[-1]}
        case ["NM1", "QC", _, last, *rest]:
            return {"last": last, "first": rest[0] if rest else ""}
    return {"tax": elements[2]}


def _fill(line: Line, elements: list[str]) -> None:
    match elements:
        case ["SV1", procedure, charge, _, units, *_]:
            _, line.code, *modifiers = procedure.split(":")[:6]
            line.modifiers = tuple(modifier for modifier in modifiers if modifier)
            line.charge, line.units = _cents(charge), units
        case ["DTP", "472", _, when]:
            line.day = when[:8]  # of a range the first day
        case ["REF", "6R", control]:
            line.control = control
        case ["SVD", *_]:
            line.left = line.left or 0
        case ["CAS", "PR", *triples]:
            line.left = (line.left or 0) + sum(_cents(cents) for cents in triples[1::3])


def _decide(claim: Claim, fate: str) -> Truth:
    truth = Truth(fate if fate in {"paid", "partial", "rejected"} else "denied", claim.charge)
    if fate == "rejected":
        return truth
    for number, line in enumerate(claim.lines):
        if "-" in fate or (fate == "partial" and number == 0):
            group, reason = (fate if "-" in fate else "CO-16").split("-")
            line.adjustments = [(group, reason, line.charge)] if line.charge else []
            line.remark = _REMARKS.get(f"{group}-{reason}", "")
        else:
            line.adjustments = [one for one in _price(line, zlib.crc32(claim.number.encode()), number) if one[2]]
        for group, reason, cents in line.adjustments:
            told = truth.adjustments.setdefault(group, {})
            told[reason] = told.get(reason, 0) + cents
            truth.patient += cents if group == "PR" else 0
        truth.paid += line.paid
    return truth


def _price(line: Line, chance: int, number: int) -> Iterator[tuple[str, str, int]]:
    """A second payer pays half of what the first left, the rest is OA-23.

    A first one goes by CO-45 down to 60-94 % of the charge, then deductible or copay once, then a fifth as coinsurance.
    """
    if line.left is not None:
        yield "OA", "23", line.charge - line.left
        yield "PR", "2", line.left - line.left // 2
        return
    rest = line.charge * (60 + zlib.crc32(line.code.encode()) % 35) // 100
    yield "CO", "45", line.charge - rest
    fixed = min(rest, (0, 2000, 1500)[chance % 3]) if number == 0 else 0
    yield "PR", ("1", "1", "3")[chance % 3], fixed
    rest -= fixed
    yield "PR", "2", rest // 5


def _syntax(gs: list[str], sets: list[_Set]) -> list[str]:
    body = [f"AK1*HC*{gs[6]}*{gs[8]}"]
    for one in sets:
        body += [f"AK2*837*{one.number}*{gs[8]}", "IK5*A"]
    return ["ST*999*{}*005010X231A1", *body, f"AK9*A*{len(sets)}*{len(sets)}*{len(sets)}"]


def _claim_answers(one: _Set, truth: dict[str, Truth], day: str) -> list[str]:
    payer, payer_id = one.claims[0].payer
    total = _money(sum(claim.charge for claim in one.claims))
    body = [
        "ST*277*{}*005010X214", f"BHT*0085*08*{one.batch}*{day}*0800*TH", "HL*1**20*1",
        f"NM1*PR*2*{payer}*****PI*{payer_id}", f"TRN*1*{one.batch}", f"DTP*050*D8*{day}", f"DTP*009*D8*{day}",
        "HL*2*1*21*1", "NM1*41*2*SUBMITTER*****46*SUB1", f"TRN*2*{one.batch}", f"STC*A1:19:PR*{day}*WQ*{total}",
    ]  # fmt: skip
    level, provider = 2, 0
    npi = ""
    for claim in one.claims:
        if claim.npi != npi:
            npi, level = claim.npi, level + 1
            provider = level
            body += [f"HL*{level}*2*19*1", f"NM1*85*2*{claim.provider}*****XX*{npi}", "TRN*1*0", "STC*A1:19:PR**WQ*1"]
        level += 1
        rejected = truth[claim.number].outcome == "rejected"
        verdict = f"A7:164:IL*{day}*U" if rejected else f"A2:20:PR*{day}*WQ"
        body += [
            f"HL*{level}*{provider}*PT", f"NM1*QC*1*{claim.patient[0]}*{claim.patient[1]}****MI*{claim.member}",
            f"TRN*2*{claim.number}", f"STC*{verdict}*{_money(claim.charge)}",
        ]  # fmt: skip
        body += [] if rejected else [f"REF*1K*{claim.payer_control}"]
        body.append(f"DTP*472*D8*{claim.lines[0].day}")
    return body


def _remittance(
    back: tuple[str, ...], number: int, sets: list[_Set], truth: dict[str, Truth], day: str
) -> str:  # fmt: skip
    payments: dict[tuple[tuple[str, str], str], list[Claim]] = {}
    for claim in (claim for one in sets for claim in one.claims):
        if truth[claim.number].outcome != "rejected" and claim.frequency != "8":
            payments.setdefault((claim.payer, claim.npi), []).append(claim)
    bodies = [_payment(claims, truth, day, f"{number:09d}{n}") for n, claims in enumerate(payments.values(), 1)]
    return _wrap(back, "HP", "005010X221A1", number, bodies) if bodies else ""


def _payment(claims: list[Claim], truth: dict[str, Truth], day: str, trace: str) -> list[str]:
    paid = sum(truth[claim.number].paid for claim in claims)
    how = f"BPR*I*{_money(paid)}*C*CHK" if paid else "BPR*H*0*C*NON"
    (payer, payer_id), provider = claims[0].payer, claims[0]
    body = [
        "ST*835*{}", f"{how}************{day}", f"TRN*1*{trace}*1999999999", f"DTM*405*{day}",
        f"N1*PR*{payer}*XV*{payer_id}", "N3*1 PAYER PLAZA", "N4*ANYTOWN*OH*43004", "PER*BL*HELP*TE*8005550100",
        f"N1*PE*{provider.provider}*XX*{provider.npi}", f"REF*TJ*{provider.tax_id}", "LX*1",
    ]  # fmt: skip
    for claim in claims:
        body += _claim(claim, truth[claim.number])
    return body


def _claim(claim: Claim, truth: Truth) -> Iterator[str]:
    patient = _money(truth.patient) if truth.patient else ""
    money = f"{_money(claim.charge)}*{_money(truth.paid)}*{patient}"
    yield f"CLP*{claim.number}*1*{money}*12*{claim.payer_control}*{claim.place}*{claim.frequency}"
    yield f"NM1*QC*1*{claim.patient[0]}*{claim.patient[1]}****MI*{claim.member}"
    for line in claim.lines:
        procedure = ":".join(("HC", line.code, *line.modifiers))
        yield f"SVC*{procedure}*{_money(line.charge)}*{_money(line.paid)}**{line.units}"
        yield f"DTM*472*{line.day}"
        for group, reason, cents in line.adjustments:
            yield f"CAS*{group}*{reason}*{_money(cents)}"
        yield f"REF*6R*{line.control}"
        if line.paid:
            yield f"AMT*B6*{_money(line.allowed)}"
        if line.remark:
            yield f"LQ*HE*{line.remark}"


def _wrap(back: tuple[str, ...], kind: str, version: str, number: int, sets: list[list[str]]) -> str:
    sender, receiver, gs_sender, gs_receiver, day = back
    parts = [
        f"ISA*00*{'':10}*00*{'':10}*ZZ*{sender:15}*ZZ*{receiver:15}*{day[2:]}*0800*^*00501*{number:09d}*0*T*:",
        f"GS*{kind}*{gs_sender}*{gs_receiver}*{day}*0800*{number}*X*{version}",
    ]
    for n, (head, *body) in enumerate(sets, 1):
        parts += [head.format(f"{n:04d}"), *body, f"SE*{len(body) + 2}*{n:04d}"]
    return "~".join([*parts, f"GE*{len(sets)}*{number}", f"IEA*1*{number:09d}", ""])


def _cents(text: str) -> int:
    whole, _, rest = text.partition(".")
    return int(whole or 0) * 100 + int(rest.ljust(2, "0"))


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}" if cents % 100 else str(cents // 100)
