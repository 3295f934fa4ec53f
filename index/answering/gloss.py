"""What can be said of a quote in English or Chinese without translating it: its names, dates and figures."""

import re
from collections.abc import Iterator

from index.answering.abroad import names_given, names_known
from index.records import Article
from index.text.wording import dates_in, figures_in

_HAN = re.compile(r"[一-龥々]")
# What may stand behind a name in kanji that is not part of a longer one: 中国政府, but not 中国地方.
_BEHIND = re.compile(
    r"[^一-龥々]|氏|(?:副|前|元|次期)?大統領|国家主席|主席|首相|政府|政権|軍|側|産|製|国境|共産党|両国|経済|国内|$"
)
_SEA = re.compile("[洋海湾川山島系]|半島")


def gloss(text: str, article: Article, language: str) -> str:
    """Return names, dates and figures of a quote on one line; empty for Japanese, and where none is sure."""
    if language == "ja":
        return ""
    dates = dates_in(text, article.published, language)
    told = (", ".join(filter(None, dict.fromkeys(part))) for part in (_names(text, article, language), dates, figures_in(text, language)))  # fmt: skip
    return " · ".join(filter(None, told))


def _names(text: str, article: Article, language: str) -> Iterator[str]:
    for name in names_known(text, names_given(article.text)):
        written, before = text[name.start : name.end], text[: name.start][-1:]
        kanji = _HAN.search(written)
        part = before in tuple("東西南北") or (
            kanji and (_HAN.match(before) or not _BEHIND.match(text, name.end))
        )
        if not part and not _SEA.match(text, name.end):
            yield name.zh if language == "zh" else name.en
