"""Damage done to a good file: cut, doubled, dropped, swapped, and words that readers have stumbled over."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

NASTY = (
    b"\x1b[2J", b"\x1b]0;owned\x07", b"\x9b5n", b"\x00", b"\x7f", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80",
    "\u202e".encode(), "\u200b".encode(), "\ufeff".encode(), "\u0661".encode(), "²".encode(), "\u0131".encode(),
    b"9" * 5000, b"-1", b"1e400", b"NaN", b"Infinity", b"0", b"", b" ", b"\t", b"\r", b"\n", b"\r\n",
    b'"', b"'", b",", b";", b"|", b"*", b"~", b":", b"^", b"{", b"}", b"[", b"]", b"[" * 3000, b'{"a":' * 3000,
    b"null", b"true",
    b"=cmd|' /C calc'!A0", b"@SUM(1)", b"[red]", b"[/]", b"[@click=app.quit]", b"!!python/object", b"&a [*a]",
    b"../../etc/passwd", b"20240230", b"00000000", b"99999999", b"2024-02-30", b"0001-01-01", b"9999-12-31",
    b"A" * 140_000, b"ISA", b"IEA", b"ST*835", b"\\ud800", b"\\u001b[2J", b"%s%n", b"\\",
)  # fmt: skip
"""Bytes that end lines, start escapes, are no numbers, are too many or mean something to somebody."""


@st.composite
def damaged(draw: st.DrawFn, seeds: Sequence[bytes]) -> bytes:
    """One of the seeds after some accidents."""
    data = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(1, 4))):
        here = draw(st.integers(0, len(data)))
        there = min(len(data), here + draw(st.sampled_from((0, 1, 2, 5, 20, 200))))
        what = draw(st.sampled_from(("put", "put", "put", "drop", "double", "cut", "flip")))
        if what == "put":
            data = data[:here] + draw(st.sampled_from(NASTY) | st.binary(max_size=8)) + data[there:]
        elif what == "drop":
            data = data[:here] + data[there:]
        elif what == "double":
            data = data[:there] + data[here:]
        elif what == "cut":
            data = data[:here]
        elif here < len(data):
            data = data[:here] + bytes([data[here] ^ (1 << draw(st.integers(0, 7)))]) + data[here + 1 :]
    return data


def thrown(seeds: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """Damaged files, and now and then no file at all."""
    return damaged(seeds) | st.binary(max_size=64) | st.sampled_from(NASTY)
