"""The words of the library's page; the rest of the package knows no language."""

from index.web.library.texts.en import EN
from index.web.library.texts.ja import JA
from index.web.library.texts.words import LibraryTexts
from index.web.library.texts.zh import ZH

LANGUAGES = {texts.language: texts for texts in (JA, EN, ZH)}

__all__ = ["EN", "JA", "LANGUAGES", "ZH", "LibraryTexts"]
