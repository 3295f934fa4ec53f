"""What articles say in short: sentences that carry them, of all of them, of one, or on a topic.

An article is meant where its title or a piece of that is named, or all that is said of it stands in its title
and under whose name it was published; else what is named is a topic, and of the passages found on it the
sentences that carry them are told. What it does not know: which article was spoken of before.
"""

import re
from collections.abc import Sequence

from index.answering.composing import Made, Section
from index.answering.extracts import articles_within, named, quotes_at, spread
from index.answering.outlines import outline
from index.answering.profile import LEANING, told_of
from index.answering.reading import Asks, Found
from index.questions import lexicon
from index.records import Article
from index.text.characters import nfkc

MOST, OF_ONE, EACH = 14, 8, 3
"""Sentences of an overview, of one of a single article, and of one among several, at most."""
SHARE = 2.5
"""Sentences of an article for each one told: of the main points of 15 articles 80 % are told so, in .39 of
their characters."""
PIECE = 4
"""Characters of the piece of a title that names its article, at least."""
ON_TOPIC, SHARE_TOLD = 10, 0.5
"""Sentences on a topic, at most, and the share of its words that one holds at least."""

_WORDS = {
    "ja": {"all": "記事{count}本の要点です。", "some": "記事{count}本のうち、内容の異なる{shown}本の要点です。", "one": "「{title}」の要点です。", "topic": "「{title}」について、記事は次のように伝えています。"},
    "en": {"all": "The main points of the {count} articles:", "some": "The main points of {shown} articles of {count}, unlike each other:", "one": "The main points of “{title}”:", "topic": "What the articles say about “{title}”:"},
    "zh": {"all": "{count}篇文章的要点：", "some": "{count}篇文章中内容不同的{shown}篇的要点：", "one": "“{title}”的要点：", "topic": "关于“{title}”，文章里写道："},
}  # fmt: skip
_BRACKETS = re.compile(r"[「」『』《》“”\"【】（）()]")
_ARTICLE = re.compile(
    r"(?:この|その|ここの)?(?:記事|論考|論文|コラム|インタビュー|報道|社説|レポート|特集|解説|ニュース|Q&A)(?:全体|全部)?|\b(?:articles?|(?:news )?stor(?:y|ies)|essays?|reports?|columns?|interviews?|pieces?)(?:[’']s)?\b|[这這那]?些?[篇》]|文章|[报報]道|新[闻聞]",
    re.IGNORECASE,
)
_NOISE = re.compile(
    rf"{_ARTICLE.pattern}|(?<![一-龥ァ-ヴー])(?:全[部体て]|主な|内容|話|筆者|著者|作者|主張|結局|簡単|最後|登録|収録|教|言|説明|知|欲|頼|願|下|短|長|分|入|書|読|点|文|行)(?![一-龥])|[0-9一二三四五六七八九十]+[行文点]"
    r"|\b(?:what|which|does|do|is|are|was|please|give|gives|me|us|tell|show|can|could|would|you|i|need|want|like|let|know|get|have|make|write|put|explain|describe|quick|short|brief|simple|whole|entire|everything|all|here|these|this|those|that|them|it|its|the|an?|for|of|in|on|to|and|from|with|say|says|said|about|discuss(?:es)?|cover|content|text|corpus|database|author[’']?s?|local|main|sentences?|lines?|bullets?|points?|words?|one|two|three|four|five|six|few|s|re)\b"
    r"|[这這那]些?|全部|所有|整体|[内內]容|[请請]|一下|[给給帮幫]我|[关關]于|[用把将]|[一二三四五六两几0-9]+[句点點行文][话話]?|主要|[讲講写寫谈談]了?|的?情[况況]|作者|什[么麼]|是什[么麼]|[论論][点點]|整理|[的里]",
    re.IGNORECASE,
)  # fmt: skip
_CHUNK = re.compile(r"[^\W_ぁ-ん]+(?:[のとや・ ’'-][^\W_ぁ-ん]+)*")


def overview(found: Found) -> Made | None:
    """Tell in short what the articles say that are asked about, or what they say on a topic."""
    if found.asking is None:
        return None
    words, asking, count = _WORDS[found.asked.language], found.asking, found.asked.form.count
    left = _NOISE.sub(" ", lexicon.in_their_words(found.asked.form.about))
    topic = " ".join(_CHUNK.findall(re.sub(r"\s+", " ", left)))
    articles = articles_within(asking)
    if topic and not (articles := _meant(found, articles, topic)):
        told = told_of(topic, asking.find(topic), asking, most=count or ON_TOPIC, share=SHARE_TOLD)
        return Made(told, words["topic"].format(title=topic), None, 1.0) if told else None
    if len(articles) == 1:
        told = words["one"].format(title=articles[0].title or articles[0].source)
        return Made(_of_one(asking, articles[0], count or OF_ONE), told, confidence=1.0)
    shown = spread(asking, articles, count or MOST)
    share = (count or MOST) / sum(len(article.text) for article in shown)
    sections = []
    for article in shown:
        each = max(min(round(share * len(article.text)), EACH), 1)
        starts = _carrying(asking, article, each)
        sections.append(Section(named(article), quotes_at(asking, article, starts)))
    lead = words["all" if len(shown) == len(articles) else "some"]
    return Made(tuple(sections), lead.format(count=len(articles), shown=len(shown)), confidence=1.0)


def _meant(found: Found, articles: Sequence[Article], topic: str) -> list[Article]:
    """The articles that a question names by their title, a piece of it, or all that it says of them."""
    asked, is_marked = _bare(found.question), bool(_ARTICLE.search(found.question))
    titles = {article.id: _bare(article.title or "") for article in articles}
    if whole := [a for a in articles if len(titles[a.id]) >= PIECE and titles[a.id] in asked]:
        return whole
    pieces = [_bare(piece) for piece in (*_BRACKETS.split(found.question), topic)]
    for piece in sorted(pieces, key=len, reverse=True):
        holding = [a for a in articles if len(piece) >= PIECE and piece in titles[a.id]]
        if len(holding) == 1 or (holding and is_marked):
            return holding
    terms = {*lexicon.terms(topic)}
    told = ((a, f"{a.title} {a.publisher} {' '.join(a.authors)}") for a in articles)
    return [a for a, of_one in told if is_marked and terms and terms <= {*lexicon.terms(of_one)}]


def _bare(text: str) -> str:
    return re.sub(r"[\W_]", "", nfkc(text)).lower()


def _carrying(asking: Asks, article: Article, most: int) -> dict[int, str]:
    """Where the sentences begin that carry an article, each with its heading."""
    part, codes = asking.generation.part(article.id), asking.generation.codes(article.id)[1]
    points = outline(part, codes, most=most, share=SHARE, leaning=LEANING)
    return {point.start: point.heading or "" for point in points}


def _of_one(asking: Asks, article: Article, most: int) -> tuple[Section, ...]:
    """The sentences that carry an article, by its sections."""
    starts = _carrying(asking, article, most)
    sections = ([s for s in starts if starts[s] == heading] for heading in dict.fromkeys(starts.values()))
    return tuple(Section(starts[own[0]], quotes_at(asking, article, own)) for own in sections)
