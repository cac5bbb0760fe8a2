"""An invented practice to try the program on: people, payers, prices, and encounter notes that read like real ones.

Comes in: a number of encounters, a seed and a date.  Goes out: plain values, the same for the same three.
No person, practice or payer of it exists; procedure codes are HCPCS Level II or invented ones (ZZ and three digits).
"""
