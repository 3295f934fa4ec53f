"""Answers to what is said to the chat itself: short, in the language of the asker, without citations.

What they tell of the articles is their number, titles, days and themes, and questions that they answer.
"""

from index.answering.composing import Made
from index.answering.extracts import articles_within, named
from index.answering.reading import Asks, Found
from index.records import Article

TITLES, OFFERED = 20, 3
"""Titles that are listed and questions that are offered, at most: what is read at a glance."""

_WORDS = {
    "ja": {
        "greeting": "こんにちは。登録されている記事（{count}本）に書かれていることを、原文の引用と出典つきでお答えします。",
        "thanks": "どういたしまして。ほかにも記事について知りたいことがあれば、お尋ねください。",
        "bye": "ご利用ありがとうございました。また記事について知りたいことがあれば、お越しください。",
        "help": "登録されている記事（{count}本）に書かれていることなら、何でもお尋ねください。答えは作文せず、記事の文をそのまま引用し、どの記事のどこにあるかを番号で示します。"
        "事実のほか、要約、比較、経緯、一覧、人物や言葉の説明、はい・いいえの質問にも答え、記事にないことは「ない」と言います。質問は日本語、英語、中国語でできます。",
        "who": "典拠（Tenkyo）というプログラムです。人間でも、文章を作り出すAIでもありません。登録されている記事（{count}本）から答えになる文を探し、そのまま引用して出典とともに示します。",
        "articles": "登録されている記事は{count}本です。",
        "suggest": "登録されている記事について、たとえば次のように質問できます。",
        "other": "Tenkyo は、登録されている記事（{count}本）に書かれていることを、引用と出典つきで答えるためのものです。",
        "offer": "質問の例：", "themes": "主なテーマ：{}", "comma": "、", "more": "ほか{}本", "about": "{}について要約して",
    },
    "en": {
        "greeting": "Hello! Ask me anything about the articles here ({count}): I answer with word-for-word quotes and their sources.",
        "thanks": "You are welcome. If there is anything else you would like to know about the articles, just ask.",
        "bye": "Goodbye, and thank you. Come back whenever you want to know something about the articles.",
        "help": "Ask me anything that the articles here ({count}) may tell. I do not make up text: I quote sentences of the articles word for word, and number where each of them stands. "
        "Beside facts you can ask for summaries, comparisons, timelines, lists, who or what something is, and yes or no; what is not in the articles, I say so. Ask in English, Japanese or Chinese.",
        "who": "I am Tenkyo, a program: not a person, and not an AI that makes up text. I look for the sentences in the articles here ({count}) that answer, and quote them word for word with their sources.",
        "articles": "Articles here: {count}.",
        "suggest": "You can ask about the articles here, for example:",
        "other": "Tenkyo is for one thing: it answers questions about the articles here ({count}), with quotes and their sources.",
        "offer": "For example:", "themes": "Main themes: {}", "comma": ", ", "more": "and {} more", "about": "Summarize what the articles say about {}",
    },
    "zh": {
        "greeting": "你好！这里有{count}篇文章，可以问我文章里写了什么；我会引用原文并注明出处来回答。",
        "thanks": "不客气。如果还想了解文章里的其他内容，请随时提问。",
        "bye": "再见，谢谢使用。想了解文章内容时，欢迎再来。",
        "help": "这里的{count}篇文章里写到的，都可以问。我不会自己编写内容，而是逐字引用文章原文，并用编号注明出处。"
        "除了事实，也可以要求总结、比较、梳理经过、列举、介绍人物或词语，或者问是不是；文章里没有的，我会说没有。可以用中文、日文或英文提问。",
        "who": "我是 Tenkyo（典据），一个程序，不是真人，也不是会自己编写文字的人工智能。我从这里的{count}篇文章中找出能回答问题的句子，原文引用并注明出处。",
        "articles": "这里共有{count}篇文章。",
        "suggest": "关于这里的文章，可以这样提问：",
        "other": "Tenkyo 的用途是回答关于这里{count}篇文章的问题，并附上原文引用和出处。",
        "offer": "例如：", "themes": "主要主题：{}", "comma": "、", "more": "另有{}篇", "about": "总结一下关于{}的内容",
    },
}  # fmt: skip
_OFFERING = ("greeting", "help", "who", "suggest", "other")


def talk(found: Found) -> Made | None:
    """Answer what is said to the chat itself."""
    if found.asking is None:
        return None
    kind, words = found.asked.form.about, _WORDS[found.asked.language]
    articles = articles_within(found.asking)
    lines = [words[kind].format(count=len(articles))]
    if kind == "articles":
        themes = _themes(articles, found.asking)
        lines += [words["themes"].format(words["comma"].join(themes))] if themes else []
        lines += [f"・{named(article)}" for article in articles[:TITLES]]
        if len(articles) > TITLES:
            lines.append(words["more"].format(len(articles) - TITLES))
    elif kind in _OFFERING and (offered := _offered(articles, found.asking, found.asked.language)):
        lines += [] if kind == "suggest" else [words["offer"]]
        lines += [f"・{question}" for question in offered[: 1 if kind == "other" else OFFERED]]
    return Made(lead="\n".join(lines), confidence=1.0)


def _offered(articles: list[Article], asking: Asks, language: str) -> list[str]:
    """Questions that are answered, in a language; else what to ask for by theme."""
    from index.answering.suggestions import Suggestion, offer  # which answers, and so imports this

    ids, overview = {article.id for article in articles}, asking.generation.overview
    kept = [Suggestion(*told) for told in overview.get("suggestions", ())]
    offered = [*offer([s for s in kept if s.article_id in ids], language)]
    return offered or [_WORDS[language]["about"].format(name) for name in _themes(articles, asking)]


def _themes(articles: list[Article], asking: Asks) -> list[str]:
    """The themes that were found in these articles when the index was made."""
    ids = {article.id for article in articles}
    return [name for name, one, *_ in asking.generation.overview.get("themes", ()) if one in ids]
