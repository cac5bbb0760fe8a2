"""The envelopes: what is read in spite of its form, and what is refused with its place."""

from __future__ import annotations

import pytest

from store.errors import Refused
from store.x12 import segments
from store.x12.segments import Reader, TransactionSet

ISA = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260310*0800*^*00501*000000905*0*T*:~"
BODY = "GS*HP*A*B*20260310*0800*7*X*005010X221A1~ST*835*0001~ZZZ*kept*x:y~SE*3*0001~GE*1*7~IEA*1*000000905~"
FILE = ISA + BODY


def sets(text: str | bytes) -> list[TransactionSet]:
    return list(Reader(text.encode() if isinstance(text, str) else text, "june.835").sets())


def contents(text: str | bytes) -> list[list[tuple[int, list[str]]]]:
    return [list(one.segments()) for one in sets(text)]


WHOLE = [[(3, ["ST", "835", "0001"]), (4, ["ZZZ", "kept", "x:y"]), (5, ["SE", "3", "0001"])]]


def test_a_set_comes_with_its_places_its_version_and_unknown_segments() -> None:
    assert contents(FILE) == WHOLE
    one = sets(FILE)[0]
    assert (one.kind, one.control, one.version, one.segment) == ("835", "0001", "005010X221A1", 3)
    assert (one.interchange.sender, one.interchange.receiver, one.interchange.control) == (
        "SENDER", "RECEIVER", "000000905",
    )  # fmt: skip
    assert one.group.control == "7"


@pytest.mark.parametrize(
    "text",
    [
        FILE.replace("~", "~\n"),
        FILE.replace("~", "~\r\n"),
        FILE.replace("~", "~\r"),
        FILE.replace("~", "\n"),
        FILE.replace("~", "\r"),
        FILE.replace("~", "\r\n"),
        FILE.replace("~", "\x1d"),
        FILE.replace("~", "~\n    "),
        FILE.replace("~", "~~"),
        FILE.rstrip("~"),
        "\n\n" + FILE + "\n\x1a",
        FILE.replace("GS*", "gs*").replace("ST*", "st*").replace("SE*", "se*").replace("IEA", "iea"),
        "\n".join(FILE[n : n + 106] for n in range(0, len(FILE), 106)),
    ],
    ids=range(13),
)
def test_line_ends_indents_terminators_and_small_letters_change_nothing(text: str) -> None:
    assert contents(text) == WHOLE


def test_a_byte_order_mark_is_no_text() -> None:
    assert contents(b"\xef\xbb\xbf" + FILE.encode()) == WHOLE


@pytest.mark.parametrize("marks", ["*:^~", "|>}\n", "+>~\r", "!#%\x1d", "\x1d\x1f\x1e\x1c"])
def test_any_separators_that_are_declared(marks: str) -> None:
    text = FILE.translate(dict(zip(map(ord, "*:^~"), marks, strict=True)))
    wanted = [[(n, [e.replace(":", marks[1]) for e in elements]) for n, elements in one] for one in WHOLE]
    assert contents(text) == wanted


def test_several_interchanges_each_with_its_own_separators() -> None:
    other = FILE.translate({ord("*"): "|", ord(":"): ">", ord("~"): "\n"})
    found = contents(FILE + "\n" + other)
    assert [[elements[0] for _, elements in one] for one in found] == [["ST", "ZZZ", "SE"]] * 2
    assert found[1][0][0] == 10


def test_latin_1_is_read_and_what_could_harm_a_screen_is_replaced() -> None:
    data = FILE.replace("kept", "Jos\u00e9\x1b[31m").encode("latin-1")
    assert contents(data)[0][1][1][1] == "Jos\u00e9\ufffd[31m"


def test_an_old_file_has_no_repetition_separator() -> None:
    reader = Reader(FILE.replace("*^*00501*", "*U*00401*").encode())
    assert list(reader.sets())
    assert reader.interchanges[0].separators.repetition == ""


def test_interchange_notices_need_no_group() -> None:
    text = ISA + "TA1*000000123*260310*0800*A*000~IEA*0*000000905~"
    reader = Reader(text.encode())
    assert list(reader.sets()) == []
    assert reader.interchanges[0].notices == [(2, ["TA1", "000000123", "260310", "0800", "A", "000"])]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "empty"),
        (" \r\n ", "empty"),
        ("Dear payer, ISA matters", "no X12"),
        ("Scenario 3\n" + FILE, "text before the ISA"),
        (FILE.replace("SENDER  ", "SENDER"), "106 characters"),
        (FILE[:80], "106 characters"),
        (FILE.replace(":~GS", "*~GS", 1), "106 characters"),
        (FILE.replace("*:~GS", "*^~GS"), "the same character"),
        (FILE.replace("*:~GS", "*A~GS"), "letter"),
        (FILE.replace("*:~GS", "* ~GS"), "space"),
        (FILE.replace("*:~GS", "*\n~GS"), "line end"),
        (ISA + "ST*835*0001~SE*2*0001~IEA*1*000000905~", "outside a GS"),
        (ISA + "IEA*0*000000905~", "holds nothing"),
        (FILE.replace("IEA*1*000000905~", ""), "IEA is missing"),
        (FILE.replace("GE*1*7~", ""), "GE of group 7 is missing"),
        (FILE.replace("SE*3*0001~", ""), "SE of transaction set 0001 is missing"),
        (FILE.replace("ZZZ*kept*x:y~", ""), "SE01"),
        (FILE.replace("SE*3", "SE*x"), "SE01"),
        (FILE.replace("GE*1", "GE*2"), "GE01"),
        (FILE.replace("IEA*1", "IEA*2"), "IEA01"),
        (FILE.replace("SE*3*0001", "SE*3*0002"), "SE02"),
        (FILE.replace("GE*1*7", "GE*1*8"), "GE02"),
        (FILE.replace("IEA*1*000000905", "IEA*1*905"), "IEA02"),
        (FILE.replace("ST*835*0001", "ST*835"), "too short"),
        (FILE.replace("GS*HP*A*B*20260310*0800*7*X*005010X221A1", "GS*HP"), "too short"),
        (FILE + "STC*A6~", "follows the end"),
        (ISA + "ISB*1~" + BODY, "'ISB' can't stand here"),
    ],
)
def test_what_is_no_whole_file_is_refused(text: str, told: str) -> None:
    with pytest.raises(Refused, match=told.replace("*", r"\*")) as refused:
        contents(text)
    assert refused.value.where.startswith("june.835")


def test_the_place_is_file_segment_and_id() -> None:
    with pytest.raises(Refused) as refused:
        contents(FILE.replace("SE*3", "SE*4"))
    assert refused.value.where == "june.835, segment 5 (SE)"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_refused(encoding: str) -> None:
    with pytest.raises(Refused, match="UTF-16"):
        contents(FILE.encode(encoding))


def test_a_huge_file_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "MAX_BYTES", 100)
    with pytest.raises(Refused, match="larger"):
        contents(FILE)


def test_a_file_cut_anywhere_is_refused_or_whole() -> None:
    data = FILE.replace("~", "~\n").encode()
    for length in range(len(data)):
        try:
            found = contents(data[:length])
        except Refused:
            continue
        assert found == WHOLE
        assert length >= len(data) - 2
