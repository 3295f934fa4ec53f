"""The words of the article page."""

from types import SimpleNamespace

_TABLE = {
    "language": ("ja", "en", "zh"),
    "name": ("典拠", "Tenkyo", "典据"),
    "ask": ("質問する", "Ask a question", "提问"),
    "articles": ("記事", "Articles", "文章"),
    "timeline": ("年表", "Timeline", "年表"),
    "back": ("会話に戻る", "Back to the conversation", "返回对话"),
    "ask_this": ("この記事に質問", "Ask this article", "向本文提问"),
    "sum_up": ("この記事を要約", "Sum up", "概括本文"),
    "outline": ("要約：記事の文のまま", "Summary, in the article’s own words", "摘要：文章原句"),
    "source": ("出典：{}", "Source: {}", "出处：{}"),
    "original": ("元の記事", "The original", "原文"),
    "changed": (
        "引用された後に、この記事は変わりました。いまの本文を表示しています。引用箇所には印を付けていません。",
        "This article has changed since it was quoted. This is its present text, and the quote is not marked in it.",
        "这篇文章在被引用之后有改动。现在显示的是目前的正文，没有标出引用的位置。",
    ),
    "absent": (
        "アドレスが示す引用箇所は、この記事にありません。アドレスが途中で切れていないか、お確かめください。",
        "The quote that the address names is not in this article. Please check that the address is whole.",
        "网址所指的引用位置不在这篇文章里。请确认网址是否完整。",
    ),
    "unknown": ("この記事は開けません", "This article cannot be opened", "无法打开这篇文章"),
    "unknown_why": (
        "アドレスが途中で切れているか、記事が索引から外されています。送ってくれた人に確かめるか、記事に質問して探してください。",
        "The address is not whole, or the article has been taken out of the index. Please ask the sender, or ask the articles.",
        "网址不完整，或者文章已从索引中移除。请向发送者确认，或者向文章提问来查找。",
    ),
}


def article_texts(language: str) -> SimpleNamespace:
    """Return what the page says of itself in a language; ``str.format`` fills braces."""
    column = _TABLE["language"].index(language)
    return SimpleNamespace(**{name: row[column] for name, row in _TABLE.items()})
