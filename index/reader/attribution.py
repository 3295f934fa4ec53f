"""Whose claim or view a sentence is: the speaker it names, else the article's writer, else nobody's.

A sentence is somebody's when its predicate is one of saying or judging behind と (…と述べた、…との見方を
示した), or it opens with a source (X氏によると、X氏の見立てでは). The speaker is the noun that は or が marks
between と and that predicate, else the first one in the sentence that can speak, else one of the
sentences quoted before it. A sentence that ends in a judgement without any of this (…だろう、…べきだ) is
the writer's. All else is plain reporting.

What it does not know: a verb in the middle of a sentence that goes on to something else, hearsay
without a source (…という), who a document speaks for (調査によると), and a speaker left out whose
clause begins with another one's name (ロシアは和平を望まないと述べた).
"""

import itertools
import re
from collections.abc import Iterator, Sequence

from index import lexicon
from index.records import Article

_WRITER = "筆者"
_FIRST_PERSON = re.compile(r"(?:筆者|私|わたし|我々|われわれ|小生|本稿|本紙|小紙)(?:たち|ら)?")
_ANAPHOR = re.compile(
    r"同(?:氏|社|紙|国|省|党|市|県|庁|局|会|研究所|大学)|彼(?:女|ら)?|この.+|その.+"
)

_ENCLOSED = re.compile(r"「[^「」]*」|『[^『』]*』|（[^（）]*）|\([^()]*\)")
_NOUNS = r"[一-龥々〆ヶァ-ヴーA-Za-zＡ-Ｚａ-ｚ0-9０-９・＿.＝=&]+"
_NAME = re.compile(
    rf"(?:{_NOUNS}の)?{_NOUNS}(?:[ぁ-ん]{{0,6}}(?:さん|ちゃん|くん)|ら|たち)?$|[ぁ-ん]{{2,6}}さん$"
)
_WHEN = re.compile(r"(?:一方|当時|現在|後年)(?=..)")
_PERSON = re.compile(r"(?:氏|さん|さま|様|ちゃん|くん)$")
_CAN_SPEAK = re.compile(
    r"(?:[家者員長官相臣師士手側党社紙省庁府局署院会軍人孫親団職司督市県町村区国]|政府|政権|当局|大統領|首相|主席|書記|知事|教授|大使|学部"
    r"|大学|研究所|企業|銀行|組合|機構|機関|幹部|新聞|日報|通信|放送|テレビ|アナリスト|エコノミスト|ジャーナリスト|メンバー"
    r"|コメンテーター|スポークスマン|リーダー|トップ|メディア|シンクタンク|論考|論文|社説|論評|コラム|書評|筋|住民|国民|市民"
    r"|漁師|農家|一人|ら|たち|氏|さん)$"
)
_DOCUMENT = re.compile(
    r"(?:調査|統計|記録|資料|発表|データ|法|法律|条例|報告|報告書|計画|規則|規定|伝説|文献|文書|碑文|言い伝え|日誌|記事|報道|図"
    r"|表|推計|集計|解析|研究|実験|観測|計算|決定|ところ|こと|場合|時期|地域|種類)$"
)

_VIEW = "(?:見方|見解|考え|認識|意見|懸念|疑問|不満|期待|立場|判断|分析|予想|予測|憂慮|危機感|位置付け|位置づけ)"
_ACTIVE = r"(?!さ?れ|られ|[まわかさ]れ|せ)"
_SAY = (
    r"(?:述べ|語[っるり]|話[しす]|言[っうい]|指摘|批判|主張|強調|説明|分析|警告|警鐘|非難|懸念|評価|評[しす]|予測|予想|明示"
    r"|見込[んみ]|見て|(?<![一-龥])み(?=る|て|た|$)|考え|断定|断言|断[っる]|明言|表明|発言|訴え|反論|反発|論じ|結論|推測|推定"
    r"|期待|提言|呼び[か掛]け|答え|回答|振り返|書[いくき]|記[すし]|宣言|打ち明け|明らかに|明か[しす]|報じ|伝え|嘆|称賛|示唆"
    rf"|疑問視|問題視|対比|力説|問[いう]|{_VIEW}[をも](?:示|述べ|語|表|明|漏|呈|抱|強め|口に))"
)
_ENDS = r"(?:[ぁ-ん]{0,10}$|(?:[しりえいきべ]て?|して|って|んで)?、)"
_SAID = re.compile(
    rf"(?:(?<![こもひ])と(?:の|も|は)?|って|こう|そう|このように)、?(?P<by>[^、。＿と]{{0,24}}?){_SAY}{_ACTIVE}{_ENDS}"
    rf"|(?<=[るいただくすつぬぶぐむ])と(?P<so>{_NOUNS}は)?(?:し(?:た|て|、)|する)(?:いる|おり)?(?:$|、)"
    r"|を[^、。＿を]{0,8}(?:疑問視|懸念|批判|非難|強調|指摘|問題視|評価)(?:す|し(?!ない))[ぁ-ん]{0,7}$"
    r"|可能性(?:に(?:触れ|言及)|を(?:指摘|示唆))[ぁ-ん]{0,8}$"
    r"|(?:根拠|理由|例|要因|原因|背景)(?:として|に)、?[^。]+を挙げ[ぁ-ん]{0,6}$"
)
_AIMED = re.compile(r"を[^、。は]{1,4}とす")  # AをBとする: no words of anyone
_DONE_TO = re.compile(r"こと(?:に対し|を受け)て?、")
_CLAUSE = re.compile(rf"(?:ものの|ており)、|{_DONE_TO.pattern}")  # what follows has its own subject
_SOURCE = re.compile(
    r"(?:^|、)(?P<name>[^、。は]{1,60}?)"
    rf"(?:によ(?:ると|れば)(?!とも)|に言わせ(?:ると|れば)|の(?:{_VIEW}|見立て|見通し|評価|説明|話|解釈|主張)(?:で(?:は|も)|によ(?:ると|れば)))"
    rf"|^(?:[^、]{{1,6}}、)?(?P<among>[^、。は]{{1,40}}?)(?:の間)?では、?.+と(?:の|いう)(?:{_VIEW}|声)[がも]"
)
_TOPIC = re.compile(r"(?P<name>[^、。]+?)(?<![でにと])(?<!から)[はも](?![ずや])")
_SUBJECT = re.compile(r"(?P<name>[^、。はも]+?)が(?=[、＿]|$)")
_ANY_SUBJECT = re.compile(r"(?P<name>[^、。はも]+?)が")
_JUDGED = re.compile(
    r"(?:(?:だろう|でしょう|であろう)か?|べき(?:だ|である|です|だった|でない|ではない|でしょう)?"
    r"|(?<=[ぁ-ん])と(?:は|も)?(?:思わ|考えら|見ら|みら)れ(?:る|ます)|ではない(?:だろう|でしょう|の)?か"
    r"|に(?:違い|相違)(?:ない|ありません)|はず(?:だ|である|です)|かも(?:しれ|知れ)(?:ない|ません)"
    r"|と(?:も|は)?(?:言|い)え(?:る|ます|よう)|と(?:言|い)わざるを[得え](?:ない|ません)"
    r"|(?:可能性|見込み|公算)(?:が|は)[^、。が]{0,6}(?:高|大き|強)い(?:です)?)$"
)


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
    said = None if _AIMED.search(plain[-12:]) else _last_said(plain)
    if said is None:
        return _writer(article) if _JUDGED.search(plain) else None
    if named := _subject(plain, said):
        return _resolved(named, before, article)
    return None if _TOPIC.search(plain[: said.start()]) else _spoken_of(before, article)


def _last_said(plain: str) -> re.Match[str] | None:
    *_, last = (None, *_SAID.finditer(plain))
    return last


def _plain(sentence: str) -> str:
    """The sentence with what it quotes blotted out, in brackets left out, and without its full stop."""
    while (blotted := _ENCLOSED.sub(_blot, sentence)) != sentence:
        sentence = blotted
    return sentence.strip().rstrip("。．.！!？?…」』")


def _blot(match: re.Match[str]) -> str:
    return "＿" if match[0][0] in "「『" else ""


def _source(plain: str) -> str | None:
    found = _SOURCE.search(plain)
    name = _core(found["name"] or found["among"]) if found else None
    if name is None or not _DOCUMENT.search(name):
        return name
    owner = name.rpartition("の")[0]  # ロイター通信の報道
    return owner if owner and _speaks(owner) else None


def _subject(plain: str, said: re.Match[str]) -> str | None:
    """The speaker that the sentence names: beside the verb of saying, else before what is said."""
    head = plain[: said.start()]
    own = _CLAUSE.split(head)[-1]
    nearest = reversed(list(_marked(_TOPIC, own))) if own.endswith("＿") else ()
    candidates = itertools.chain(
        _marked(_TOPIC, said["by"] or said["so"] or ""),
        _marked(_SUBJECT, said["by"] or ""),
        nearest,
        _marked(_TOPIC, own),
        _marked(_SUBJECT, own),
        () if _DONE_TO.search(head) else _marked(_TOPIC, head),
    )
    return next((name for name in candidates if _speaks(name)), None)


def _marked(particle: re.Pattern[str], clause: str) -> Iterator[str]:
    """The names that a particle marks, in order."""
    cores = (_core(found["name"]) for found in particle.finditer(clause))
    return (name for name in cores if name)


def _core(phrase: str) -> str | None:
    """The name at the end of a phrase: 港湾研究会の篠田健吾氏 to 篠田健吾氏."""
    phrase = phrase.replace("＿", "")
    found = _NAME.search(phrase)
    if found is None:
        return None
    name = _WHEN.sub("", found[0])
    tail = name.rpartition("の")[2]
    if _PERSON.search(tail) or _names(tail, "人名"):
        return tail
    first = (
        _NAME.search(phrase[: found.start() - 1])
        if phrase[found.start() - 1 :][:1] in "とや"
        else None
    )
    return f"{first[0]}{phrase[found.start() - 1]}{name}" if first and _speaks(first[0]) else name


def _names(text: str, kind: str) -> bool:
    """Whether the last word of a text is a name of a kind."""
    last = list(lexicon.words(text))[-1:]
    return bool(last) and last[0][0] in lexicon.names_of_kind(text, kind)


def _speaks(name: str) -> bool:
    if _CAN_SPEAK.search(name) or _FIRST_PERSON.fullmatch(name) or _ANAPHOR.fullmatch(name):
        return True
    return _names(name, "人名") or _names(name, "地名")


def _resolved(name: str, before: Sequence[str], article: Article) -> str:
    if _FIRST_PERSON.fullmatch(name):
        return _writer(article) if name != _WRITER else "、".join(article.authors) or name
    if _ANAPHOR.fullmatch(name):
        return _spoken_of(before, article) or name
    return name


def _spoken_of(before: Sequence[str], article: Article) -> str | None:
    """Who speaks, or is spoken of, in the nearest sentence quoted before."""
    for at in range(len(before) - 1, -1, -1):
        if said := speaker(before[at], before[:at], article):
            return said
        plain = _plain(before[at])
        for name in (*_marked(_TOPIC, plain), *_marked(_ANY_SUBJECT, plain)):
            if _speaks(name) and not _ANAPHOR.fullmatch(name):
                return name
    return None


def _writer(article: Article) -> str:
    return "、".join(article.authors) or article.publisher or _WRITER
