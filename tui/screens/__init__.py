"""One screen a file.  A screen asks the store through the session's bridge and shows plain values."""
