"""Users, roles, permissions and the audit chain."""
