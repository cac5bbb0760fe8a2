"""Every statement that the reading side puts to the library: the one place where it names columns."""

from __future__ import annotations

#: Counts up when a table, or what is put into it, changes: older libraries are then rebuilt.
SCHEMA_VERSION = 8

META = "SELECT name, value FROM meta"
RELEASES = """SELECT r.id, r.system, r.label, r.effective_from, r.effective_to, r.source,
  r.lines, r.kind, r.part, r.notice FROM release r ORDER BY r.system, r.part, r.effective_from, r.id"""
_INDEX = """SELECT i.id, i.kind, i.nemod, i.code, i.manifestation, i.see, i.see_also, i.cells,
    EXISTS (SELECT 1 FROM indexterm b WHERE b.parent = i.id) FROM indexterm i"""
INDEX_MAIN = (
    _INDEX
    + """ WHERE i.words >= :low AND i.words < :high
  AND +i.release IN ({releases}) AND +i.parent IS NULL ORDER BY +i.id LIMIT :limit"""
)
INDEX_BELOW = _INDEX + " WHERE i.parent = :id ORDER BY i.id"
INDEX_OF_CODES = _INDEX + " WHERE +i.release IN ({releases}) AND i.code IN ({marks}) ORDER BY +i.id LIMIT :limit"
INDEX_UP = """WITH RECURSIVE up(id, step) AS (
    SELECT :id, 0
    UNION ALL SELECT (SELECT parent FROM indexterm i WHERE i.id = up.id), up.step + 1 FROM up WHERE up.id IS NOT NULL)
  SELECT i.title FROM up CROSS JOIN indexterm i ON i.id = up.id ORDER BY up.step DESC"""
RELEASE_LINES = """SELECT sum(lines) FROM release WHERE effective_from = :start AND part = :part
  AND (kind = :kind OR (system = 'ICD10CM' AND :kind LIKE 'icd10cm-%'))"""
FIRST_RELEASE = "SELECT min(effective_from) FROM release WHERE system = :system"
CODES_ON = """SELECT code, title FROM code WHERE system = :system AND billable AND valid_from <= :day
  AND (valid_to IS NULL OR valid_to >= :day) ORDER BY id"""
CODES_KNOWN = "SELECT code FROM code WHERE system = :system AND billable"
PROBE_CODE = """SELECT c.code, c.title, c.system FROM code c JOIN release r ON r.system = c.system
  WHERE r.kind = :kind AND r.part = :part AND r.effective_from = :start AND c.billable
    AND c.valid_from <= :start AND (c.valid_to IS NULL OR c.valid_to >= :start) LIMIT 1"""

_CODE = "SELECT id, code, key, title, system, billable, valid_from, valid_to, node, seventh FROM code"
CODES_OF_KEY = _CODE + " WHERE key = :key ORDER BY valid_from DESC, system"
CODES_OF_NODE = _CODE + " WHERE node = :node ORDER BY id"
CODES_UNDER = _CODE + " WHERE key >= :low AND key < :high ORDER BY billable DESC, id LIMIT :limit"
CODES_UNDER_KEY_ORDER = _CODE + " WHERE key >= :low AND key < :high ORDER BY id LIMIT :limit"
CODES_BEGUN_UNDER = """SELECT code FROM code
  WHERE key > :low AND key < :high AND valid_from = :start AND system = :system AND billable ORDER BY id"""

NODES_UP = """WITH RECURSIVE up(id, step) AS (
    SELECT :node, 0
    UNION ALL SELECT (SELECT parent FROM node WHERE node.id = up.id), up.step + 1 FROM up WHERE up.id IS NOT NULL)
  SELECT n.id, n.kind, n.name, n.title FROM up CROSS JOIN node n ON n.id = up.id ORDER BY up.step DESC"""
#: The same on a day: titles as they stood, a node that gained codes below it is no code any more.
#: Sub-selects and unary plus keep the planner from reading a whole table for a handful of rows.
_ON_DAY = """c.key = n.key AND c.system = 'ICD10CM' AND c.valid_from <= :day
    AND (c.valid_to IS NULL OR c.valid_to >= :day)"""
_BILLABLE = f"(SELECT c.billable FROM code c WHERE n.key <> '' AND {_ON_DAY})"
_TITLE = f"(SELECT c.title FROM code c WHERE n.key <> '' AND {_ON_DAY})"
_KIND = f"""CASE WHEN n.kind NOT IN ('subcategory', 'code') THEN n.kind
    WHEN coalesce({_BILLABLE}, n.kind = 'code') THEN 'code' ELSE 'subcategory' END"""
NODES_UP_ON = f"""WITH RECURSIVE up(id, step) AS (
    SELECT :node, 0
    UNION ALL SELECT (SELECT parent FROM node WHERE node.id = up.id), up.step + 1 FROM up WHERE up.id IS NOT NULL)
  SELECT n.id, {_KIND}, n.name, coalesce({_TITLE}, n.title)
  FROM up CROSS JOIN node n ON n.id = up.id ORDER BY up.step DESC"""
NODES_OF_PARENT_ON = f"""SELECT n.id, {_KIND}, n.name, coalesce({_TITLE}, n.title) FROM node n
  WHERE n.parent = :node AND (n.kind IN ('chapter', 'block') OR EXISTS (SELECT 1 FROM code c WHERE {_ON_DAY}))
  ORDER BY n.id"""
#: The tabular lists, by the dates from which they are in force.
BOOKS = """SELECT r.id, r.effective_from FROM release r
  WHERE EXISTS (SELECT 1 FROM node n WHERE n.release = r.id) ORDER BY r.effective_from"""
NODE_IN_BOOK = """SELECT b.id FROM node a JOIN node b ON b.key = a.key AND b.kind NOT IN ('chapter', 'block')
  WHERE a.id = :node AND b.release = :release"""
NODE_NAMED_IN_BOOK = "SELECT id FROM node WHERE name = :name AND release = :release ORDER BY id LIMIT 1"
CODES_OF_NODE_KEY = """SELECT c.id, c.code, c.key, c.title, c.system, c.billable, c.valid_from, c.valid_to,
    c.node, c.seventh
  FROM node a JOIN node b ON b.key = a.key AND b.kind NOT IN ('chapter', 'block') JOIN code c ON c.node = b.id
  WHERE a.id = :node AND c.valid_from <= :day AND (c.valid_to IS NULL OR c.valid_to >= :day) ORDER BY c.id"""
NODE_BY_NAME = "SELECT id, kind, name, title FROM node WHERE name = :name ORDER BY release DESC, id LIMIT 1"
NODES_OF_PARENT = "SELECT id, kind, name, title FROM node WHERE parent = :node ORDER BY id"
NODES_OF_KEY = "SELECT id, kind, name, title FROM node WHERE key = :key ORDER BY release DESC, id DESC"
NOTES_OF_NODE = "SELECT kind, text, depth FROM note WHERE node = :node ORDER BY id"
SEVENS_OF_NODE = "SELECT char, text FROM seven WHERE node = :node ORDER BY id"

WORDS = "SELECT text, weight FROM word ORDER BY id"
WORD_SETS = "SELECT own, wide FROM word WHERE id = :id"
WORD_SETS_RANGE = "SELECT own FROM word WHERE id >= :low AND id < :high"
PREFIX_SET = "SELECT own FROM prefix WHERE text = :text"
GRAM_SET = "SELECT words FROM gram WHERE text = :text"
SYSTEM_SET = "SELECT phrases FROM systemset WHERE system = :system"
SYSTEMS = "SELECT system FROM systemset ORDER BY system"
PHRASE_COUNT = "SELECT max(id) + 1 FROM phrase"
PHRASES = """SELECT id, system, key, target, kind, standing, family, prior, held, text, words, around
  FROM phrase WHERE id IN ({marks})"""
PHRASES_UNDER = "SELECT id FROM phrase WHERE key >= :low AND key < :high"
EXTENSIONS = "SELECT family, char, text, words FROM extension ORDER BY id"
