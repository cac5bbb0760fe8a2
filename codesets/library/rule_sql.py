"""The statements that `rules` puts to the library."""

from __future__ import annotations

PTP = """SELECT p.column1, p.column2, p.indicator, coalesce(r.text, '')
  FROM ptppair p LEFT JOIN ptprationale r ON r.release = p.release AND r.number = p.rationale
  WHERE p.release = :release AND p.indicator <> '9' AND p.effective <= :day
    AND (p.deletion IS NULL OR :day <= p.deletion)
    AND ((p.column1 = :one AND p.column2 = :other) OR (p.column1 = :other AND p.column2 = :one))
  ORDER BY p.effective DESC"""
MUE = "SELECT units, adjudication, rationale FROM mue WHERE release = :release AND code = :code"
_OPEN = "(valid_from IS NULL OR valid_from <= :day) AND (valid_to IS NULL OR :day <= valid_to)"
ADD_ON = f"""SELECT "primary", edit_type, note FROM addon
  WHERE release = :release AND code = :code AND {_OPEN} ORDER BY id"""
DX_FLAG = "SELECT age, sex, flags FROM dxflag WHERE release = :release AND code = :code"
FEE = """SELECT status, work, practice_office, practice_facility, malpractice, professional_technical, global_days,
    multiple, bilateral, assistant, co_surgeon, team, conversion
  FROM fee WHERE release = :release AND code = :code AND modifier = :modifier"""
LOCALITY = """SELECT state, name, work, practice, malpractice FROM locality
  WHERE release = :release AND carrier = :carrier AND locality = :number"""
ARTICLES = f"""SELECT p.article, p.title FROM policyprocedure c
  JOIN policy p ON p.release = c.release AND p.article = c.article
  WHERE c.release = :release AND c.code = :code AND {_OPEN} ORDER BY p.article"""
ARTICLE_GROUPS = """SELECT DISTINCT part FROM policydiagnosis
  WHERE release = :release AND article = :article AND covered ORDER BY part"""
ARTICLE_COVERS = """SELECT part FROM policydiagnosis
  WHERE release = :release AND article = :article AND code = :code AND covered ORDER BY part"""
ALL_LISTED = (
    f"SELECT code, title, note FROM listed WHERE release = :release AND system = :system AND {_OPEN} ORDER BY code"
)
LISTED = f"""SELECT code, title, note FROM listed
  WHERE release = :release AND system = :system AND code = :code AND {_OPEN}"""
CROSSWALK_FROM = """SELECT source_system, target_system, target, flags, since FROM crosswalk
  WHERE source_system IN ('ICD9CM', 'ICD10CM') AND source = :key ORDER BY since, id"""
CROSSWALK_TO = """SELECT target_system, source_system, source, flags, since FROM crosswalk
  WHERE target_system IN ('ICD9CM', 'ICD10CM') AND target = :key ORDER BY since, id"""
