"""How quick the screens are, on a real pseudo-terminal: `python -m tests.bench.screens [NAME=COMMAND ...]`.

Measures, in turns with a bare Textual program and with any other that is named on the command line: the time and the
processor time from start to the first settled screen, bytes and time of one cursor key, and memory; of this program
also memory after 300 opened records and a queue of 100,000 rows.  Each start is a first one, with a practice and
settings of its own.  Times wander with the machine's load: read the ratios.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import shlex
import shutil
import signal
import statistics
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

QUIET = 0.25
"""Seconds without output after which a screen is settled."""
PAUSE = 0.06
"""Seconds without output after which a key's own answer is complete."""
WIDTH, HEIGHT = 120, 40
RUNS = 3
KEYS = 40
LIST = 200
"""Rows of the list in which cursor keys are measured; the bare program's table has as many."""


@dataclass
class Program:
    """A running program and the bytes that came from it."""

    command: Sequence[str]
    pid: int = 0
    handle: int = -1
    sent: int = 0
    text: bytes = b""
    began: float = field(default_factory=time.monotonic)

    def start(self) -> Program:
        """On a pseudo-terminal of its own."""
        self.began = time.monotonic()
        self.pid, self.handle = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = "xterm-256color"
            os.execvp(self.command[0], list(self.command))
        fcntl.ioctl(self.handle, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
        return self

    def settle(self, *, until: bytes = b"", most: float = 60.0, quiet: float = QUIET) -> tuple[float, int]:
        """Seconds until the last output before a pause, and bytes; first waits for `until`, if given."""
        start = last = time.monotonic()
        count, seen = 0, not until
        while time.monotonic() - start < most:
            if not select.select([self.handle], [], [], 0.02)[0]:
                if seen and (count or time.monotonic() - start > 2) and time.monotonic() - last > quiet:
                    break
                continue
            try:
                chunk = os.read(self.handle, 65536)
            except OSError:
                break
            last = time.monotonic()
            count += len(chunk)
            self.text = (self.text + chunk)[-200_000:]
            seen = seen or until in self.text
        return last - start, count

    def press(self, keys: str) -> tuple[float, int]:
        """Seconds to the last change on the screen, and bytes."""
        self.text = b""
        os.write(self.handle, keys.encode())
        return self.settle(most=20)

    def step(self, key: str) -> tuple[float, int]:
        """One cursor key: until the first pause; what comes after a rest (a detail pane) is waited for, not counted."""
        os.write(self.handle, key.encode())
        took, count = self.settle(most=20, quiet=PAUSE)
        self.settle(most=QUIET * 2)
        return took, count

    @property
    def processor(self) -> float:
        """Seconds of processor time so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def rss(self) -> float:
        """Resident megabytes."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        return 0.0

    def stop(self) -> None:
        """Hangs up."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGHUP)
        with suppress(OSError):
            while os.read(self.handle, 65536):
                pass
        os.waitpid(self.pid, 0)
        os.close(self.handle)


@dataclass
class Measured:
    """Of one program, over all runs."""

    start: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    key: list[float] = field(default_factory=list)
    bytes: list[int] = field(default_factory=list)
    rss: list[float] = field(default_factory=list)


def measure(name: str, command: Sequence[str], measured: Measured, *, until: bytes, opening: Sequence[str]) -> None:
    """One run: start, open what has a list, then cursor keys."""
    down = "\x1b[B"
    program = Program(command).start()
    took, count = program.settle(until=until)
    measured.start.append(took)
    measured.processor.append(program.processor)
    measured.first.append(count)
    for keys in opening:
        program.press(keys)
    for at in range(KEYS // RUNS):
        took, count = program.step(down if at % 4 else "\x1b[A")
        if count:
            measured.key.append(took)
            measured.bytes.append(count)
    measured.rss.append(program.rss)
    program.stop()
    print(f"  {name} done", file=sys.stderr)


def practice(folder: Path, rows: int) -> str:
    """The demo practice; its statements queue is filled up to so many rows."""
    from store.demo.make import Plan, make_demo
    from tui.commands.common import ensure_codes

    ensure_codes()
    url = make_demo(folder, Plan(60, 7, date.today()), lambda *_: None)
    if rows:
        _fill(url, rows)
    return url


def _fill(url: str, rows: int) -> None:
    from sqlmodel import Session, func, select

    from store.db import open_engine, writer
    from store.tables import Guarantor, WorkItem

    with Session(writer(open_engine(url))) as session:
        last = session.exec(select(func.max(Guarantor.id))).one() or 0
        day = date.today()
        accounts = [
            {"id": last + n, "number": f"B{n:06}", "source_key": f"bench:{n}", "last": f"Bench{n % 997}",
             "first": "Ann",
             "line1": "", "city": "", "state": "", "zip": "", "phone": "", "email": "", "language": "en", "dunning": 0,
             "version": 1}
            for n in range(1, rows + 1)
        ]  # fmt: skip
        session.execute(Guarantor.__table__.insert(), accounts)  # type: ignore[attr-defined]
        items = [
            {"queue": "statements", "subject_id": last + n, "open": True, "opened_on": day, "score": n,
             "cents": n * 100,
             "reason": "", "escalated": False, "token": 0, "attempts": 0}
            for n in range(1, rows + 1)
        ]  # fmt: skip
        session.execute(WorkItem.__table__.insert(), items)  # type: ignore[attr-defined]
        session.commit()


def afresh(url: str, folder: Path) -> str:
    """The practice as it was made, with nothing kept of an earlier sitting; also in the settings."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    os.environ["SUPERBILL_SETTINGS"] = str(folder)
    made = Path(url.split("///", 1)[1])
    for one in made.parent.glob(f"{made.name}*"):
        shutil.copy(one, folder / one.name)
    return f"sqlite:///{folder / made.name}"


def own(url: str) -> list[str]:
    """This program's command."""
    return [sys.executable, "-m", "tui", "--db", url]


def long_work(url: str, opens: int) -> tuple[float, float]:
    """Megabytes at the start and after so many opened records."""
    program = Program(own(url)).start()
    program.settle(until=b"Patient refunds")
    program.press(":queue denials\r")
    before = program.rss
    for _ in range(opens):
        program.text = b""
        os.write(program.handle, b"\r")
        program.settle(until=b"Denial ", most=3)
        os.write(program.handle, b"\x1b")
        program.settle(most=1)
    after = program.rss
    program.stop()
    return before, after


def big_queue(url: str) -> tuple[float, float, float]:
    """Seconds to open a queue of very many rows, to its end, and of one key there (medians)."""
    program = Program(own(url)).start()
    program.settle(until=b"Statements")
    opened, _ = program.press(":queue statements\r")
    end, _ = program.press("G")
    keys = [program.step("k")[0] for _ in range(10)]
    program.stop()
    return opened, end, statistics.median(keys)


def main() -> None:
    """Prints the table."""
    peers = dict(one.split("=", 1) for one in sys.argv[1:])
    rows = int(os.environ.get("BENCH_ROWS", "100000"))
    opens = int(os.environ.get("BENCH_OPENS", "300"))
    with tempfile.TemporaryDirectory() as folder:
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # each program is compiled once
        url = practice(Path(folder) / "small", LIST)
        programs: dict[str, tuple[Sequence[str], bytes, Sequence[str]]] = {
            "bare Textual": ([sys.executable, "-m", "tests.bench.bare"], b"MARIA", ()),
            "superbill": ((), b"Patient refunds", (":queue statements\r",)),
            **{name: (shlex.split(command), b"", ()) for name, command in peers.items()},
        }
        found = {name: Measured() for name in programs}
        for _ in range(RUNS):
            for name, (command, until, opening) in programs.items():
                started = command or own(afresh(url, Path(folder) / "run"))
                measure(name, started, found[name], until=until, opening=opening)
        load = os.getloadavg()[0]
        print(f"{WIDTH}x{HEIGHT}, medians of {RUNS} runs in turns, load {load:.1f} on {os.cpu_count()} cores\n")
        print(
            f"{'program':16} {'start ms':>9} {'ratio':>6} {'CPU ms':>7} {'ratio':>6} {'first KB':>9} "
            f"{'key ms':>7} {'key bytes':>10} {'RSS MB':>7}"
        )
        bare = statistics.median(found["bare Textual"].start)
        bare_processor = statistics.median(found["bare Textual"].processor)
        for name, one in found.items():
            start, cpu = statistics.median(one.start), statistics.median(one.processor)
            key = (
                f"{statistics.median(one.key) * 1000:7.0f} {statistics.median(one.bytes):10.0f}"
                if one.key
                else " " * 18
            )
            print(
                f"{name:16} {start * 1000:9.0f} {start / bare:6.2f} {cpu * 1000:7.0f} {cpu / bare_processor:6.2f} "
                f"{statistics.median(one.first) / 1024:9.1f} {key} "
                f"{statistics.median(one.rss):7.0f}"
            )
        before, after = long_work(afresh(url, Path(folder) / "run"), opens)
        print(f"\nmemory: {before:.0f} MB with a queue open, {after:.0f} MB after {opens} records opened and left")
        if rows:
            opened, end, key_time = big_queue(afresh(practice(Path(folder) / "big", rows), Path(folder) / "run"))
            told = f"opened in {opened * 1000:.0f} ms, its end in {end * 1000:.0f} ms, one key {key_time * 1000:.0f} ms"
            print(f"a queue of {rows:,} rows: {told}")


if __name__ == "__main__":
    main()
