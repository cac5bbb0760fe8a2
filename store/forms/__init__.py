"""Claims on paper: the CMS-1500 (02/12) as PDF pages, on blank sheets or for pre-printed ones."""
