"""The words of the article page."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ArticleTexts:
    """What the page says of itself; fields with braces are filled by ``str.format``."""

    language: str
    name: str
    back: str
    source: str
    original: str
    changed: str
    absent: str
    unknown: str
    unknown_why: str


JA = ArticleTexts(
    language="ja",
    name="典拠",
    back="記事に質問する",
    source="出典：{}",
    original="元の記事",
    changed="引用された後に、この記事は変わりました。いまの本文を表示しています。引用箇所には印を付けていません。",
    absent="アドレスが示す引用箇所は、この記事にありません。アドレスが途中で切れていないか、お確かめください。",
    unknown="この記事は開けません",
    unknown_why="アドレスが途中で切れているか、記事が索引から外されています。送ってくれた人に確かめるか、記事に質問して探してください。",
)

EN = ArticleTexts(
    language="en",
    name="Tenkyo",
    back="Ask the articles",
    source="Source: {}",
    original="The original",
    changed="This article has changed since it was quoted. This is its present text, and the quote is not marked in it.",
    absent="The quote that the address names is not in this article. Please check that the address is whole.",
    unknown="This article cannot be opened",
    unknown_why="The address is not whole, or the article has been taken out of the index. Please ask the sender, or ask the articles.",
)

ZH = ArticleTexts(
    language="zh",
    name="典据",
    back="向文章提问",
    source="出处：{}",
    original="原文",
    changed="这篇文章在被引用之后有改动。现在显示的是目前的正文，没有标出引用的位置。",
    absent="网址所指的引用位置不在这篇文章里。请确认网址是否完整。",
    unknown="无法打开这篇文章",
    unknown_why="网址不完整，或者文章已从索引中移除。请向发送者确认，或者向文章提问来查找。",
)

_BY_LANGUAGE = {texts.language: texts for texts in (JA, EN, ZH)}


def article_texts(language: str) -> ArticleTexts:
    """Return the words of the interface in a language."""
    return _BY_LANGUAGE[language]
