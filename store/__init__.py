"""The practice's records and every rule that changes them.  This room knows no screen."""
