"""Readers of the published formats, one file each: bytes in, plain values out, no database."""
