"""Whose claim or view a sentence is: the speaker it names, else the article's writer, else nobody's.

A sentence is somebody's when its predicate is one of saying or judging behind と (…と述べた、…との見方を
示した), or it opens with a source (X氏によると、X氏の見立てでは). The speaker is the noun that は or が marks
beside that predicate or before it, else one of the sentences quoted before. A sentence that ends in a
judgement without any of this (…だろう、…べきだ) is the writer's. All else is plain reporting.

What it does not know: a verb in the middle of a sentence that goes on to something else, who a document
speaks for (調査によると), and a speaker left out whose clause begins with another one's name (ロシアは和平を
望まないと述べた). Each pattern was left out in turn over 2,057 sentences of newsqa; those that changed none
of them, of the answers to four question sets and of the tests are gone.
"""

import itertools
import re
from collections.abc import Iterator, Sequence

from index.questions import lexicon
from index.records import Article

_WRITER = "筆者"
_ENCLOSED = re.compile(r"「[^「」]*」|『[^『』]*』|（[^（）]*）|\([^()]*\)")


def _any(*words: str) -> str:
    return "(?:" + "|".join(word for line in words for word in line.split()) + ")"


_NOUNS = r"[一-龥々〆ヶァ-ヴーA-Za-zＡ-Ｚａ-ｚ0-9０-９・＿.＝=&]+"
_NAME = re.compile(
    rf"(?:{_NOUNS}の)?{_NOUNS}(?:[ぁ-ん]{{0,6}}(?:さん|ちゃん|くん|氏|代表|会長|社長|教授|監督|議員|[県市町]議|知事|[市町村院]長)|ら|たち)?$|[ぁ-ん]{{2,6}}さん$"
)  # at the end of a phrase, with one noun before it
_CAN_SPEAK = re.compile(
    _any(
        "[家者員長官相臣師士手側党社紙省庁府局署院会軍人孫親団職司督市県町村区国連盟族隊主客生民夫妻父母]",
        "政府 政権 当局 大統領 首相 主席 書記 知事 教授 大使 幹部 メンバー リーダー トップ スポークスマン 筋",
        "学部 大学 研究所 企業 銀行 組合 機構 機関 チーム メディア シンクタンク 新聞 日報 通信 放送 テレビ",
        "県議 市議 町議 代表 アナリスト エコノミスト ジャーナリスト コメンテーター 論考 論文 社説 論評 コラム 書評 漁師 農家",
        "被告 原告 男性 女性 人々 一人 ら たち 氏 さん さま 様 ちゃん くん",
    )
    + "$"
)  # how the name of one that can speak may end, where the dictionary knows no name
_PERSON = re.compile("(?:氏|さん|さま|様|ちゃん|くん)$")
_FIRST_PERSON = re.compile(r"(?:筆者|私|わたし|我々|われわれ|小生|本稿|本紙|小紙)(?:たち|ら)?")
_ANAPHOR = re.compile(r"同(?:氏|社|紙|国|省|党|市|県|庁|局|会|研究所|大学)|彼(?:女|ら)?|[こそ]の.+")
_DOCUMENT = re.compile(
    _any(
        "調査 統計 記録 資料 発表 データ 法 法律 条例 報告 報告書 計画 規則 規定 伝説 文献 文書 碑文 言い伝え",
        "標語 題 日誌 記事 報道 図 表 推計 集計 解析 研究 実験 観測 計算 決定 ところ こと 場合 時期 地域 種類",
    )
    + "$"
)  # what によると may follow that is nobody

_VIEW = _any(
    "見方 見解 考え 認識 意見 コメント 懸念 疑問 不満 期待 立場 判断 分析 予想 予測 憂慮 不安 危機感 憤り 怒り",
    "位置付け 位置づけ",
)
_SHOW = _any("示 出し 述べ 語 表 明 漏 呈 抱 強め 口に 発表 公表")
_SAY = _any(
    "述べ 語[っるり] 話[しす] 言[っうい] 評[しす] 断[っる] 見込[んみ] 見通 見て (?<![一-龥])み(?=る|て|た|$) 考え",
    "指摘 批判 主張 強調 説明 分析 警告 警鐘を鳴ら 非難 懸念 評価 予測 予想 明示 断定 断言 明言 表明 発言 訴え",
    "反論 反発 論じ 結論 推測 推定 期待 提言 呼び[か掛]け 答え 回答 答弁 求め 振り返 書[いくき] 記[すし] 宣言",
    "打ち明け 明らかに 明か[しす] 報じ 伝え 嘆 称賛 示唆 疑問視 問題視 対比 力説 問[いう] 胸を張 口をそろえ",
    f"{_VIEW}[をも]{_SHOW}",
)
_ENDS = (
    r"(?:[ぁ-ん]{0,10}$|(?:[しりえいきべ]て?|して|って|んで)?、"
    r"|(?:する|した)(?:声明|談話|コメント|意見書|報告書?)を[一-龥ぁ-ん]{1,6}$)"
)
_SAID = re.compile(
    rf"(?:(?<![こもひっ])と(?:の|も|は)?|って|こう|そう|このように)、?(?P<by>[^、。＿と]{{0,24}}?){_SAY}"
    rf"(?!さ?れ|られ|[まわかさ]れ|せ){_ENDS}"
    r"|(?<=[るいただくすつぬぶぐむ])と(?:し(?:た|て|、)|する)(?:いる|おり)?(?:$|、)"
    r"|(?:(?<=[だたる])|(?<=ない))として(?![はも])(?![^、]*[^ら]れ(?:、|た|て))"
    r"|(?<=＿)と[^、。＿]{0,10}(?:喜[んび]|歓迎|支持|賛成|反対|疑問視|笑[っうい]|憤|悔し|意気込|胸をなで|肩を落と|繰り返)[^、。＿]{0,12}$"
    rf"|を[^、。＿を]{{0,8}}(?:疑問視|懸念|批判|非難|強調|指摘|問題視|評価)(?:す|し(?!ない))[ぁ-ん]{{0,7}}$"
    rf"|(?:に|への){_VIEW}[をも]{_SHOW}[ぁ-ん]{{0,8}}$"
)  # ``by`` is what stands between と and the verb
_SOURCE = re.compile(
    r"(?:^|、)(?P<name>[^、。は]{1,60}?)(?:によ(?:ると|れば)(?!とも)|に言わせ(?:ると|れば)"
    rf"|の(?:{_VIEW}|見立て|見通し|評価|説明|話|解釈|主張)(?:で(?:は|も)|によ(?:ると|れば)))"
)
_TOPIC = re.compile(
    r"(?P<name>[^、。]+?)(?<![でにと])(?<!から)[はも](?![ずや]|[ぁ-ん]{1,4}(?:さん|氏|ちゃん|くん))"
)
_SUBJECT = re.compile(r"(?P<name>[^、。はも]+?)が(?=[、＿]|$)")
_ANY_SUBJECT = re.compile(r"(?P<name>[^、。はも]+?)が")
_JUDGED = re.compile(
    _any(
        "(?:だろう|でしょう|であろう)か? べき(?:だ|である|です|だった|でない|ではない|でしょう)?",
        "(?<=[ぁ-ん])と(?:は|も)?(?:思わ|考えら|見ら|みら)れ(?:る|ます) ではない(?:だろう|でしょう|の)?か",
        "に(?:違い|相違)(?:ない|ありません) はず(?:だ|である|です) かも(?:しれ|知れ)(?:ない|ません)",
        "と(?:も|は)?(?:言|い)え(?:る|ます|よう) と(?:言|い)わざるを[得え](?:ない|ません)",
        "(?:可能性|見込み|公算)(?:が|は)[^、。が]{0,6}(?:高|大き|強)い(?:です)?",
    )
    + "$|(?:^|、)(?:私|わたし|我々|われわれ|小生)(?:たち|ら)?[はがも]"
)  # how a sentence ends that judges, or one speaks of oneself


def speaker(sentence: str, before: Sequence[str], article: Article) -> str | None:
    """Return whose claim or view a sentence is, as written; None for plain reporting.

    Args:
        sentence: The sentence.
        before: The sentences quoted before it, in reading order.
        article: Where it stands; tells who wrote it.
    """
    plain = _plain(sentence)
    if plain == "＿":  # words alone are of whom the sentence before is about
        return (
            next(filter(can_speak, _marked(_TOPIC, _plain(before[-1]))), None) if before else None
        )
    if name := _source(plain):
        return _resolved(name, before, article)
    *_, said = (None, *_SAID.finditer(plain))
    if said is None:
        return _writer(article) if _JUDGED.search(plain) else None
    head = plain[: said.start()]
    if name := _subject(head, said["by"] or ""):
        return _resolved(name, before, article)
    return None if _TOPIC.search(head) else _spoken_of(before, article)


def is_judgement(sentence: str) -> bool:
    """Whether a sentence is its writer's own judgement, and gives nobody else's words."""
    plain = _plain(sentence)
    return bool(_JUDGED.search(plain)) and not (_source(plain) or _SAID.search(plain))


def _plain(sentence: str) -> str:
    """The sentence with what it quotes blotted out, in brackets left out, and without its full stop."""
    while _ENCLOSED.search(sentence):
        sentence = _ENCLOSED.sub(lambda found: "＿" if found[0][0] in "「『" else "", sentence)
    return sentence.strip().rstrip("。．.！!？?…」』")


def _source(plain: str) -> str | None:
    found = _SOURCE.search(plain)
    name = _core(found["name"]) if found else None
    return None if name and _DOCUMENT.search(name) else name


def _subject(head: str, by: str) -> str | None:
    """The speaker that a sentence names: beside the verb of saying, else before what is said."""
    topics = [*_marked(_TOPIC, head)]
    candidates = itertools.chain(
        _marked(_TOPIC, by),
        _marked(_SUBJECT, by),
        reversed(topics) if head.endswith("＿") else topics,
        _marked(_SUBJECT, head),
    )
    return next(filter(can_speak, candidates), None)


def _marked(particle: re.Pattern[str], clause: str) -> Iterator[str]:
    """The names that a particle marks, in order."""
    cores = (_core(found["name"]) for found in particle.finditer(clause))
    return (name for name in cores if name)


def _core(phrase: str) -> str | None:
    """The name at the end of a phrase: 港湾研究会の篠田健吾氏 to 篠田健吾氏."""
    phrase = phrase.replace("＿", "")
    if (found := _NAME.search(phrase)) is None:
        return None
    tail = found[0].rpartition("の")[2]
    titled = "・" in tail or _CAN_SPEAK.search(tail)
    person = _ends_in(tail, "人名") or (titled and lexicon.names_of_kind(tail, "人名"))
    if person or _PERSON.search(tail):
        return tail
    joined = phrase[: found.start()].endswith(("と", "や"))  # 学者や役人
    first = _NAME.search(phrase[: found.start() - 1]) if joined else None
    return phrase[first.start() :] if first and can_speak(first[0]) else found[0]


def _ends_in(text: str, *kinds: str) -> bool:
    """Whether the last word of a text is a name of a kind."""
    last = [term for term, _ in lexicon.words(text)][-1:]
    return any(last[0] in lexicon.names_of_kind(text, kind) for kind in kinds if last)


def can_speak(name: str) -> bool:
    """Whether a name is that of one that can speak: a person, an office, a body or a place."""
    known = _CAN_SPEAK.search(name) or _FIRST_PERSON.fullmatch(name) or _ANAPHOR.fullmatch(name)
    return bool(known) or _ends_in(name, "人名", "地名")


def _resolved(name: str, before: Sequence[str], article: Article) -> str:
    if _FIRST_PERSON.fullmatch(name):
        return _writer(article) if name != _WRITER else "、".join(article.authors) or name
    if _ANAPHOR.fullmatch(name):
        return _spoken_of(before, article) or name
    return name


def _spoken_of(before: Sequence[str], article: Article) -> str | None:
    """Who speaks in the nearest sentence quoted before, else who is spoken of."""
    if said := _speaker_before(before, article):
        return said
    for plain in map(_plain, reversed(before)):
        for name in (*_marked(_TOPIC, plain), *_marked(_ANY_SUBJECT, plain)):
            if can_speak(name) and not _ANAPHOR.fullmatch(name):
                return name
    return None


def _speaker_before(before: Sequence[str], article: Article) -> str | None:
    every = (speaker(before[at], before[:at], article) for at in reversed(range(len(before))))
    return next(filter(None, every), None)


def _writer(article: Article) -> str:
    return "、".join(article.authors) or article.publisher or _WRITER
