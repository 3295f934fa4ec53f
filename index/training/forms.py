"""Other forms of a question that ask the same: people do not type questions as testers write them."""

import re
from random import Random

from index import lexicon

VARIED = 0.15
"""The share of questions that are put in another form."""

_ENDING = re.compile(r"(?:なの|の)?(?:でしょうか|でしたか|だったか|ですか|かな|か)?[?？。]*$")


def vary(question: str, chance: Random) -> str:
    """Return the question as it is, or in a small share of cases in another form."""
    if chance.random() >= VARIED:
        return question
    return chance.choice((without_ending, keywords))(question) or question


def without_ending(question: str) -> str:
    """Leave out the words that make it a question: 首都はどこですか？ becomes 首都はどこ."""
    return _ENDING.sub("", question, count=1)


def keywords(question: str) -> str:
    """Keep the content words, as in a search box: 首都の人口は何人か becomes 首都 人口 人."""
    return " ".join(written for _, written in lexicon.words(question))
