"""Any text is read without an error, and every place lies in it."""

from __future__ import annotations

import logging
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codesets import CodeLibrary
from codesets.reading import read_note
from codesets.reading.layout import lay_out

_PARTS = st.sampled_from(
    [
        "HPI:",
        "A/P\n",
        "ASSESSMENT\n",
        "1.",
        "-",
        "[",
        "]",
        "[x]",
        "(-)",
        "(+)",
        "?",
        "no",
        "denies",
        "vs",
        ",",
        ";",
        ":",
        ".",
        "\n",
        "\t",
        "HTN",
        "CKD",
        "•",
        "type",
        "2",
        "diabetes",
        "mother",
        "with",
        "without",
        "right",
        "left",
        "\x00",
        "\u202e",
        "\U0001f637",
        "\r\n",
        "(",
        ")",
        "[[",
        "]]",
        "24",
        "weeks",
        "BMI",
        "33",
        "''",
        "\u2019s",
        "s/p",
        "r/o",
    ]
)
_NOTES = st.one_of(st.text(max_size=300), st.lists(_PARTS, max_size=60).map(" ".join))


@given(_NOTES)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_read(library: CodeLibrary, text: str) -> None:
    reading = read_note(text, library, on=date(2026, 5, 12))
    for mention in reading.mentions:
        assert text[mention.start : mention.end] == mention.text
    for one in reading.suggestions:
        assert 0 <= one.start < one.end <= len(text)
    assert [s.start for s in reading.sections] == sorted(s.start for s in reading.sections)


@given(_NOTES)
@settings(max_examples=200, deadline=None)
def test_sentences_do_not_overlap(text: str) -> None:
    ends = 0
    for sentence in lay_out(text).sentences:
        assert sentence.start >= ends
        ends = sentence.tokens[-1].end


@pytest.mark.parametrize(
    "text", ["", "\n" * 5000, "a" * 50_000, "no " * 5000, "pain " * 3000, "HTN, " * 2000, "[ ]" * 2000, ":" * 3000]
)
def test_a_long_or_empty_text_is_read(text: str, library: CodeLibrary) -> None:
    read_note(text, library, on=date(2026, 5, 12))


def test_nothing_of_a_note_is_logged_or_printed(
    library: CodeLibrary, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        read_note("HPI: Zanzibar Quux has gout.", library, on=date(2026, 5, 12))
    out, err = capfd.readouterr()
    assert "Zanzibar" not in caplog.text + out + err
