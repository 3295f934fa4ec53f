"""Words by their names, in the reader's language.

What is laid out before anybody asks for it (labels, buttons, the head of the page) holds marks like
``⟦send⟧``; ``spoken`` puts the words there when the page is served. Gradio's own table, ``gr.I18n``,
follows the browser only, reads one mark a string and none in the navigation bar.
"""

import json
import re

from starlette.requests import HTTPConnection

from index.errors import TenkyoError
from index.exports.words import Table
from index.web.words.en import EN
from index.web.words.ja import JA
from index.web.words.zh import ZH

_MARK = re.compile("⟦([a-z_]+)⟧")
_RANGE = re.compile(r"\s*([a-z]+)[a-z0-9-]*\s*(?:;\s*q\s*=\s*(\d+\.?\d*)\s*)?", re.ASCII)


class Words(Table):
    """The words of a language, as attributes.

    Attributes:
        language: ``ja``, ``en`` or ``zh``; empty for marks.
    """

    def __init__(self, language: str, table: dict[str, str]) -> None:
        super().__init__(table)
        self.language = language

    def table(self) -> dict[str, str]:
        """Return all of them by their names."""
        return self._table

    def told(self, error: TenkyoError) -> str:
        """Say what went wrong: in this language where there is a sentence for it."""
        return self._table.get(f"error_{error.code.replace('-', '_')}", error.told)


LANGUAGES = {"ja": Words("ja", JA), "en": Words("en", EN), "zh": Words("zh", ZH)}

SCHEMES = ("light", "dark")

MARKS = Words("", {name: f"⟦{name}⟧" for name in JA})


def words_of(request: HTTPConnection) -> Words:
    """Return the words in the language that a reader has chosen, or the browser asks for."""
    return LANGUAGES[language_of(request)]


def spoken(page: str, words: Words) -> str:
    """Return a page of HTML with words for its marks, which stand in strings of JSON."""
    table = words.table()
    return _MARK.sub(lambda mark: json.dumps(table[mark[1]], ensure_ascii=False)[1:-1], page)


def language_of(request: HTTPConnection) -> str:
    """Return the language chosen on the page, else the first of the browser's that there is, else Japanese."""
    chosen = request.cookies.get("tenkyo-language", "")
    preferred = (chosen, *_accepted(request.headers.get("accept-language", "")))
    return next((language for language in preferred if language in LANGUAGES), "ja")


def scheme_of(request: HTTPConnection) -> str:
    """Return ``light`` or ``dark`` as chosen on the page; empty where the device decides."""
    chosen = request.cookies.get("tenkyo-scheme", "")
    return chosen if chosen in SCHEMES else ""


def _accepted(header: str) -> list[str]:
    """Return primary language tags, the most wanted first.

    Source: https://www.rfc-editor.org/rfc/rfc9110#field.accept-language
    """
    ranges = filter(None, map(_RANGE.fullmatch, header.lower().split(",")))
    wanted = [(float(found[2] or 1), found[1]) for found in ranges]
    return [tag for quality, tag in sorted(wanted, key=lambda w: -w[0]) if quality > 0]
