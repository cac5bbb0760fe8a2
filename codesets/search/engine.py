"""From text to hits."""

from __future__ import annotations

import re
import threading
from collections.abc import Collection, Iterable
from datetime import date
from typing import TYPE_CHECKING

from codesets.library import sql
from codesets.library.model import Hit
from codesets.search.bits import unpack, unpack_array
from codesets.search.candidates import Candidates, enough
from codesets.search.memory import Preferences, preferred
from codesets.search.query import MAX_WORDS, Query, Reading, read_query
from codesets.search.rank import ExtensionWords, Phrase, Ranker, Scored, phrase_of
from codesets.search.roots import LEAST, parts_of
from codesets.search.vocabulary import Vocabulary
from codesets.search.words import normal, words_of_title

if TYPE_CHECKING:
    from codesets.library.reader import CodeLibrary, CodeRow

#: A member of a family of disorders: spg56, cmt2j.
_NUMBERED = re.compile(r"([a-z]{2,6})(\d{1,3}[a-z]?\d?)")
_CODE_SCORE = 2.0
_EXPIRED = 0.5
#: What the table of abbreviations says of the whole text outweighs the likeness of words.
_KNOWN_CODE, _KNOWN_SHARE = 1.16, 0.2
_MAX_LIMIT = 200
_BY_PARTS = 0.8
_WIDER = 4
_MORE_TO_PREFER = 30  # hits looked at beyond those shown, for preferences to move up
_KEPT_PHRASES, _KEPT_ROWS = 600, 400


class SearchEngine:
    """The search of one library.  One search runs at a time; others wait their few milliseconds."""

    def __init__(self, library: CodeLibrary) -> None:
        self._library = library
        self._lock = threading.Lock()
        count = library.rows(sql.PHRASE_COUNT)[0][0] or 0
        self._vocabulary = Vocabulary(library.rows, count)
        self._candidates = Candidates()
        self._families: dict[int, list[ExtensionWords]] = {}
        for family, char, text, words in library.rows(sql.EXTENSIONS):
            extension = ExtensionWords(char, text, frozenset(unpack_array(words)))
            self._families.setdefault(family, []).append(extension)
        self._kept: dict[int, Phrase] = {}
        self._rows: dict[str, list[CodeRow]] = {}
        self._systems = {system: 0 for (system,) in library.rows(sql.SYSTEMS)}

    def search(
        self,
        text: str,
        *,
        systems: Collection[str] | None,
        on: date | None,
        limit: int,
        prefer: Preferences | None = None,
    ) -> list[Hit]:
        """See `CodeLibrary.search`."""
        shown = max(0, min(limit, _MAX_LIMIT))
        if prefer is None or not shown:
            return self._found(text, systems, on, shown)
        hits = self._found(text, systems, on, min(_MAX_LIMIT, shown + _MORE_TO_PREFER))
        return preferred(hits, text, prefer, lambda code: self._picked(code, systems, on))[:shown]

    def _picked(self, code: str, systems: Collection[str] | None, on: date | None) -> Hit | None:
        """A code that was picked before, as a hit; None when it is of another system or not in force."""
        rows = [row for row in self._library.code_rows(code) if systems is None or row.system in systems]
        rows = [row for row in rows if on is None or row.in_force(on)]
        return self._hit(rows[0], 0.0, "remembered", "", frozenset(), on) if rows else None

    def _found(self, text: str, systems: Collection[str] | None, on: date | None, limit: int) -> list[Hit]:
        query = read_query(text, self._begins_code)
        if not limit or not (query.readings or query.code or query.code_range or query.code_words):
            return []
        with self._lock:
            hits = self._by_code(query, systems, on, limit)
            if len(hits) < limit and query.readings:
                hits += self._by_words(query, systems, on, limit, {hit.code for hit in hits})
        return hits[:limit]

    def _begins_code(self, key: str) -> bool:
        """True for the beginning of a code that is not also a word of the titles (T12, C5)."""
        if self._vocabulary.id_of(key.lower()) is not None:
            return False
        key = key.replace(".", "")
        return bool(self._library.rows(sql.CODES_UNDER, {"low": key, "high": key + "~", "limit": 1}))

    # -- codes ----------------------------------------------------------------------------------

    def _by_code(self, query: Query, systems: Collection[str] | None, on: date | None, limit: int) -> list[Hit]:
        if query.code_range:
            low, high = query.code_range
            statement, bounds = sql.CODES_UNDER_KEY_ORDER, (low, high + "~")
        elif query.code or (query.code_words and not query.readings):
            key = query.code or query.code_words[0]
            statement, bounds = sql.CODES_UNDER, (key, key + "~")
        else:
            return []
        from codesets.library.reader import CodeRow

        rows = self._library.rows(sql.CODES_OF_KEY, {"key": bounds[0]})  # the heading itself, however full it is
        rows += self._library.rows(statement, {"low": bounds[0], "high": bounds[1], "limit": limit * 3})
        found = [CodeRow(*row) for row in rows]
        found.sort(key=lambda r: (r.key != bounds[0], not r.billable, on is not None and not r.in_force(on)))
        hits: dict[str, Hit] = {}
        for row in found:
            if (systems is None or row.system in systems) and row.code not in hits:
                score = _CODE_SCORE + (0.5 if row.key == bounds[0] else 0.0)
                hits[row.code] = self._hit(row, score, "code", "", frozenset(), on)
        return list(hits.values())[:limit]

    # -- words ----------------------------------------------------------------------------------

    def _by_words(
        self, query: Query, systems: Collection[str] | None, on: date | None, limit: int, known: set[str]
    ) -> list[Hit]:
        within = self._within(query, systems)
        best: dict[str, Scored] = {}
        for place, reading in enumerate(self._with_parts(query.readings)):
            _keep_best(best, self._scored(reading, within, first=not place))
        if len(best) < limit:  # many wordings of a few codes
            _keep_best(best, self._scored(query.readings[0], within, first=True, times=_WIDER))
        ranked = sorted(best.values(), key=lambda s: (-round(s.score, 6), s.phrase.id))
        return self._hits(ranked, on, limit, known)

    def _with_parts(self, readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
        """The readings, and one more in which words that the library lacks are read by their parts."""
        for reading in readings:
            words = [w for typed in reading.words for w in self._parts(typed) or (typed,)]
            if len(words) != len(reading.words):
                return (*readings, Reading(tuple(words)[:MAX_WORDS], reading.factor * _BY_PARTS))
        return readings

    def _parts(self, word: str) -> tuple[str, ...]:
        vocabulary = self._vocabulary
        if vocabulary.id_of(word) is not None:
            return ()
        numbered = _NUMBERED.fullmatch(word)
        if numbered and vocabulary.id_of(numbered[1]) is not None:
            return numbered.groups()
        if len(word) < LEAST:
            return ()
        low, high = vocabulary.range_of(word)
        return () if low < high else tuple(normal(part) for part in parts_of(word))

    def _scored(self, reading: Reading, within: int | None, *, first: bool, times: int = 1) -> Iterable[Scored]:
        vocabulary = self._vocabulary
        meanings = [
            vocabulary.meaning(word, exact=place in reading.from_short and len(word) > 2)
            for place, word in enumerate(reading.words)
        ]
        chosen = self._candidates.pick(meanings, within, times * enough(meanings, first=first))
        if reading.codes:
            chosen = list(dict.fromkeys(chosen + self._likeliest_under(reading.codes)))
        if not chosen:
            return
        ranker = Ranker(meanings, vocabulary.weights, self._families, reading.groups)
        via = "; ".join(reading.expanded)
        for phrase in self._phrases(chosen):
            scored = ranker.score(phrase)
            if reading.codes and phrase.target.startswith(reading.codes):
                scored.score = _KNOWN_CODE + _KNOWN_SHARE * min(1.0, scored.score)
            scored.score *= reading.factor
            scored.via = via
            yield scored

    def _likeliest_under(self, codes: tuple[str, ...]) -> list[int]:
        found: list[int] = []
        for code in codes:
            rows = self._library.rows(sql.PHRASES_UNDER, {"low": code, "high": code + "~"})
            found += sorted(number for (number,) in rows)[:8]
        return found

    def _phrases(self, numbers: list[int]) -> list[Phrase]:
        """The phrases of some numbers; those of the last few key presses are still at hand."""
        kept = self._kept
        missing = [number for number in numbers if number not in kept]
        if missing:
            if len(kept) > _KEPT_PHRASES:
                self._kept = kept = {number: kept[number] for number in numbers if number in kept}
            marks = ",".join(map(str, missing))  # our own integers, never text from outside
            for row in self._library.rows(sql.PHRASES.format(marks=marks)):
                kept[row[0]] = phrase_of(row)
        return [kept[number] for number in numbers]

    def _within(self, query: Query, systems: Collection[str] | None) -> int | None:
        within: int | None = None
        if systems is not None:
            within = 0
            for system in systems:
                if system in self._systems:
                    within |= self._system_set(system)
        for code in query.code_words:
            under = 0
            for (number,) in self._library.rows(sql.PHRASES_UNDER, {"low": code, "high": code + "~"}):
                under |= 1 << number
            if under:
                within = under if within is None else within & under
        return within

    def _system_set(self, system: str) -> int:
        if not self._systems[system]:
            self._systems[system] = unpack(self._library.rows(sql.SYSTEM_SET, {"system": system})[0][0])
        return self._systems[system]

    # -- hits -----------------------------------------------------------------------------------

    def _hits(self, ranked: list[Scored], on: date | None, limit: int, known: set[str]) -> list[Hit]:
        hits: list[Hit] = []
        late: list[Hit] = []
        for scored in ranked:
            row = self._row_for(scored, on)
            if row is None or row.code in known:
                continue
            known.add(row.code)
            phrase = scored.phrase
            via = scored.via or phrase.kind
            wording = "" if phrase.kind == "title" else phrase.text
            hit = self._hit(row, scored.score, via, wording, frozenset(scored.matched), on)
            (hits if hit.in_force else late).append(hit)
            if len(hits) >= limit:
                break
        return (hits + late)[:limit]

    def _row_for(self, scored: Scored, on: date | None) -> CodeRow | None:
        """The code that a phrase stands for, with the seventh character that fits best."""
        phrase = scored.phrase
        key = phrase.target
        if scored.char:
            key = key.ljust(6, "X") + scored.char
        rows = self._code_rows(key, phrase.system) or self._code_rows(phrase.target, phrase.system)
        if on is not None:
            rows = [r for r in rows if r.in_force(on)] or rows
        return rows[0] if rows else None

    def _code_rows(self, code: str, system: str) -> list[CodeRow]:
        key = f"{system} {code}"
        if key not in self._rows:
            if len(self._rows) > _KEPT_ROWS:
                self._rows.clear()
            self._rows[key] = self._library.code_rows(code, system)
        return self._rows[key]

    def _hit(self, row: CodeRow, score: float, via: str, phrase: str, matched: frozenset[int], on: date | None) -> Hit:
        in_force = on is None or row.in_force(on)
        return Hit(
            code=row.code,
            title=row.title,
            system=row.system,
            score=round(score if in_force else score * _EXPIRED, 4),
            matched=self._spans(row.title, matched) if matched else (),
            billable=bool(row.billable),
            via=via,
            phrase=phrase,
            in_force=in_force,
        )

    def _spans(self, title: str, matched: frozenset[int]) -> tuple[tuple[int, int], ...]:
        words = self._vocabulary.words
        wanted = {words[number] for number in matched}
        return tuple((word.start, word.end) for word in words_of_title(title) if word.text in wanted)


def _keep_best(best: dict[str, Scored], found: Iterable[Scored]) -> None:
    """Keep the best phrase of each code; G0439 is a code of HCPCS and of ICD-10-CM."""
    for scored in found:
        key = f"{scored.phrase.system} {scored.phrase.target}"
        if key not in best or scored.score > best[key].score:
            best[key] = scored
