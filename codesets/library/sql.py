"""Every statement that the reading side puts to the library: the one place where it names columns."""

from __future__ import annotations

#: Counts up when a table, or what is put into it, changes: older libraries are then rebuilt.
SCHEMA_VERSION = 4

META = "SELECT name, value FROM meta"
RELEASES = """SELECT r.id, r.system, r.label, r.effective_from, r.effective_to, r.source,
  (SELECT count(*) FROM code c WHERE c.release = r.id AND c.billable)
  FROM release r ORDER BY r.system, r.effective_from, r.id"""

_CODE = "SELECT id, code, key, title, system, billable, valid_from, valid_to, node, seventh FROM code"
CODES_OF_KEY = _CODE + " WHERE key = :key ORDER BY valid_from DESC, system"
CODES_OF_NODE = _CODE + " WHERE node = :node ORDER BY id"
CODES_UNDER = _CODE + " WHERE key >= :low AND key < :high ORDER BY billable DESC, id LIMIT :limit"
CODES_UNDER_KEY_ORDER = _CODE + " WHERE key >= :low AND key < :high ORDER BY id LIMIT :limit"

NODES_UP = """WITH RECURSIVE up(id, step) AS (
    SELECT :node, 0
    UNION ALL SELECT node.parent, up.step + 1 FROM node JOIN up ON node.id = up.id WHERE node.parent IS NOT NULL)
  SELECT n.id, n.kind, n.name, n.title FROM up JOIN node n ON n.id = up.id ORDER BY up.step DESC"""
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
