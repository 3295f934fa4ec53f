"""Every word of the interface: one table a language, with the same names in each.

table.py         reads the tables, and puts words in the place of their marks on a page as served
ja.py en.py zh.py   the tables; fields in braces are filled by ``str.format``
"""

from index.web.words.table import (
    LANGUAGES,
    MARKS,
    Words,
    language_of,
    scheme_of,
    spoken,
    words_of,
)

__all__ = ["LANGUAGES", "MARKS", "Words", "language_of", "scheme_of", "spoken", "words_of"]
