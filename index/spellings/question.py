"""A question's names as the articles write them: ぜれんすきー, キッシンジャ, Zelensky, 泽连斯基.

Kana is replaced; a word in Latin letters or Chinese is followed by the name in brackets. Left alone
is what stands in the articles, what Sudachi knows as a word, and hiragana that it reads with ease.
What it does not know: names that mean the same but sound otherwise (德国, Germany, ドイツ).
"""

import re
from collections.abc import Iterator
from functools import partial
from itertools import combinations
from typing import Protocol

from index import lexicon, sounds
from index.spellings.names import (
    HAN,
    KATAKANA,
    Names,
    is_name,
    near,
    same,
    slipped,
)

GAIN = 5000
"""What a name must save in the cost of Sudachi's lattice where it takes the place of hiragana."""
LIMIT, LIMIT_PLAIN = 0.2, 0.14
"""The distance up to which a word in another script is the name nearest to it; the second for what
does not look like one: a word without a capital, two Chinese characters."""
LONGEST = 14
"""Hiragana a name may have."""

_KANA = re.compile(r"[ぁ-ヺ]")
_HIRAGANA = re.compile(r"[ぁ-ゖー]{3,}")
_WORD_END = re.compile(r"[はがをにのとへもでや]|(?![ぁ-ゖー])")
_LATIN = re.compile(r"[^\W\d_ぁ-ヿ㐀-鿿]{2,}(?: [^\W\d_ぁ-ヿ㐀-鿿]{2,})*")
_TRANSCRIPTION = re.compile(
    "[阿埃艾爱安昂奥澳巴拜班邦包保鲍贝本比彼毕别宾波伯博布查察茨达戴代丹当道德登邓迪地蒂丁东杜度敦顿多厄恩尔法凡范"
    "方菲费芬丰冯佛夫弗福富伽盖甘冈高哥戈格根贡古顾圭哈海汉豪赫黑亨洪侯胡华怀惠霍基吉加迦贾简杰捷金津京君喀卡开凯坎"
    "康考柯科可克肯孔库夸奎昆拉莱赖兰朗劳勒雷黎里理利立连良列林琳龙隆柳卢鲁路伦仑罗洛吕律马玛迈麦曼芒毛梅门蒙孟米密敏"
    "明缪摩莫墨默姆穆拿纳娜乃奈南内尼涅宁牛纽农努诺欧帕派潘庞佩彭蓬皮匹平破珀普浦奇齐契恰钱乔切钦琼丘邱让热仁日茹儒"
    "瑞若撒萨塞赛桑瑟森沙莎山尚绍舍申沈生胜圣盛施什石史士舒朔司丝斯思松苏素索所塔泰坦汤唐陶特腾提铁廷通图托陀妥瓦万"
    "汪旺威韦维委魏温文翁沃乌吾武西希锡席夏先香肖小谢辛欣新兴雄休许叙逊雅亚延扬杨耶叶伊因英尤约泽曾扎詹章芝兹珠卓祖佐]{2,}"
)
"""The characters that Chinese writes foreign names with.

Source: the transcription tables of the Xinhua agency,
https://en.wikipedia.org/wiki/Transcription_into_Chinese_characters.
"""


class Terms(Protocol):
    """The terms of the articles."""

    def __contains__(self, term: str, /) -> bool:
        """Whether any article holds a term."""


def respell(question: str, names: Names, known: Terms) -> str:
    """Return the question with its misspelt and foreign names as the articles write them.

    Args:
        question: As asked.
        names: Those of the articles, as ``collect`` gives them.
        known: The terms of the articles.
    """
    question = KATAKANA.sub(lambda word: _from_katakana(word[0], names, known), question)
    question = _from_hiragana(question, names)
    question = _LATIN.sub(partial(_from_latin, names=names, known=known), question)
    return (
        question if _is_japanese("".join(HAN.findall(question))) else _from_chinese(question, names)
    )


def _from_katakana(word: str, names: Names, known: Terms) -> str:
    """Return a word in katakana, or the name it was meant to be."""
    if _stands(word, known):
        return word
    parts = lexicon.morphemes(word)
    a_word = len(parts) == 1 and not parts[0].is_oov() and is_name(parts[0])
    sound = sounds.of_kana(word)
    name = same(sound, names, least=5 if a_word else 3)
    if not name and not a_word:
        name = slipped(sound, names, least=4)
    if name or len(parts) == 1:
        return name or word
    return "".join(_from_katakana(part.surface(), names, known) for part in parts)


def _from_hiragana(question: str, names: Names) -> str:
    """Write names in hiragana as the articles do, if Sudachi then reads the question with more ease.

    What it cannot read as words costs it much: ぜれんすきー 36,000 more than ゼレンスキー.
    """
    while _HIRAGANA.search(question):
        parts = lexicon.morphemes(question)
        found = sorted(_respelled(question, [(p.begin(), p.end()) for p in parts], names))
        most = parts.get_internal_cost() - GAIN
        easier = (text for *_, text in found if lexicon.morphemes(text).get_internal_cost() < most)
        respelled = next(easier, None)  # rather no slip than one, rather a long name than a short
        if respelled is None:
            break
        question = respelled
    return question


def _respelled(
    question: str, parts: list[tuple[int, int]], names: Names
) -> Iterator[tuple[bool, int, str]]:
    """Yield the question with a name for each span of hiragana that may be one, slips marked."""
    for start, end in _spans(question, parts):
        sound = sounds.of_kana(question[start:end])
        name = same(sound, names, least=3)
        slip = not name and _WORD_END.match(question, end) is not None
        found = slipped(sound, names, least=5) if slip else name
        if found and found not in question:
            yield slip, start - end, question[:start] + found + question[end:]


def _spans(question: str, parts: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the spans of hiragana that begin as a morpheme does and reach beyond it."""
    for run in _HIRAGANA.finditer(question):
        for start, end in parts:
            if run.start() <= start < run.end():
                stops = range(max(start + 3, end + 1), min(run.end(), start + LONGEST) + 1)
                yield from ((start, stop) for stop in stops)


def _from_latin(found: re.Match[str], names: Names, known: Terms) -> str:
    """Add the names that words in Latin letters sound like; a first name with the last."""
    words, out = found[0].split(" "), list[str]()
    japanese = bool(_KANA.search(found.string))
    if japanese and (len(words) > 2 or _stands(found[0], known)):
        return found[0]  # a title, or what the articles themselves write so
    while words:
        sizes = (2, 1) if len(words) > 1 else (1,)
        size, name = next(
            ((n, name) for n in sizes if (name := _named(words[:n], names, known))), (1, None)
        )
        out.append(" ".join(words[:size]) + (f" ({name})" if name else ""))
        words = words[size:]
    return " ".join(out)


def _named(words: list[str], names: Names, known: Terms) -> str | None:
    """Return the name of one or two words; two, or a short one, must be written with capitals."""
    sound = sounds.of_latin(" ".join(words))
    capital = all(word[0].isupper() and not word.isupper() for word in words)
    if capital and (name := same(sound, names, least=3)):
        return name
    if sounds.consonants(sound) < (3 if capital else 4) or len(words) > capital + 1:
        return None
    if not capital and _stands(words[0], known):
        return None
    distance, name = near(sound, names)
    return name if distance <= (LIMIT if capital else LIMIT_PLAIN) else None


def _from_chinese(question: str, names: Names) -> str:
    """Add the names that Chinese words sound like, or that Japanese writes with other characters."""
    marks = _transcribed(question, names) | _rewritten(question, names)
    for end in sorted(marks, reverse=True):
        question = f"{question[:end]}（{marks[end]}）{question[end:]}"
    return question


def _rewritten(question: str, names: Names) -> dict[int, str]:
    """Return the names of one sound that differ in characters Japanese lacks: 习近平 is 習近平."""
    marks = {}
    for run in HAN.finditer(question):
        for start, end in combinations(range(run.start(), run.end() + 1), 2):
            if 3 <= end - start <= 4:
                word = question[start:end]
                name = same(sounds.of_chinese(word), names, least=2)
                if name and name != word and _differ_in_form(word, name):
                    marks[end] = name
    return marks


def _differ_in_form(word: str, name: str) -> bool:
    return len(word) == len(name) and all(
        a == b or not _is_japanese(a) for a, b in zip(word, name, strict=True)
    )


def _transcribed(question: str, names: Names) -> dict[int, str]:
    marks = {}
    for run in _TRANSCRIPTION.finditer(question):
        sound = sounds.of_chinese(run[0])
        if sounds.consonants(sound) > 2:
            distance, name = near(sound, names)
            if distance <= (LIMIT if len(run[0]) > 2 else LIMIT_PLAIN):
                marks[run.end()] = name
    return marks


def _is_japanese(text: str) -> bool:
    """Whether a text can be written in the characters of JIS X 0208."""
    return text.encode("shift_jis", "ignore").decode("shift_jis") == text


def _stands(word: str, known: Terms) -> bool:
    """Whether all terms of a word stand in the articles."""
    terms = lexicon.terms(word)
    return bool(terms) and all(term in known for term in terms)
