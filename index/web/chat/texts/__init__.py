"""Every word of the interface, in one place: a language is a ``Texts``."""

from index.web.chat.texts.en import EN
from index.web.chat.texts.ja import JA
from index.web.chat.texts.words import Texts
from index.web.chat.texts.zh import ZH

LANGUAGES = {texts.language: texts for texts in (JA, EN, ZH)}

__all__ = ["EN", "JA", "LANGUAGES", "ZH", "Texts"]
