"""Claims: coded encounters become claims, go out in batches, are acknowledged, corrected and sent again.

Comes in: released encounters, 999 and 277CA files.  Goes out: 837P files, rejections, corrected versions.
Owns the states of a claim.
"""
