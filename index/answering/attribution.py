"""Whose claim or view a sentence is: the speaker it names, else the article's writer, else nobody's.

A sentence is somebody's when its predicate is one of saying or judging behind と (…と述べた、…との見方を
示した), or it opens with a source (X氏によると、X氏の見立てでは). The speaker is the noun that は or が marks
between と and that predicate, else the first one in the sentence that can speak, else one of the
sentences quoted before it. A sentence that ends in a judgement without any of this (…だろう、…べきだ) is
the writer's. All else is plain reporting.

What it does not know: a verb in the middle of a sentence that goes on to something else, hearsay
whose source is not quoted (…という), who a document speaks for (調査によると), and a speaker left out whose
clause begins with another one's name (ロシアは和平を望まないと述べた).
"""

import itertools
import re
from collections.abc import Iterator, Sequence

from index.answering import speech
from index.questions import lexicon
from index.records import Article

_WRITER = "筆者"
_ENCLOSED = re.compile(r"「[^「」]*」|『[^『』]*』|（[^（）]*）|\([^()]*\)")


def speaker(sentence: str, before: Sequence[str], article: Article) -> str | None:
    """Return whose claim or view a sentence is, as written; None for plain reporting.

    Args:
        sentence: The sentence.
        before: The sentences quoted before it, in reading order.
        article: Where it stands; tells who wrote it.
    """
    plain = _plain(sentence)
    if source := _source(plain):
        return _resolved(source, before, article)
    said = _last_said(plain)
    if said is None:
        return _of_nobody_named(plain, before, article)
    if named := _subject(plain, said):
        return _resolved(named, before, article)
    return None if speech.TOPIC.search(plain[: said.start()]) else _spoken_of(before, article)


def _of_nobody_named(plain: str, before: Sequence[str], article: Article) -> str | None:
    if speech.HEARSAY.search(plain):
        return _speaker_before(before, article)
    judged = speech.JUDGED.search(plain) or speech.AS_WRITER.search(plain)
    return _writer(article) if judged else None


def _last_said(plain: str) -> re.Match[str] | None:
    *_, last = (None, *speech.SAID.finditer(plain))
    return None if speech.AIMED.search(plain) else last


def _plain(sentence: str) -> str:
    """The sentence with what it quotes blotted out, in brackets left out, and without its full stop."""
    while (blotted := _ENCLOSED.sub(_blot, sentence)) != sentence:
        sentence = blotted
    return sentence.strip().rstrip("。．.！!？?…」』")


def _blot(match: re.Match[str]) -> str:
    return "＿" if match[0][0] in "「『" else ""


def _source(plain: str) -> str | None:
    found = speech.SOURCE.search(plain)
    name = _core(found["name"] or found["among"] or found["held"]) if found else None
    if name is None or not speech.DOCUMENT.search(name):
        return name
    owner = name.rpartition("の")[0]  # ロイター通信の報道
    return owner if owner and _speaks(owner) else None


def _subject(plain: str, said: re.Match[str]) -> str | None:
    """The speaker that the sentence names: beside the verb of saying, else before what is said."""
    head = plain[: said.start()]
    own = speech.CLAUSE.split(head)[-1]
    nearest = list(_marked(speech.TOPIC, own))[::-1] if own.endswith("＿") else []
    candidates = itertools.chain(
        _marked(speech.TOPIC, said["by"] or said["so"] or ""),
        _marked(speech.SUBJECT, said["by"] or ""),
        nearest,
        _marked(speech.TOPIC, own),
        _marked(speech.SUBJECT, own),
        () if speech.DONE_TO.search(head) else _marked(speech.TOPIC, head),
    )
    quoting = speech.QUOTED.fullmatch(own)
    speaking = (name for name in candidates if _speaks(name) or quoting)
    return next(speaking, None)


def _marked(particle: re.Pattern[str], clause: str) -> Iterator[str]:
    """The names that a particle marks, in order."""
    cores = (_core(found["name"]) for found in particle.finditer(clause))
    return (name for name in cores if name)


def _core(phrase: str) -> str | None:
    """The name at the end of a phrase: 港湾研究会の篠田健吾氏 to 篠田健吾氏."""
    phrase = phrase.replace("＿", "")
    found = speech.NAME.search(phrase)
    if found is None:
        return None
    name = speech.WHEN.sub("", found[0])
    tail = name.rpartition("の")[2]
    if _is_person(tail):
        return tail
    head, joint = phrase[: max(found.start() - 1, 0)], phrase[found.start() - 1 : found.start()]
    first = speech.NAME.search(head) if joint in ("と", "や") else None
    return f"{first[0]}{joint}{name}" if first and _speaks(first[0]) else name


def _is_person(name: str) -> bool:
    if speech.PERSON.search(name) or _names(name, "人名"):
        return True
    titled = "・" in name or speech.CAN_SPEAK.search(name)
    return bool(titled and lexicon.names_of_kind(name, "人名"))


def _names(text: str, kind: str) -> bool:
    """Whether the last word of a text is a name of a kind."""
    last = list(lexicon.words(text))[-1:]
    return bool(last) and last[0][0] in lexicon.names_of_kind(text, kind)


def _speaks(name: str) -> bool:
    patterns = speech.CAN_SPEAK.search, speech.FIRST_PERSON.fullmatch, speech.ANAPHOR.fullmatch
    return any(p(name) for p in patterns) or _names(name, "人名") or _names(name, "地名")


def _resolved(name: str, before: Sequence[str], article: Article) -> str:
    if speech.FIRST_PERSON.fullmatch(name):
        return _writer(article) if name != _WRITER else "、".join(article.authors) or name
    if speech.ANAPHOR.fullmatch(name):
        return _spoken_of(before, article) or name
    return name


def _spoken_of(before: Sequence[str], article: Article) -> str | None:
    """Who speaks, or is spoken of, in the nearest sentence quoted before."""
    if said := _speaker_before(before, article):
        return said
    for text in reversed(before):
        plain = _plain(text)
        for name in (*_marked(speech.TOPIC, plain), *_marked(speech.ANY_SUBJECT, plain)):
            if _speaks(name) and not speech.ANAPHOR.fullmatch(name):
                return name
    return None


def _speaker_before(before: Sequence[str], article: Article) -> str | None:
    every = (speaker(before[at], before[:at], article) for at in reversed(range(len(before))))
    return next((name for name in every if name), None)


def _writer(article: Article) -> str:
    return "、".join(article.authors) or article.publisher or _WRITER
