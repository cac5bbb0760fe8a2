"""Finding a procedure in the fee schedule by what a person types."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from math import log2

from rapidfuzz import fuzz
from sqlalchemy import case
from sqlmodel import Session, col, func, select

from store.coding.desk import Procedure
from store.tables import Encounter, Provider, ServiceLine

CLOSE_ENOUGH = 75
#: One pick moves a procedure past its equals, three past all that only share its words.
_PICK = 16.0
#: A favourite goes before what fits as well.
_FAVOURITE = 6.0
_YEAR, _OF_KIND = timedelta(days=366), 1000


def usual_procedures(session: Session, encounter_id: int) -> Mapping[str, int]:
    """How usual each procedure is on encounters like this one: of its kind and specialty, then of its specialty.

    What is on the encounter already is not usual any more.
    """
    encounter = session.get_one(Encounter, encounter_id)
    specialty = session.get_one(Provider, encounter.provider_id).specialty
    same = case((col(Encounter.kind) == encounter.kind, _OF_KIND), else_=1)
    query = (
        select(col(ServiceLine.code), func.sum(same))
        .join(Encounter, col(Encounter.id) == col(ServiceLine.encounter_id))
        .join(Provider, col(Provider.id) == col(Encounter.provider_id))
        .where(Provider.specialty == specialty, Encounter.service_date > encounter.service_date - _YEAR)
        .group_by(col(ServiceLine.code))
    )
    there = set(session.exec(select(ServiceLine.code).where(ServiceLine.encounter_id == encounter_id)))
    return {code: int(weight) for code, weight in session.exec(query) if code not in there}


def find_procedures(
    known: Sequence[Procedure],
    text: str,
    limit: int = 20,
    usual: Mapping[str, int] | None = None,
    picked: Mapping[str, int] | None = None,
    favourites: Collection[str] = (),
) -> list[Procedure]:
    """Procedures whose code or title fits, best first: prefixes of all words, then near misses; ties by `usual`, code.

    How often each was `picked` for the text moves it up, and in where no word of it fits; so does, a little, being
    one of the person's `favourites`.  Without words, all of them: favourites, then the most usual first.
    """
    wanted, often, picks = text.casefold().split(), usual or {}, picked or {}
    if not wanted:
        return sorted(known, key=lambda one: (one.code not in favourites, -often.get(one.code, 0), one.code))[:limit]
    scored = [(_score(procedure, wanted), procedure) for procedure in known]
    fitting = [
        (max(score, CLOSE_ENOUGH) + _gain(procedure.code, picks, favourites), procedure)
        for score, procedure in scored
        if score >= CLOSE_ENOUGH or procedure.code in picks
    ]
    fitting.sort(key=lambda pair: (-pair[0], -often.get(pair[1].code, 0), pair[1].code))
    return [procedure for _, procedure in fitting[:limit]]


def _gain(code: str, picks: Mapping[str, int], favourites: Collection[str]) -> float:
    return _PICK * log2(1 + picks.get(code, 0)) + _FAVOURITE * (code in favourites)


def _score(procedure: Procedure, wanted: Sequence[str]) -> float:
    words = [procedure.code.casefold(), *procedure.title.casefold().replace(",", " ").replace("/", " ").split()]
    return sum(_best(words, one) for one in wanted) / len(wanted)


def _best(words: Sequence[str], one: str) -> float:
    if words[0].startswith(one):
        return 101.0
    if any(word.startswith(one) for word in words):
        return 100.0
    return max(fuzz.ratio(word, one) for word in words) if len(one) > 3 else 0.0
