"""TA1, 999, 277CA and 277: read alike in whatever form they come, and refused with place and reason where not whole."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.errors import Refused
from store.x12.acks import read_acks
from store.x12.segments import Reader
from store.x12.status_answers import read_status_answers
from tests.store.x12.test_acks import CLAIMS, ISA, SYNTAX, wrap
from tests.store.x12.test_status import BODY
from tests.store.x12.test_status import wrap as wrap_status

Read = Callable[[bytes, str], object]

TEXTS: dict[str, tuple[str, Read]] = {
    "TA1": (f"{ISA}TA1*000000123*260310*0800*R*006~IEA*1*000000905~", read_acks),
    "999": (wrap("999", SYNTAX.replace("1:2", "1.2").replace("5:3", "5"), "005010X231A1"), read_acks),
    "277CA": (wrap("277", CLAIMS, "005010X214", "HN"), read_acks),
    "277": (wrap_status(BODY).decode(), read_status_answers),
}
KINDS = st.sampled_from(list(TEXTS))
UNKNOWN = ("ZZZ*kept*as it is", "N3*1 MAIN ST", "zz1")

marks = st.permutations("*:^~|>+!#%\x1d\x1e\x1f").map(lambda drawn: "".join(drawn[:4]))
ends = st.sampled_from(["", "\n", "\r\n", "\r", "\n   ", "\n\n"])


def told(kind: str, data: bytes) -> object:
    """What a file says, without what it says of its own form."""
    return replace(TEXTS[kind][1](data, "june.x12"), notices=())  # type: ignore[type-var]


def dressed(text: str, chosen: str, end: str, *, small: bool, mark: bool, last: bool) -> bytes:
    """The file with other separators and line ends, segment ids in small letters, a byte-order mark."""
    if small:
        text = re.sub(r"(?<=~)([A-Z0-9]+)(?=\*)", lambda found: found[1].lower(), text)
    text = text.translate(dict(zip(map(ord, "*:^~"), chosen, strict=True)))
    text = text.replace(chosen[3], chosen[3] + end)
    if not last:
        text = text.rstrip("\r\n ").removesuffix(chosen[3])
    return (b"\xef\xbb\xbf" if mark else b"") + text.encode()


def with_unknown(text: str, places: list[int]) -> str:
    """Unknown segments inside the set, which counts them."""
    parts = text.split("~")
    inside = [n for n, part in enumerate(parts) if n and not re.match(r"ISA|GS|ST|GE|IEA|AK9|SE|$", part)]
    if not any(part.startswith("ST*") for part in parts):
        return text
    chosen = sorted({inside[place % len(inside)] for place in places}, reverse=True)
    for n in chosen:
        parts.insert(n, UNKNOWN[n % len(UNKNOWN)])
    added = "~".join(parts)
    return re.sub(r"~SE\*(\d+)", lambda found: f"~SE*{int(found[1]) + len(chosen)}", added)


@settings(max_examples=60, deadline=None)
@given(KINDS, marks, ends, st.booleans(), st.booleans(), st.booleans(), st.lists(st.integers(0, 99), max_size=3))
def test_any_form_says_the_same(
    kind: str, chosen: str, end: str, small: bool, mark: bool, last: bool, places: list[int]
) -> None:
    text = TEXTS[kind][0]
    data = dressed(with_unknown(text, places), chosen, end, small=small, mark=mark, last=last)
    wanted = repr(told(kind, text.encode()))
    assert repr(told(kind, data)) == wanted


def test_unknown_segments_are_still_there_for_who_reads_the_file() -> None:
    text = with_unknown(TEXTS["277CA"][0], [3, 9])
    seen = [elements for whole in Reader(text.encode()).sets() for _, elements in whole.segments()]
    assert sum(elements[0] in {"ZZZ", "N3", "ZZ1"} for elements in seen) == 2


@pytest.mark.parametrize("kind", TEXTS)
def test_several_interchanges_groups_and_sets_are_told_one_after_the_other(kind: str) -> None:
    text, read = TEXTS[kind]
    two = read((text + "\n" + dressed(text, "|>!\x1d", "", small=True, mark=False, last=True).decode()).encode(), "")
    one = told(kind, text.encode())
    for name in ("interchanges", "groups", "claim_sets", "answers", "refusals"):
        if hasattr(one, name):
            assert getattr(two, name) == getattr(one, name) * 2, name
    if kind == "TA1":
        return
    whole = text[text.index("ST*") : text.index("GE*")]
    second = whole[: whole.rindex("*")].replace("*0001", "*0002", 1) + "*0002~"
    group = text[text.index("GS*") : text.index("IEA*")].replace(whole, whole + second).replace("GE*1", "GE*2")
    many = f"{ISA}{group}{group.replace('*7*X', '*8*X').replace('GE*2*7', 'GE*2*8')}IEA*2*000000905~"
    four = read(many.encode(), "")
    for name in ("groups", "claim_sets", "answers", "refusals"):
        if hasattr(one, name):
            assert getattr(four, name) == getattr(one, name) * 4, name


@pytest.mark.parametrize("kind", TEXTS)
def test_cut_at_any_byte_it_is_refused_with_the_segment_and_the_reason(kind: str) -> None:
    text, read = TEXTS[kind]
    for length in range(1, len(text) - 1):
        with pytest.raises(Refused) as refused:
            read(text[:length].encode(), "june.x12")
        assert refused.value.what
        assert refused.value.where.startswith("june.x12")
        assert "segment" in refused.value.where or length < 3, (length, refused.value.where)


@settings(max_examples=60, deadline=None)
@given(KINDS.filter(lambda kind: kind != "TA1"), st.sampled_from(["SE", "GE", "IEA"]), st.integers(-9, 9).filter(bool))
def test_a_wrong_count_is_refused_with_the_segment_and_what_was_counted(kind: str, name: str, off: int) -> None:
    text, read = TEXTS[kind]
    wrong = re.sub(rf"(?<=~){name}\*(\d+)", lambda found: f"{name}*{int(found[1]) + off}", text)
    place = wrong[: wrong.index(f"~{name}*") + 1].count("~") + 1
    with pytest.raises(Refused, match=f"{name}01 says .* but there are") as refused:
        read(wrong.encode(), "june.x12")
    assert refused.value.where == f"june.x12, segment {place} ({name})"


@settings(max_examples=60, deadline=None)
@given(KINDS, st.integers(106, 10_000), st.sampled_from(["drop", "double", "swap"]))
def test_damage_in_the_middle_is_refused_or_says_nothing_that_is_no_verdict(kind: str, at: int, how: str) -> None:
    """Whatever a byte more or less makes of it, the answer is a `Refused` or a reading, never another error."""
    text, read = TEXTS[kind]
    at = 106 + at % (len(text) - 107)
    damaged = {
        "drop": text[:at] + text[at + 1 :],
        "double": text[:at] + text[at] + text[at:],
        "swap": text[:at] + text[at + 1] + text[at] + text[at + 2 :],
    }[how]
    where = "june.x12"
    try:
        read(damaged.encode(), "june.x12")
    except Refused as refused:
        where = refused.where
    assert where.startswith("june.x12")
