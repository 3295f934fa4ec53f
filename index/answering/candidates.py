"""Questions that an article may answer, in Japanese, English and Chinese, each with the sentences it is made of.

They are made of what sentences plainly hold: who said what of whom, what happened when, a figure of
something named, a reason or an aim, a heading that asks. Which of them are answered, ``suggestions`` tries.

What it does not know: articles in other languages than Japanese, of which headings alone become questions.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from index.answering.abroad import (
    DATE,
    TITLE,
    Made,
    Named,
    in_both,
    names_given,
    names_known,
)
from index.answering.quotes import leans
from index.answering.speakers import speaker
from index.questions import language_of, lexicon
from index.questions.tables import abroad
from index.records import Sentence
from index.store import Part

SHORTEST, LONGEST = 8, 42
"""Characters of a question in Japanese."""
READ, TOO_LONG = 100, 400
"""Passages of an article that are looked through, and characters of a sentence that is."""

Span = tuple[int, int]


class Candidate(NamedTuple):
    """A question, what it asks for, and where in the article stands what should answer it."""

    language: str
    kind: str
    question: str
    spans: tuple[Span, ...]


_BRACKETS = re.compile(r"（[^（）]*）|\([^()]*\)|［[^［］]*］|\[[^\[\]]*\]")
_CLOSED = re.compile(r"[。．!！][」』）)]*$")
_POINTS = re.compile(
    r"[こそあ](?:れ|の(?!ほか)|う(?:した|いった)|こ)|同(?:じ|[一-龥]{1,3})|両(?:国|者|氏)|筆者|論考"
)
_SPEAKING = re.compile(r"^(?:問い?|答え?|Q|A|――)[\s　:：]+")
_SOURCE = re.compile(
    r"^[^、。]{1,20}(?:によれば|によると|の(?:見方|見立て|評価)(?:で|に)(?:は|よれば|よると))、"
)
_OUTLET = re.compile(r"(?:通信|新聞|紙|放送|テレビ|メディア|シンクタンク|アナリスト)$|[やと、]")
_OFFICE_BEFORE = re.compile(
    r"^(?:[前元副]|大統領|首相|国家主席|長官|国務|外相|大臣|大使|会長|社長|代表|委員長|議長|主将|監督|候補){1,3}(?=.+(?:氏|さん)$)"
)
_NOUN_PHRASE = re.compile(r"(?![0-9０-９])[一-龥々ァ-ヴーA-Za-z0-9「」の・―]{4,16}(?<!の)")
_PERSON = re.compile(
    r"(?:氏|さん|大統領|首相|主席|総書記|書記|長官|大臣|外相|財務相|大使|議員|知事|市長|町長|教授|社長|会長|理事|記者|県議)$"
)
_DATED = re.compile(rf"(?:^|(?<=[、はが]))(?P<date>{DATE})(?:には|に|、)|(?P<at>{DATE})(?:には|に)")
_EVENT = re.compile(
    r"^(?P<who>[^、。はがを「」]{2,24})(?:は|が)、?(?P<did>[^。はが]{5,28}?)(?:した|(?P<past>[っいんれせえけきげめべち]た|んだ))。$"
)
_PLAIN_PAST = re.compile(r"(?<=[一-龥ァ-ヴー])しま$")
_CLEFT = re.compile(
    r"^(?P<asked>(?:(?!が、)[^。は]){12,70}?[たるうくすつむぐぶ]のは)、?(?P<told>[^。は]{2,60}?)(?:である|だった|だ|です|でした)。$"
)
_NO_ANSWER = re.compile(r"(?:で|の|う)こと$|ところ$|最中$|中$|[てで]$")
_ASKING = (
    "理由 目的 ねらい 狙い 背景 原因 条件 特徴 違い 争点 焦点 根拠 障害 きっかけ 決め手 核心 意向 公約 ジレンマ"
    " 懸念 課題 対策 任務 役割"
)
_PHRASE = re.compile(
    rf"^(?P<phrase>[^。、は]{{2,40}}?(?P<noun>(?<=[ぁ-ん])国|(?<=[ぁ-ん])人物|{'|'.join(_ASKING.split())}))(?P<mark>とは|は)、?.{{8,}}$"
)
_NOT_OPENING = re.compile(
    r"しかし|だが|また|さらに|一方|ただ|もっとも|なお|そして|ところが|このため|とりわけ|とくに|特に|つまり|最大の|ほかの|別の|いま|うち|もう|"
    r"残る|当初|最も"
)
_FIGURE = re.compile(
    r"^(?P<of>[^。、はがを]{2,20}の[^。、はがを]{2,14})(?:は|が)、?(?:約|およそ|わずか|計)?(?P<figure>[0-9０-９][0-9０-９,.，．]*[兆億万千]*[0-9０-９]*[兆億万千]*)"
    r"(?P<unit>人|名|米?ドル|円|ユーロ|元|ポンド|％|%|パーセント|割|位|倍|(?![年月日時分])[一-龥ァ-ヴー]{1,5}?)"
    r"(?:で|だ|である|だった|となる|となった|に上る|に上った|に達した|に達し|にのぼる|、|。|です|でした)"
)
_HOW_MUCH = {
    "人": "何人か", "名": "何人か", "ドル": "いくらか", "米ドル": "いくらか", "円": "いくらか", "ユーロ": "いくらか", "元": "いくらか",
    "ポンド": "いくらか", "％": "何％か", "%": "何％か", "パーセント": "何％か", "割": "何割か", "位": "何位か", "倍": "何倍か",
}  # fmt: skip
_PROFILE = re.compile(
    r"^(?P<who>[^、。は「」]{3,30}(?:氏|さん))は、?[^。]*(?:人物|会長|代表|所長|教授|出身|創業者|研究員|フェロー)(?:である|だ|で、|だった|にある)"
)
_RELATIONS = re.compile(r"(?<![一-龥])(?P<pair>[米中露ロ日韓朝印英仏独]{2})関係(?=[はがも])")
_SAYING = (
    (r"(?:見方|見解|考え|認識)[をも](?:示|語|述べ|表)", "どのような見方を示したか"),
    (r"批判し", "どう批判したか"), (r"非難し", "どう非難したか"), (r"警告し", "何と警告したか"), (r"強調し", "何と強調したか"),
    (r"指摘し", "何と指摘したか"), (r"主張し", "何と主張したか"), (r"訴え", "何と訴えたか"), (r"説明し", "何と説明したか"),
    (r"語[っる]", "何と語ったか"), (r"話[しす]", "何と話したか"), (r"答え", "何と答えたか"), ("", "何と述べたか"),
)  # fmt: skip
_BESIDE = (
    (5, r"は|だ|について|に関し|に対し|への|こそ"),
    (4, r"が|を"),
    (2, r"に|と(?!し)|、"),
)  # how much what follows a name makes it that of which is spoken
_NUMBERED = re.compile(
    r"^(?:第?[0-9０-９一二三四五六七八九十]{1,3}[章節部話回編]?[、．.)）:：\s](?![0-9０-９])"
    r"|[■□◆◇●○▼▽▶▷◎※・])\s*"
)
_ASKS = re.compile(r"か$|[?？]$")
_FRAMED = re.compile(r"^[<＜〈【［]([^<>＜＞〈〉【】［］]+)[>＞〉】］]$")


def candidates(part: Part) -> list[Candidate]:
    """Return the questions that an article may answer, in the order of the text, none twice."""
    found: dict[tuple[str, str], Candidate] = {}
    for one in _made(part):
        known = found.get(one[:1] + one[2:3])
        spans = (*known.spans, *one.spans) if known else one.spans
        found[one.language, one.question] = one._replace(spans=tuple(dict.fromkeys(spans)))
    return list(found.values())


def bare(heading: str) -> str:
    """Return a heading without its number and the brackets it stands in."""
    heading = _NUMBERED.sub("", heading.strip())
    heading = _FRAMED.sub(r"\1", heading).strip()
    last = re.split("[:：]", heading)[-1].strip()
    return last if _ASKS.search(last) and len(last) >= SHORTEST else heading


def quotes_whole(text: str) -> bool:
    """Whether as many quotes end in a text as begin."""
    return all(text.count(a) == text.count(b) for a, b in ("「」", "『』"))


def _made(part: Part) -> Iterator[Candidate]:
    yield from _headings(part)
    if part.article.language not in (None, "ja"):
        return
    told, topic = names_given(part.article.text), _topic(part.article.title)
    sentences = [
        s
        for p, own in part.passages[:READ]
        for s in own
        if s.text != p.heading and len(s.text) <= TOO_LONG and _CLOSED.search(s.text)
    ]
    yield from _everywhere(sentences)
    for sentence in sentences:
        text = _SOURCE.sub("", _BRACKETS.sub("", _SPEAKING.sub("", sentence.text)))
        place = ((sentence.start, sentence.end),)
        names = [*names_known(text, told)]
        made = [*_said(part, sentence, text, names, topic)]
        if not leans(text) and not _NOT_OPENING.match(text):
            made += _asked(text)
        yield from (Candidate(language, kind, asked, place) for language, kind, asked in made)


def _headings(part: Part) -> Iterator[Candidate]:
    """Headings that ask, with all that stands under them."""
    places: dict[str, list[Span]] = {}
    for passage, _ in part.passages:
        if passage.heading and _ASKS.search(bare(passage.heading)):
            places.setdefault(bare(passage.heading), []).append((passage.start, passage.end))
    for asked, spans in places.items():
        if SHORTEST <= len(asked) <= 2 * LONGEST:
            yield Candidate(language_of(asked), "heading", asked, tuple(spans))


def _everywhere(sentences: list[Sentence]) -> Iterator[Candidate]:
    """What any of several sentences may answer: how two countries get on."""
    text = "".join(s.text for s in sentences)
    pairs = Counter(found["pair"] for found in _RELATIONS.finditer(text))
    for pair, _ in pairs.most_common(1):
        spans = [(s.start, s.end) for s in sentences if f"{pair}関係" in s.text]
        yield Candidate("ja", "relations", f"{pair}関係はどうなっているか", tuple(spans))


def _asked(text: str) -> Made:
    """What a sentence answers by its form."""
    if (found := _CLEFT.match(text)) and not _NO_ANSWER.search(found["told"]):
        asked = found["asked"]
        short = asked if len(asked) < LONGEST else asked[max(asked.find("「"), 0) :]
        yield from _fit("cleft", short + _wh(found["told"]))
    if found := _PHRASE.match(text):
        ending = {"国": "はどこか", "人物": "は誰か"}.get(found["noun"], f"{found['mark']}何か")
        yield from _fit("phrase", found["phrase"] + ending)
    if found := _PROFILE.match(text):
        yield from _fit("profile", f"{found['who']}はどのような人物か")
    figured = re.sub(rf"^{DATE}(?:には|に|、)", "", text)
    if found := _FIGURE.match(figured):
        yield from _fit("figure", f"{found['of']}は{_HOW_MUCH.get(found['unit'], 'どれくらいか')}")
    yield from _events(text)


def _events(text: str) -> Made:
    """When something happened, and who did it."""
    dates = [*_DATED.finditer(text)]
    if len(dates) != 1 or len(re.findall(DATE, text)) != 1:
        return
    rest = text[: dates[0].start()] + text[dates[0].end() :].lstrip("、")
    first = re.match(r"[^。「」]{8,60}?[一-龥ァ-ヴー]し(?=、)", rest)
    event = _EVENT.match(rest) or (_EVENT.match(f"{first[0]}た。") if first else None)
    if event is None or event["did"].count("、") > 1 or not _is_named(event["who"]):
        return
    did = _PLAIN_PAST.sub("", event["did"].strip("、")) + (event["past"] or "した")
    if did.endswith("ました"):
        return
    yield from _fit("when", f"{event['who']}が{did}のはいつか")
    if _PERSON.search(event["who"]) and lexicon.names(did):
        yield from _fit("who", f"{did}のは誰か")


def _wh(told: str) -> str:
    """The question word that a nominal predicate answers."""
    if told.endswith(("ため", "から")):
        return "なぜか"
    if _PERSON.search(told):
        return "誰か"
    return "いつか" if re.fullmatch(f".{{0,12}}{DATE}", told) else "何か"


def _fit(kind: str, question: str) -> Made:
    """A question in Japanese that can be asked alone: of some length, of something named, its quotes whole."""
    named = "「" in question or lexicon.names(question) or re.search(r"[ァ-ヴー]{3,}", question)
    if (
        quotes_whole(question)
        and named
        and SHORTEST <= len(question) <= LONGEST
        and not _POINTS.search(question)
    ):
        yield "ja", kind, question


def _said(part: Part, sentence: Sentence, text: str, names: list[Named], topic: str) -> Made:
    """What somebody whom the sentence names said, and of whom, else of what the title names."""
    who = speaker(sentence.text, (), part.article)
    if not who or who not in text or _POINTS.search(who) or not _is_somebody(who):
        return
    at = text.index(who)
    end = at + len(who)
    within = (n for n in names if at <= n.start < n.end <= end)
    own = next((n for n in within if re.fullmatch(TITLE, text[n.end : end])), None)
    others = [n for n in names if n.end <= at or n.start >= end]
    about = max(others, key=lambda n: (_weight(text[n.end :]), -n.start), default=None)
    how = next(asked for verb, asked in _SAYING if re.search(verb, text))
    who = _OFFICE_BEFORE.sub("", who)
    if about is None or _weight(text[about.end :]) < 4:
        if topic:
            yield from _fit("said", f"{who}は{topic}について{how}")
        elif own is None or text[own.start : own.end] not in abroad():  # whom all know speaks often
            yield from _fit("said", f"{who}は{how}")
        if own and own.en and text[own.start : own.end] not in abroad():
            yield from in_both("said", "What did {s} say?", "{s}说了什么？", own, own)
        return
    titled = re.compile(f".{{{about.end - about.start}}}{TITLE}").match(text, about.start)
    yield from _fit("said", f"{who}は{titled and titled[0]}について{how}")
    if own:
        yield from in_both("said", "What did {s} say about {o}?", "{s}对{o}说了什么？", own, about)


def _is_somebody(who: str) -> bool:
    if len(who) < 3 or "の" in who or _OUTLET.search(who):
        return False
    return _is_named(who)


def _is_named(who: str) -> bool:
    """Whether there is a proper name, known to the dictionary or one in katakana that somebody bears."""
    return bool(lexicon.names(who)) or bool(
        re.search(r"[ァ-ヴー]{2,}(?:・[ァ-ヴー]+|[一-龥])", who)
    )


def _topic(title: str | None) -> str:
    """What an article is on: the first piece of its title that is a noun."""
    for piece in re.split(r"[、。:：\s　?？!！|/]+", title or ""):
        if _NOUN_PHRASE.fullmatch(piece) and piece.count("「") == piece.count("」"):
            return piece
    return ""


def _weight(behind: str) -> int:
    return next((weight for weight, marks in _BESIDE if re.match(f"{TITLE}(?:{marks})", behind)), 0)
