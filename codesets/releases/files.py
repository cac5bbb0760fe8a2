"""The files inside what a user hands over: one file, a folder, or a zip archive, read as streams.

Nothing is ever unpacked under a name that comes from an archive, and no more bytes are read than an
official release can have: a small file that swells without end is refused.
"""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from codesets.errors import Refused

#: The largest official file (all procedure pairs with their history) has about 200 MB.
MAX_BYTES = 1_500_000_000
MAX_MEMBERS = 2_000
_FREE_BYTES, _MAX_RATIO = 20_000_000, 150
_HEAD = 65_536
_LONGEST_LINE = 1_000_000
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Member:
    """One file: its name (without folders) and how to open it."""

    name: str
    opener: Callable[[], BinaryIO]

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The bytes, as a stream; damage is refused, naming the file."""
        try:
            with self.opener() as stream:
                yield stream
        except (zipfile.BadZipFile, zlib.error, gzip.BadGzipFile, EOFError) as error:
            raise Refused("The archive is damaged.", where=self.name, do="Get it again from its publisher.") from error
        except RuntimeError as error:  # how zipfile tells of a password
            raise Refused("The archive is locked with a password.", where=self.name) from error
        except OSError as error:
            raise Refused(f"The file can't be read ({error.strerror or error}).", where=self.name) from error

    def head(self, size: int = _HEAD) -> bytes:
        """The first bytes."""
        with self.open() as stream:
            return stream.read(size)

    def lines(self) -> Iterator[tuple[int, str]]:
        """Each line with its number from 1, without its end; UTF-8, else Windows' Western set."""
        with self.open() as stream:
            number = 0
            while raw := stream.readline(_LONGEST_LINE):
                number += 1
                if len(raw) >= _LONGEST_LINE:
                    raise Refused("A line is longer than any of an official file.", where=f"{self.name}, line {number}")
                if b"\0" in raw:
                    raise Refused("This is not a text file.", where=f"{self.name}, line {number}")
                if number == 1:
                    raw = raw.removeprefix(b"\xef\xbb\xbf")
                yield number, decoded(raw).rstrip("\r\n")


def decoded(raw: bytes) -> str:
    """Bytes as text: UTF-8, else Windows' Western set, odd bytes replaced."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


class _Capped(io.RawIOBase):
    """A stream that refuses to give more than an honest file would."""

    def __init__(self, stream: BinaryIO, name: str, most: int) -> None:
        self._stream, self._name, self._left = stream, name, most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._stream.read(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise Refused("The file swells far beyond the size of any release.", where=self._name)
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


def _capped(stream: BinaryIO, name: str, packed: int) -> BinaryIO:
    most = min(MAX_BYTES, max(_FREE_BYTES, packed * _MAX_RATIO))
    return io.BufferedReader(_Capped(stream, name, most), 1 << 16)


def members_of(path: Path) -> list[Member]:
    """Every file in `path`: itself, those of a folder, or those of a zip archive; hidden ones left out."""
    try:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
            _not_too_many(len(inside), path)
            return [member for file in inside for member in _file_members(file)]
        if path.exists() and not path.is_file():
            raise Refused("This is not a plain file.", where=str(path))  # a pipe would be waited for
        return _file_members(path)
    except OSError as error:
        raise Refused(f"The file can't be read ({error.strerror or error}).", where=str(path)) from None


def _file_members(path: Path) -> list[Member]:
    with path.open("rb") as handle:
        start = handle.read(4)
    size = path.stat().st_size
    if not size:
        raise Refused("The file is empty.", where=str(path))
    if start == _ZIP:
        return _zip_members(path)
    if start[:2] == _GZIP:
        return [Member(path.name.removesuffix(".gz"), lambda: _capped(_gunzipped(path), path.name, size))]
    return [Member(path.name, lambda: path.open("rb"))]


def _gunzipped(path: Path) -> BinaryIO:
    return gzip.open(path, "rb")  # type: ignore[return-value]


def _zip_members(path: Path) -> list[Member]:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    except zipfile.BadZipFile:
        raise Refused("The zip archive is damaged.", where=path.name, do="Get it again from its publisher.") from None
    _not_too_many(len(entries), path)
    if sum(entry.file_size for entry in entries) > MAX_BYTES:
        raise Refused("The archive is far larger than any release.", where=path.name)
    return [_zip_member(path, entry) for entry in entries if not Path(entry.filename).name.startswith(".")]


def _zip_member(path: Path, entry: zipfile.ZipInfo) -> Member:
    name = Path(entry.filename.replace("\\", "/")).name

    def opener() -> BinaryIO:
        archive = zipfile.ZipFile(path)
        stream = archive.open(entry)
        archive.close()  # the stream keeps the file open until it is closed itself
        return _capped(stream, name, entry.compress_size)  # type: ignore[arg-type]

    return Member(name, opener)


def _not_too_many(count: int, path: Path) -> None:
    if count > MAX_MEMBERS:
        raise Refused(f"{count:,} files are more than any release has.", where=str(path))
