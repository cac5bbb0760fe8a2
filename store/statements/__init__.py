"""What a guarantor gets in the mail: the statement as values, its page, its print-vendor record, its text.

Pure: values come in, files and lines go out.  Nothing here reads the database or the clock.
"""
