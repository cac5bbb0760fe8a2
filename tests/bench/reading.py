"""How well and how fast notes are read.

    python -m tests.bench.reading [NOTES.jsonl] [--library FILE] [--on DATE] [--misses] [--no-memory]

Without NOTES.jsonl it is the tests' own notes: those that were looked at while the reading was made, those that were
not, and some of more codes than five.  NOTES.jsonl has one note a line: id, text, gold [{codes, required, start, end,
text}] and distractors [{code, why, start, end, text}], why being negated, family_history, other_person, uncertain or
integral_symptom; a line may have `on`, `age`, `sex` and `setting` too.  Prints how many required codes come among the
first five and ten (exact, and by category), how many of the first five are right, which distractors are kept back,
which true evidence is lost, and time and memory.  Evidence is lost when every mention inside it is asserted away.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from codesets import CodeLibrary, open_library
from codesets.reading import Assertion, Mention, NoteReading, read_note
from tests.codesets.reading.annotated import notes as own_notes

Note = dict[str, Any]
_SHOWN = (Assertion.PRESENT, Assertion.HISTORICAL)
_KEPT_BACK = {
    "negated": {Assertion.NEGATED, Assertion.HYPOTHETICAL, Assertion.PLANNED, Assertion.FAMILY},
    "family_history": {Assertion.FAMILY, Assertion.OTHER_PERSON, Assertion.NEGATED},
    "other_person": {Assertion.OTHER_PERSON, Assertion.FAMILY, Assertion.NEGATED, Assertion.PLANNED},
    "uncertain": {Assertion.UNCERTAIN, Assertion.NEGATED, Assertion.HYPOTHETICAL, Assertion.PLANNED},
}


def read_notes(path: Path) -> list[Note]:
    with path.open(encoding="utf-8") as handle:
        return [json.loads(line) for line in handle if line.strip()]


def read(note: Note, library: CodeLibrary, on: date) -> NoteReading:
    return read_note(
        note["text"],
        library,
        on=date.fromisoformat(note["on"]) if note.get("on") else on,
        setting=note.get("setting", "outpatient"),
        age=note.get("age"),
        sex=note.get("sex", ""),
    )


def inside(reading: NoteReading, span: Note) -> list[Mention]:
    """The mentions that lie in a marked span, those of the marked code before all others."""
    touching = [m for m in reading.mentions if m.start < span["end"] and span["start"] < m.end]
    wanted = [code.replace(".", "") for code in span.get("codes", [span.get("code", "")]) if code]
    same = [m for m in touching if any(k[:3] == w[:3] for k in m.codes for w in wanted)]
    return same or touching


class Figures:
    """Counts over notes."""

    def __init__(self) -> None:
        self.n: Counter[str] = Counter()
        self.misses: list[str] = []

    def add(self, note: Note, reading: NoteReading) -> None:
        codes = [s.code for s in reading.suggestions]
        self.n["notes"] += 1
        self.n["words"] += len(note["text"].split())
        self._gold(note, reading, codes)
        right = {code for gold in note["gold"] for code in gold["codes"]}
        heads = {code[:3] for code in right}
        self.n["first five"] += len(codes[:5])
        self.n["right in five"] += sum(code in right for code in codes[:5])
        self.n["right category in five"] += sum(code[:3] in heads for code in codes[:5])
        for mark in note.get("distractors", ()):
            self._distractor(note, reading, codes, mark, right)

    def _gold(self, note: Note, reading: NoteReading, codes: list[str]) -> None:
        for gold in note["gold"]:
            wide = {code[:3] for code in gold["codes"]}
            place = next((p for p, code in enumerate(codes) if code in gold["codes"]), 99)
            place_wide = next((p for p, code in enumerate(codes) if code[:3] in wide), 99)
            if gold.get("required", True):
                self.n["required"] += 1
                for limit in (5, 10):
                    self.n[f"exact@{limit}"] += place < limit
                    self.n[f"category@{limit}"] += place_wide < limit
                if place >= 5:
                    self.misses.append(
                        f"{note['id']}: {gold['codes']} {gold['text'][:50]!r} at {place}; got {codes[:8]}"
                    )
            if gold.get("start") is None:
                continue
            seen = inside(reading, gold)
            self.n["evidence"] += 1
            lost = bool(seen) and all(m.assertion not in _SHOWN for m in seen) and place == 99
            if lost and not gold["codes"][0].startswith(("Z8", "Z1", "Z2")):
                self.n["evidence lost"] += 1
                self.misses.append(
                    f"{note['id']}: LOST {gold['text'][:60]!r} {[(m.assertion.value, m.trigger) for m in seen]}"
                )

    def _distractor(self, note: Note, reading: NoteReading, codes: list[str], mark: Note, right: set[str]) -> None:
        why = mark["why"]
        shown = mark["code"] in codes[:10] and mark["code"] not in right
        self.n[f"{why}: marked"] += 1
        self.n[f"{why}: in the first ten"] += shown
        if why not in _KEPT_BACK:
            self.n[f"{why}: in the first five"] += mark["code"] in codes[:5] and mark["code"] not in right
            return
        wanted = mark["code"].replace(".", "")
        seen = [m for m in inside(reading, mark) if any(k[:3] == wanted[:3] for k in m.codes)] or inside(reading, mark)
        if seen:
            self.n[f"{why}: seen"] += 1
            good = all(m.assertion in _KEPT_BACK[why] for m in seen)
            self.n[f"{why}: kept back"] += good
            if not good or shown:
                told = [(m.text, m.assertion.value, m.trigger) for m in seen]
                self.misses.append(f"{note['id']}: {why} {mark['code']} {mark['text'][:60]!r} {told} shown={shown}")

    def show(self) -> None:
        n = self.n
        print(f"  {n['notes']} notes, {n['words']} words, {n['required']} required codes")
        for limit in (5, 10):
            print(
                f"  recall@{limit}: exact {_share(n[f'exact@{limit}'], n['required'])},"
                f" category {_share(n[f'category@{limit}'], n['required'])}"
            )
        print(
            f"  precision@5: exact {_share(n['right in five'], n['first five'])}, category"
            f" {_share(n['right category in five'], n['first five'])}; of five places"
            f" {_share(n['right in five'], 5 * n['notes'])}"
        )
        for why in _KEPT_BACK:
            print(
                f"  {why}: kept back {n[f'{why}: kept back']} of {n[f'{why}: seen']} seen"
                f" ({n[f'{why}: marked']} marked), in the first ten {n[f'{why}: in the first ten']}"
            )
        shown, marked = n["integral_symptom: in the first five"], n["integral_symptom: marked"]
        print(f"  integral symptoms in the first five: {shown} of {marked}")
        print(f"  true evidence lost: {n['evidence lost']} of {n['evidence']}")


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2f} ({part}/{whole})" if whole else "-"


def measure(notes: Iterable[Note], library: CodeLibrary, on: date) -> Figures:
    figures = Figures()
    for note in notes:
        figures.add(note, read(note, library, on))
    return figures


def speed(notes: list[Note], library: CodeLibrary, on: date) -> None:
    """Processor time: of the first note with all that is loaded for it, of notes not read before, and of known ones."""
    start = time.process_time()
    read(notes[0], library, on)
    print(f"  processor time: first note {(time.process_time() - start) * 1000:.0f} ms, loading included")
    for name, rounds in (("read for the first time", 1), ("read again", 2)):
        times = sorted(_per_thousand(note, library, on) for _ in range(rounds) for note in notes)
        print(f"  per 1,000 words, {name}: median {times[len(times) // 2]:.0f} ms, worst {times[-1]:.0f} ms")


def _per_thousand(note: Note, library: CodeLibrary, on: date) -> float:
    start = time.process_time()
    read(note, library, on)
    return (time.process_time() - start) * 1e6 / max(1, len(note["text"].split()))


MEMORY = """
import json, resource, sys
from datetime import date
from pathlib import Path
from codesets import open_library
rss = lambda: int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize() / 1e6
library = open_library(Path(sys.argv[1]))
library.search("chest pain")
desk = rss()
from codesets.reading import read_note
for line in open(sys.argv[2], encoding="utf-8"):
    read_note(json.loads(line)["text"], library, on=date.fromisoformat(sys.argv[3]))
print(f"  memory above the code search's own: {rss() - desk:.1f} MB")
"""
SESSION = """
import asyncio, resource, sys
from pathlib import Path
from tests.journeys.sitting import at_work, into
from tui.screens.desk_suggest import DeskSuggest
rss = lambda: int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize() / 1e6
if sys.argv[1] == "unread":
    DeskSuggest.read_note = lambda self, desk: None
async def sit():
    async with at_work((120, 40)) as desk:
        await into(desk, "coding")
        await desk.press("n")
        await desk.settle()
        for _ in range(6):
            await desk.press("i")
            await desk.type("chest pain")
            await desk.settle()
            await desk.press("escape", "H")
            for answer in ("a report is missing", "3d"):
                await desk.press("ctrl+u")
                await desk.type(answer)
                await desk.press("enter")
                await desk.settle()
        print(rss())
asyncio.run(sit())
"""


def session(library: CodeLibrary) -> None:
    """The real desk over six encounters of an invented practice, once without the reader."""
    from store.demo.make import Plan, make_demo

    today = date(2026, 11, 23)
    with tempfile.TemporaryDirectory() as name:
        environment = os.environ | {
            "SUPERBILL_CODES": str(library.path.parent),
            "SUPERBILL_DB": f"sqlite:///{Path(name, 'practice.db')}",
            "SUPERBILL_HOME": name,
            "SUPERBILL_NOW": f"{today}T10:00:00+00:00",
        }
        os.environ.update(environment)
        make_demo(Path(name), Plan(70, 7, today), lambda _done, _total, _what: None)
        told = {}
        for how in ("unread", "read"):
            done = subprocess.run(
                [sys.executable, "-c", SESSION, how], check=True, capture_output=True, text=True, env=environment
            )
            told[how] = float(done.stdout.split()[-1])
    print(
        f"  a session at the desk: {told['unread']:.0f} MB without the reader, {told['read']:.0f} MB with it,"
        f" {told['read'] - told['unread']:.1f} MB for reading"
    )


def chosen(path: Path | None) -> dict[str, list[Note]]:
    """The sets of notes to read, by their names."""
    if path is not None:
        return {path.name: read_notes(path)}
    names = {"looked at": "seen", "held out": "held", "of many codes": "wide"}
    return {f"own notes, {name}": own_notes(which) for name, which in names.items()}


def memory(notes: list[Note], library: CodeLibrary, on: date) -> None:
    """What reading costs in a process of its own, and at the desk."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "notes.jsonl")
        path.write_text("".join(json.dumps(note) + "\n" for note in notes), encoding="utf-8")
        subprocess.run([sys.executable, "-c", MEMORY, str(library.path), str(path), on.isoformat()], check=True)
    session(library)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notes", type=Path, nargs="?")
    parser.add_argument("--library", type=Path, default=None)
    parser.add_argument("--on", type=date.fromisoformat, default=date(2026, 5, 12))
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--no-memory", action="store_true")
    options = parser.parse_args()
    sets = chosen(options.notes)
    with open_library(options.library) as library:
        for name, notes in sets.items():
            print(f"\n{name}:")
            speed(notes, library, options.on)
            figures = measure(notes, library, options.on)
            figures.show()
            if options.misses:
                print("\n".join(figures.misses))
        if not options.no_memory:
            memory([note for notes in sets.values() for note in notes], library, options.on)


if __name__ == "__main__":
    main()
