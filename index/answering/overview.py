"""What articles say in short: sentences that carry them, of all of them, of one, or on a topic.

An article is meant where its title or a piece of that is named, or where all that is said of it stands in its
title and its names; several, where that is true of several. Else what is named is a topic, or what an article
is about. What it does not know: which article was spoken of before.
"""

import re
from collections.abc import Sequence
from functools import partial
from itertools import chain

from index.answering.composing import Made, Section
from index.answering.extracts import articles_within, named, quotes_at, spread
from index.answering.outlines import outline
from index.answering.profile import LEANING, NEAR, told_of
from index.answering.reading import DEPTH, Asks, Found
from index.carriers import once
from index.questions import lexicon
from index.records import Article
from index.text.characters import nfkc

MOST, OF_ONE, EACH, ON_TOPIC = 14, 8, 3, 10
"""Sentences of an overview, of that of a single article, of one among several, and on a topic, at most."""
SHARE = 2.25
"""Sentences of an article for each one told: of the main points of 15 articles 81 % are told so, in .39 of
their characters."""
HELD = 0.5
"""Share of the words of a topic that a sentence on it holds, at least."""
PIECE = 4
"""Characters of the piece of a title that names its article, at least."""

_WORDS = {
    "ja": {"all": "記事{count}本の要点です。", "some": "記事{count}本のうち、内容の異なる{shown}本の要点です。", "one": "「{title}」の要点です。", "topic": "「{title}」について、記事は次のように伝えています。"},
    "en": {"all": "The main points of {count} articles:", "some": "The main points of {shown} of {count} articles, unlike each other:", "one": "The main points of “{title}”:", "topic": "What the articles say about “{title}”:"},
    "zh": {"all": "{count}篇文章的要点：", "some": "{count}篇文章中内容不同的{shown}篇的要点：", "one": "“{title}”的要点：", "topic": "关于“{title}”，文章里写道："},
}  # fmt: skip
_BRACKETS = re.compile(r"[「」『』《》“”\"【】（）()]")
_ARTICLE = re.compile(
    r"(?:この|その|ここの)?(?:記事|論考|論文|コラム|インタビュー|報道|社説|レポート|特集|解説|ニュース|Q&A)(?:全体|全部)?|\b(?:articles?|(?:news )?stor(?:y|ies)|essays?|reports?|columns?|interviews?|pieces?)(?:[’']s)?\b|[这這那]?些?[篇》]|文章|[报報]道|新[闻聞]",
    re.IGNORECASE,
)
_ONE = re.compile(
    r"(?:の|した|る)(?:記事|論考|論文|コラム|インタビュー|社説)|\b(?:article|story|essay|report|column|interview|piece|q&a)\b|[这這那一]篇",
    re.IGNORECASE,
)
_NOISE = re.compile(
    rf"{_ARTICLE.pattern}|(?<![一-龥ァ-ヴー])(?:全[部体て]|主な|内容|話|筆者|著者|作者|主張|結局|簡単|最後|登録|収録|整理|教|言|説明|知|欲|頼|願|下|短|長|分|入|書|読|点|文|行)(?![一-龥])|[0-9一二三四五六七八九十]+[行文点]"
    r"|\b(?:what|which|does|do|is|are|was|please|give|gives|me|us|tell|show|can|could|would|you|i|need|want|like|let|know|get|have|make|write|put|explain|describe|quick|short|brief|simple|whole|entire|everything|all|here|these|this|those|that|them|it|its|the|an?|for|of|in|on|to|and|from|with|say|says|said|about|discuss(?:es)?|cover|content|text|corpus|database|author[’']?s?|local|main|sentences?|lines?|bullets?|points?|words?|one|two|three|four|five|six|few|s|re)\b"
    r"|[这這那]些?|全部|所有|整体|[内內]容|[请請]|一下|[给給帮幫]我|[关關]于|[用把将]|[一二三四五六两几0-9]+[句点點行文][话話]?|主要|[讲講写寫谈談]了?|的?情[况況]|作者|是什[么麼]|什[么麼]|[论論][点點]|[的里]",
    re.IGNORECASE,
)  # fmt: skip
_CHUNK = re.compile(r"[^\W_ぁ-ん]+(?:[のとや・ ’'-][^\W_ぁ-ん]+)*")


def overview(found: Found) -> Made | None:
    """Tell in short what the articles say that are asked about, or what they say on a topic."""
    if (asking := found.asking) is None:
        return None
    words, count = _WORDS[found.asked.language], found.asked.form.count
    left = re.sub(r"\s+", " ", _NOISE.sub(" ", lexicon.in_their_words(found.asked.form.about)))
    topic, articles = " ".join(_CHUNK.findall(left)), articles_within(asking)
    if topic and not (articles := _meant(found.question, articles, left, topic)):
        read = asking.find(topic)
        told = told_of(topic, read, asking, most=count or ON_TOPIC, share=HELD)
        if not (one := _whole(found, topic, read, is_told=bool(told))):
            return Made(told, words["topic"].format(title=topic), confidence=1.0) if told else None
        articles = [asking.generation.article(one)]
    if len(articles) == 1:
        lead = words["one"].format(title=articles[0].title or articles[0].source)
        told = _parts(asking, articles[0], count or OF_ONE)
    else:
        longest = sorted(articles, key=lambda one: -len(one.text))  # of one copy
        first = once(longest, lambda one: (one.id, ""), asking.generation.stories)
        kept = {one.id for one in first}
        shown = spread(asking, [one for one in articles if one.id in kept], count or MOST)
        lead = words["all" if len(shown) == len(articles) else "some"]
        lead = lead.format(count=len(articles), shown=len(shown))
        share, least = (count or MOST) / sum(len(one.text) for one in shown), 0.5 * bool(count)
        each = [max(min(round(share * len(one.text) - least), EACH), 1) for one in shown]
        parts = map(partial(_parts, asking), shown, each)
        quotes = (chain.from_iterable(part.quotes for part in own) for own in parts)
        told = tuple(Section(named(one), tuple(q)) for one, q in zip(shown, quotes, strict=True))
    return Made(told, lead, confidence=1.0)


def _meant(asked: str, articles: Sequence[Article], left: str, topic: str) -> list[Article]:
    """The articles that a question names by their title, a piece of it, or all that it says of them."""
    is_marked, titles = bool(_ARTICLE.search(asked)), [_bare(one.title or "") for one in articles]
    pieces = [*_BRACKETS.split(asked), *(left.split() if is_marked else ())]
    whole = [title for title in titles if len(title) >= PIECE and title in _bare(asked)]
    for piece in () if whole else sorted(map(_bare, pieces), key=len, reverse=True):
        whole = [title for title in titles if len(piece) >= PIECE and piece in title]
        if len(whole) == 1 or (whole and is_marked):
            break
    if whole:
        return [one for one, title in zip(articles, titles, strict=True) if title in whole]
    names = (f"{a.title} {f'{a.publisher} {a.authors}' if is_marked else ''}" for a in articles)
    told, terms = zip(articles, names, strict=True), {*lexicon.terms(topic)}
    holding = [one for one, name in told if terms and terms <= {*lexicon.terms(name)}]
    return holding if is_marked or len(holding) > 1 else []


def _whole(found: Found, topic: str, read: Found, *, is_told: bool) -> str | None:
    """The article to tell whole: the one asked about, or what mostly tells of a topic in another language."""
    if read.confidence < NEAR:
        return None
    best = [e.hit.passage.article_id for e in read.evidence[:DEPTH]]
    is_held = any(term in found.generation.terms for term in lexicon.terms(topic))
    mostly = not is_held and best.count(best[0]) > 1
    return best[0] if mostly or not is_told or _ONE.search(found.question) else None


def _bare(text: str) -> str:
    return re.sub(r"[\W_]", "", nfkc(text)).lower()


def _parts(asking: Asks, article: Article, most: int) -> tuple[Section, ...]:
    """The sentences that carry an article, by its sections."""
    part, codes = asking.generation.part(article.id), asking.generation.codes(article.id)[1]
    points = outline(part, codes, most=most, share=SHARE, leaning=LEANING)
    headings = dict.fromkeys(point.heading or "" for point in points)
    own = {h: [point.start for point in points if (point.heading or "") == h] for h in headings}
    return tuple(Section(h, quotes_at(asking, article, starts)) for h, starts in own.items())
