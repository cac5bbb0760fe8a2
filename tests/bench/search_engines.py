"""Well-known engines over the same wordings, for comparison: FTS5, FTS5 trigram, tantivy, bm25s, rapidfuzz.

Those that are not installed are left out.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

Search = Callable[[str], list[str]]
Wording = tuple[str, str]
_TEN = 10


@dataclass(frozen=True, slots=True)
class Engine:
    """One engine; `brute` says that it reads every wording for every query."""

    name: str
    search: Search
    brute: bool = False


def wordings(library: Path) -> list[Wording]:
    """Every billable title, and every other wording with the code that it leads to."""
    source = sqlite3.connect(f"{library.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    found: list[Wording] = source.execute("SELECT key, title FROM code WHERE billable").fetchall()
    found += source.execute("SELECT target, text FROM phrase WHERE kind <> 'title' OR standing = 0").fetchall()
    source.close()
    return found


def engines(library: Path) -> Iterator[Engine]:
    """Each engine that can be had, built when it is asked for."""
    texts = wordings(library)
    yield Engine("FTS5", fts5(texts, "unicode61 remove_diacritics 2", prefix=True))
    yield Engine("FTS5 trigram", fts5(texts, "trigram", prefix=False))
    if find_spec("tantivy"):
        yield Engine("tantivy", tantivy(texts))
    if find_spec("bm25s"):
        yield Engine("bm25s", bm25(texts))
    yield Engine("rapidfuzz WRatio", rapidfuzz(texts, "WRatio"), brute=True)
    yield Engine("rapidfuzz token_set_ratio", rapidfuzz(texts, "token_set_ratio"), brute=True)


def first_codes(codes: Iterator[str]) -> list[str]:
    """The first ten different codes."""
    found: dict[str, None] = {}
    for code in codes:
        found[code] = None
        if len(found) == _TEN:
            break
    return list(found)


def fts5(texts: list[Wording], tokenizer: str, *, prefix: bool) -> Search:
    """Any of the typed words (each a prefix) or of their letter triples, best bm25 first."""
    memory = sqlite3.connect(":memory:")
    memory.execute(f"CREATE VIRTUAL TABLE titles USING fts5(code UNINDEXED, title, tokenize = '{tokenizer}')")
    memory.executemany("INSERT INTO titles VALUES (?, ?)", texts)
    sql = "SELECT code FROM titles WHERE titles MATCH ? ORDER BY bm25(titles) LIMIT 60"

    def search(text: str) -> list[str]:
        words = re.findall(r"[^\W_]+", text.lower())
        if not prefix:
            words = list(dict.fromkeys(word[i : i + 3] for word in words for i in range(len(word) - 2)))
        if not words:
            return []
        match = " OR ".join(f'"{word}"*' if prefix else f'"{word}"' for word in words)
        return first_codes(code for (code,) in memory.execute(sql, (match,)))

    return search


def tantivy(texts: list[Wording]) -> Search:
    """Any of the typed words, long ones also with one slip."""
    engine: Any = import_module("tantivy")
    schema = engine.SchemaBuilder()
    schema.add_text_field("code", stored=True, tokenizer_name="raw")
    schema.add_text_field("title", stored=False)
    built = schema.build()
    index = engine.Index(built)
    writer = index.writer()
    for code, title in texts:
        writer.add_document(engine.Document(code=code, title=title))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def search(text: str) -> list[str]:
        terms: list[Any] = []
        for word in re.findall(r"[^\W_]+", text.lower()):
            terms.append((engine.Occur.Should, engine.Query.term_query(built, "title", word)))
            if len(word) >= 5:
                terms.append((engine.Occur.Should, engine.Query.fuzzy_term_query(built, "title", word, 1, True, False)))
        if not terms:
            return []
        hits = searcher.search(engine.Query.boolean_query(terms), 60).hits
        return first_codes(searcher.doc(address)["code"][0] for _, address in hits)

    return search


def bm25(texts: list[Wording]) -> Search:
    """Any of the typed words, best bm25 first."""
    engine: Any = import_module("bm25s")
    retriever = engine.BM25()
    retriever.index(engine.tokenize([title for _, title in texts], show_progress=False), show_progress=False)

    def search(text: str) -> list[str]:
        tokens = engine.tokenize([text], show_progress=False)
        if not tokens.ids[0]:
            return []
        places, _ = retriever.retrieve(tokens, k=60, show_progress=False)
        return first_codes(texts[place][0] for place in places[0])

    return search


def rapidfuzz(texts: list[Wording], scorer: str) -> Search:
    """Every wording compared with the whole query."""
    from rapidfuzz import fuzz, process, utils

    titles = [utils.default_process(title) for _, title in texts]

    def search(text: str) -> list[str]:
        found = process.extract(utils.default_process(text), titles, scorer=getattr(fuzz, scorer), limit=60)
        return first_codes(texts[place][0] for _, _, place in found)

    return search
