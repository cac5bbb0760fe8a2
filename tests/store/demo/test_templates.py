from __future__ import annotations

import random
import re

import pytest

from store.demo.templates import Template, parse_template, templates

WORDS = {
    "name": "Ada Quill", "last": "Quill", "mr": "Ms.", "aged": "60-year-old", "man": "woman", "he": "she", "He": "She",
    "his": "her", "His": "Her", "him": "her", "visit_date": "06/01/2026", "provider": "Dr. Marsh",
}  # fmt: skip
ALL = templates()


def test_there_are_templates_enough_of_every_specialty() -> None:
    assert len(ALL) >= 24
    for specialty in {one.specialty for one in ALL}:
        assert sum(one.specialty == specialty for one in ALL) >= 3


@pytest.mark.parametrize("template", ALL, ids=lambda one: one.name)
def test_a_rendered_note_is_complete_and_holds_its_evidence(template: Template) -> None:
    for seed in range(12):
        made = template.render(random.Random(seed), WORDS)
        assert not re.search(r"[{}]", made.note)
        assert made.note.isascii()
        assert 0 < len(made.codes) <= 12
        assert len({one.code for one in made.codes}) == len(made.codes)
        for one in made.codes:
            assert made.note[one.start : one.end].strip()
        for line in made.lines:
            assert line.units > 0
            assert 0 < len(line.pointers) <= 4
            assert all(0 < pointer <= len(made.codes) for pointer in line.pointers)
            assert all(re.fullmatch(r"[0-9A-Z]{2}", mark) for mark in line.modifiers)


@pytest.mark.parametrize("template", [one for one in ALL if one.sided], ids=lambda one: one.name)
def test_the_side_of_the_code_is_the_side_of_the_note_and_of_the_modifier(template: Template) -> None:
    for seed in range(12):
        made = template.render(random.Random(seed), WORDS)
        side = template.evidence[[code for _, code, _ in template.evidence].index(made.codes[0].code)][0]
        assert side in {"right", "left"}
        assert side in made.note[made.codes[0].start : made.codes[0].end].lower()
        marks = {mark for line in made.lines for mark in line.modifiers} & {"RT", "LT"}
        assert marks <= {"RT" if side == "right" else "LT"}


def test_the_notes_have_what_misleads_a_reader() -> None:
    text = "\n".join(one.body for one in ALL)
    for trap in (
        "denies",
        "No evidence of",
        "r/o",
        "FH:",
        "Father",
        "Brother",
        "HTN",
        "T2DM",
        "SOB",
        "unlikely",
        "murmer",
    ):
        assert trap in text


def test_evidence_that_is_not_in_the_note_is_an_error() -> None:
    text = "specialty: X\nkind: y\nages: 1-2\nsex: any\nicd: I10 | HTN\n---\nNothing here.\n"
    with pytest.raises(ValueError, match="not in the note"):
        parse_template("x", text).render(random.Random(1), {})


def test_an_unknown_slot_is_an_error() -> None:
    text = "specialty: X\nkind: y\nages: 1-2\nsex: any\n---\n{nonsense}\n"
    with pytest.raises(ValueError, match="unknown slot"):
        parse_template("x", text).render(random.Random(1), {})


def test_a_kept_slot_says_the_same_everywhere() -> None:
    text = (
        "specialty: X\nkind: y\nages: 1-2\nsex: any\nicd: I10 | n {a}\nline: ZZ111 - {a} 1\n---\nn {a=2-9} and n {a}\n"
    )
    made = parse_template("x", text).render(random.Random(1), {})
    assert re.fullmatch(r"n ([2-9]) and n \1\n", made.note)
    assert made.lines[0].units == int(made.note[2])
    assert made.codes[0].start == made.note.rindex("n ")
