"""Finding codes: normalise → candidates → rank.  Nothing outside this folder knows how.

* `words` turns text into normalised words, the same way when indexing and when asking.
* `query` reads what was typed: code prefixes, abbreviations, synonyms; it makes one or more readings.
* `vocabulary` finds the words that a typed word may mean: exact, beginning, misspelt, related.
* `candidates` picks a few hundred phrases out of all with bit-set arithmetic: its cost hangs on the
  number of typed words, not on how common they are.
* `memory` lets what a site picked before, favourites and a specialty move hits up; it only reads.
* `rank` scores those few hundred; `engine` ties it together and makes the hits.
* `indexing` writes the tables when the library is built.
"""
