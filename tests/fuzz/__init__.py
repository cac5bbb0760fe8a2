"""Fuzzing of everything that reads what somebody else wrote: what is thrown, and what must never come of it."""
