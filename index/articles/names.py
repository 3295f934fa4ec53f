"""Names in mastheads: who wrote, which agency sent, who holds the copyright. Says None when unsure."""

import re

from index.articles.chrome import CHROME_WORDS
from index.text.characters import nfkc

# Agencies as datelines print them; those that are to be shown by another name.
_AGENCIES = {
    name.lower(): name
    for name in ("ロイター", "共同通信", "時事通信", "ブルームバーグ", "新華社", "聯合ニュース",
                 "中央社", "タス通信", "朝鮮中央通信", "Reuters", "AFP", "AP", "UPI", "DPA", "CNN",
                 "BBC", "Bloomberg", "Kyodo", "Jiji", "Xinhua", "Yonhap")
} | {"共同": "共同通信", "時事": "時事通信"}  # fmt: skip
_JOINED = ("共同", "時事", "ロイター", "AFP")  # 【北京時事】: the agency follows the place at once
_BRACKETED = re.compile(r"[\[【(〔]([^\]】)〕]{2,40})[\]】)〕]")
_LATIN_DATELINE = re.compile(r"[A-Z][\w .,/'-]{1,60}\(([A-Za-z]+)\)\s*[-–—]")
_CHINESE_DATELINE = re.compile(r"(新华社|新華社|中新社|中央社)[^。]{0,16}[电電]")

_ROLE = "取材・文|文・写真|写真・文|文責|文|執筆者?|著者?|筆者|記者|ライター|寄稿|作者|撰文|記者"
_JAPANESE_BYLINE = re.compile(
    rf"[(【\[]?(?:{_ROLE})(?:\s*[/:=・]\s*|\s+)([^。」]{{2,40}}?)[)】\]]?"
)
_TRAILING_ROLE = re.compile(r"([^\s。、」]{2,12}(?:\s[^\s。、」]{1,8})?)\s*(?:\(記者\)|記者)")
_FULL_NAME = r"[一-龥々]{1,4}[ \u3000][一-龥々ぁ-んァ-ヶ]{1,4}|[ァ-ヶー]{2,}(?:・[ァ-ヶー]+)+"
_NAME_THEN_ROLE = re.compile(
    rf"(?:(?:筆者|著者|執筆)\s*[,:]\s*)?({_FULL_NAME})\s*[:、,(]\s*[^。、]{{0,16}}"
    r"(?:記者|研究者|編集者|作家|評論家|ライター|コラムニスト|ジャーナリスト|アナリスト|委員|特派員|教授)\)?"
)
_CORRESPONDENT = re.compile(r"【[^】=]{1,15}=([一-龥々ぁ-んァ-ヶー・ ]{2,12})】")
_ENGLISH_BYLINE = re.compile(r"By:?\s+(.{3,120})", re.IGNORECASE)
_WORD = r"[A-Z][a-zÀ-ɏ]+(?:['’-][A-Z]?[a-zÀ-ɏ]+)*|(?:Mc|Mac|O['’]|D['’])[A-Z][a-zÀ-ɏ]+"
_LATIN_NAME = re.compile(rf"(?:{_WORD})(?:\s+(?:[A-Z]\.|{_WORD}|de|van|von|der|bin|al)){{1,3}}")
_LATIN_WORDS = re.compile(rf"(?:{_WORD})(?:\s+(?:[A-Z]\.|{_WORD}))+")
_NAME = re.compile(
    r"[^\d\s。、！？「」（）()/:|]{1,12}(?:[\s・=][^\d\s。、！？「」（）()/:|]{1,12}){0,3}"
)
_SPLIT = re.compile(r"\s*(?:[,、/&;]|\band\b)\s*")
# English words of navigation bars, capitalised as names are, beside those that chrome knows.
_NAVIGATION_WORDS = """
    account africa all america americas analysis archive archives article articles arts back best
    blog book books breaking briefing buy by campus career category center central challenging
    china city climate column columns comment comments community company content copyright
    corporate country daily data day deals design digest digital east economy edition editor
    editorial editors education energy environment essay events exclusive family fashion features
    film finance financial follow food for free from games general get global green group guide
    house image images india info innovation innovator inside insight international interview
    investing is issue japan japanese jobs join journal korea latest law learn legal life links
    living local magazine mail main map market markets media member members middle mobile money
    most movies music my national nature new newsletter newsletters newsroom next north notice
    office official on online opinions our page pages partner people personal photo photos picks
    picture podcast podcasts popular post press previous product products profile project property
    publishing ranking read real recent recommended record related report reports research review
    reviews sale school section sections security see series services shop show site sitemap social
    society solutions south special sponsored sport stage start stories story strategy studies
    subscription support sustainability television the this times tips to today topic topics trade
    trending trends up view views war watch web week weekend weekly west why wonderful work year
    york you your"""
_NAVIGATION = CHROME_WORDS.union(_NAVIGATION_WORDS.split())
_COPYRIGHT = re.compile(
    r"(?:copyright|©|\(c\))[\s:©]*(?:\(c\))?\s*(?:[0-9]{4}(?:\s?[-–—]\s?[0-9]{2,4})?年?)?[\s,.]*(?:by\s+)?"
    r"(?P<holder>[^©]{2,60})",
    re.IGNORECASE,
)
_HOLDER_END = re.compile(r"[,.]?\s*(?:all rights|無断|禁無断|[(]|\.\s|$|[0-9]{4})", re.IGNORECASE)


def agency(line: str) -> str | None:
    """Name the news agency whose dateline a line begins with: ［ワシントン 21日 ロイター］."""
    line = nfkc(line).lstrip()
    if latin := _LATIN_DATELINE.match(line):
        return _AGENCIES.get(latin[1].lower())
    if chinese := _CHINESE_DATELINE.match(line):
        return chinese[1]
    bracketed = _BRACKETED.match(line)
    for word in reversed(re.split(r"[\s=/,、・]+", bracketed[1] if bracketed else "")):
        if word.lower() in _AGENCIES:
            return _AGENCIES[word.lower()]
        if ending := next((name for name in _JOINED if word.endswith(name)), None):
            return _AGENCIES[ending.lower()]
        if word.startswith("中央社"):
            return "中央社"
    return None


def byline(line: str) -> tuple[str, ...]:
    """Read the names from a line that says it names the writer: 文／山田太郎, By Jane Doe."""
    line = nfkc(line).strip()
    if english := _ENGLISH_BYLINE.fullmatch(line):
        parts = [part.removeprefix("By ") for part in _SPLIT.split(english[1])]
        return tuple(part for part in parts if _LATIN_NAME.fullmatch(part))
    if named := _NAME_THEN_ROLE.fullmatch(line):
        return (named[1],)
    japanese = _JAPANESE_BYLINE.fullmatch(line) or _TRAILING_ROLE.fullmatch(line)
    if not japanese:
        return ()
    parts = _SPLIT.split(japanese[1].strip())
    return tuple(parts) if all(map(_NAME.fullmatch, parts)) else ()


def correspondent(line: str) -> tuple[str, ...]:
    """Read the name from the dateline a line begins with: 【ロンドン＝山田太郎】."""
    found = _CORRESPONDENT.match(nfkc(line))
    return (found[1],) if found and not agency(line) else ()


def latin_names(line: str) -> tuple[str, ...]:
    """Read a line made of Latin personal names only; () when it may be anything else.

    Without commas between them, names of two words each are what such a line holds; an odd number
    of words could be parted in more than one way, unless an initial tells.
    """
    line = nfkc(line).strip()
    if {word.strip(".,").lower() for word in line.split()} & _NAVIGATION:
        return ()
    parts = _SPLIT.split(line)
    if len(parts) > 1:
        return tuple(parts) if all(map(_LATIN_NAME.fullmatch, parts)) else ()
    if not _LATIN_WORDS.fullmatch(line):
        return ()
    # An initial belongs to the word before it.
    words = re.sub(r"\s+([A-Z]\.)", "\u00a0\\1", line).split(" ")
    if len(words) % 2 or len(words) > 12:
        return ()
    pairs = zip(words[::2], words[1::2], strict=True)
    return tuple(f"{first} {last}".replace("\u00a0", " ") for first, last in pairs)


def copyright_holder(lines: tuple[str, ...]) -> str | None:
    """Read who holds the copyright from lines such as ``Copyright © 2025 みどり新聞社``."""
    lines = tuple(nfkc(line) for line in lines)
    at_start = [_COPYRIGHT.match(line) for line in lines]  # a caption has its © at the end
    for found in [*at_start, *map(_COPYRIGHT.search, lines)]:
        if found:
            holder = _HOLDER_END.split(found["holder"])[0].strip(" .,-–—|")
            if re.search(r"[^\W\d_]{2}", holder):
                return holder
    return None
