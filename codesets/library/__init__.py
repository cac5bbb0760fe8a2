"""The code-set library: one read-only SQLite file that every session and every user shares.

`place` says where the file lies, `tables` what is in it (build side), `build` makes it, `reader`
answers from it, `model` holds the answers.  The reading side knows neither sqlmodel nor sqlalchemy.
"""
