"""A question's names as the articles write them: ぜれんすきー, キッシンジャ, Zelensky, 泽连斯基, Germany.

Kana is replaced; a word of another language is followed by the name in brackets. Countries, capitals
and the like are led to each other by ``places.tsv``, all other names by their sound: the very sound, a
slip of the finger in kana, and, to names in katakana alone, the likeness of a word in another script.
Left alone is what stands in the articles, what Sudachi knows as a word, and hiragana that it reads
with ease. What it does not know: which of two names of one sound is meant; the more frequent is taken.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import Protocol

import numpy as np

from index.questions import lexicon, sounds
from index.questions.followups import complete
from index.questions.question import Question, can_write, language_of, read_question
from index.questions.sounds import Names
from index.questions.tables import people, places_in, table
from index.questions.wants import wants
from index.records import Answer

VERSION = "names-3"
"""Names how names are gathered and sounded; changes when the same text would give others."""

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
_WORD = re.compile(r"[^ ]+")
_NOTE = re.compile(r"(?<=[A-Za-zÀ-ɏ.]) \(([^()]+)\)|(?<=[㐀-鿿々ァ-ヺー])（([^（）]+)）")
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


Name = tuple[str, str, str]
"""A name with its sound in Japanese and that of its characters in Mandarin; empty where it has none."""


class Terms(Protocol):
    """The terms of the articles."""

    def __contains__(self, term: str, /) -> bool:
        """Whether any article holds a term."""


def understand(
    question: str,
    names: Names,
    known: Terms,
    *,
    previous: str = "",
    answered: Callable[[], Answer] | None = None,
) -> Question:
    """Read a question as one that needs no other, its names as the articles write them.

    Args:
        question: As asked.
        names: Those of the articles, as ``collect`` gives them.
        known: The terms of the articles.
        previous: The question before, as understood.
        answered: Returns the answer to it, which is made again where a follow-up needs it.
    """
    spelt = sounds.KATAKANA.sub(lambda word: _from_katakana(word[0], names, known), question)
    spelt = _from_hiragana(spelt, names)
    before = _without_notes(previous, names)
    text = complete(spelt, before, answered) if before else spelt
    follow_up = text != spelt
    notes = _notes(wants(text).text, names, known)
    for end in sorted(notes, reverse=True):
        note = f" ({notes[end]})" if text[end - 1] < "⺀" else f"（{notes[end]}）"
        text = text[:end] + note + text[end:]
    return read_question(text, asked=question, follow_up=follow_up)


def count(texts: Iterable[str]) -> tuple[Counter[Name], Counter[str]]:
    """Count the names in texts, and the names of places that the table knows."""
    found: Counter[Name] = Counter()
    places: Counter[str] = Counter()
    for text in texts:
        for name, times in Counter(sounds.names_in(text)).items():
            found[_sounded(*name)] += times
        places.update(place[0] for place in places_in(text))
    return found, places


def choose(found: Mapping[Name, int], places: Mapping[str, int]) -> Names:
    """Return the names that ``count`` found in all texts; of names of one sound the most frequent."""
    best: dict[str, str] = {}
    ordered = sorted(found, key=lambda name: (-found[name], name))
    for name, sound, _ in ordered:
        best.setdefault(sound, name)
    for name, _, sound in ordered:
        best.setdefault(sound, name)  # Beijing, 习近平
    rows = sorted((s, name) for s, name in best.items() if 2 < len(s) <= sounds.LONGEST)
    named = sorted(places, key=lambda place: (-places[place], place))
    return {
        "sound": np.array([sound for sound, _ in rows], np.str_),
        "name": np.array([name for _, name in rows], np.str_),
        "foreign": np.array([bool(sounds.KATAKANA.fullmatch(name)) for _, name in rows], np.bool_),
        "place": np.array(named, np.str_),
    }


@lru_cache(maxsize=1 << 15)
def _sounded(name: str, reading: str) -> Name:
    is_chinese = len(name) > 1 and sounds.HAN.fullmatch(name)
    return name, sounds.of_kana(reading), sounds.of_chinese(name) if is_chinese else ""


def _from_katakana(word: str, names: Names, known: Terms) -> str:
    """Return a word in katakana, or the name it was meant to be."""
    if _stands(word, known):
        return word
    parts = lexicon.morphemes(word)
    a_word = len(parts) == 1 and not parts[0].is_oov() and sounds.is_name(parts[0])
    sound = sounds.of_kana(word)
    name = sounds.same(sound, names, least=5 if a_word else 3)
    if not name and not a_word:
        name = sounds.slipped(sound, names, least=4)
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
        respelled = next(easier, None)  # without a slip before one with, a long name before a short
        if respelled is None:
            break
        question = respelled
    return question


def _respelled(
    question: str, parts: list[tuple[int, int]], names: Names
) -> Iterator[tuple[bool, int, str]]:
    """Yield the question with a name for each span of hiragana that may be one, slips marked.

    Spans begin as a morpheme does and reach beyond it.
    """
    for run in _HIRAGANA.finditer(question):
        for start, after in parts:
            if not run.start() <= start < run.end():
                continue
            last = min(run.end(), start + LONGEST)
            for end in range(max(start + 3, after + 1), last + 1):
                sound = sounds.of_kana(question[start:end])
                name = sounds.same(sound, names, least=3)
                slip = not name and _WORD_END.match(question, end) is not None
                found = sounds.slipped(sound, names, least=5) if slip else name
                if found and found not in question:
                    yield slip, start - end, question[:start] + found + question[end:]


def _notes(question: str, names: Names, known: Terms) -> dict[int, str]:
    """Return what the articles call words of another language, by the end of the word."""
    notes, rest, there = {}, question, names["place"].tolist()
    titled = question.title() if question.islower() else question  # where is germany
    for found in places_in(titled if len(titled) == len(question) else question):
        start, end = found.span()
        rest = rest[:start] + "\0" * (end - start) + rest[end:]
        if place := _place_there(found[0], there):
            notes[end] = place
    japanese, written = people()
    for found in written.finditer(rest):
        if _stands(japanese[found[0]], known) and not _stands(found[0], known):
            notes[found.end()] = japanese[found[0]]
            rest = rest[: found.start()] + "\0" * len(found[0]) + rest[found.end() :]
    notes |= _of_latin(rest, names, known)
    if language_of(question) == "zh":
        notes |= _of_transcribed(rest, names) | _of_other_forms(rest, names)
    return {end: name for end, name in notes.items() if not _NOTE.match(question, end)}


def _place_there(written: str, there: Sequence[str]) -> str | None:
    """Return what the articles mostly call a place, if that is another language's word or theirs alone."""
    languages = table()[0][written]
    place = next((name for name in there if any(name in own for own in languages)), None)
    if place and any(written in own and place in own for own in languages):
        alike = written in there or lexicon.terms(written) == lexicon.terms(place)
        return None if alike else place
    return place


def _of_latin(text: str, names: Names, known: Terms) -> dict[int, str]:
    """Find the names that words in Latin letters sound like; a first name with the last."""
    notes, japanese = {}, bool(_KANA.search(text))
    for run in _LATIN.finditer(text):
        words = list(_WORD.finditer(text, *run.span()))
        if japanese and (len(words) > 2 or _stands(run[0], known)):
            continue  # a title, or what the articles themselves write so
        while words:
            sizes = [size for size in (2, 1) if size <= len(words)]
            found = ((n, _named([w[0] for w in words[:n]], names, known)) for n in sizes)
            size, name = next(((n, name) for n, name in found if name), (1, None))
            if name:
                notes[words[size - 1].end()] = name
            words = words[size:]
    return notes


def _named(words: list[str], names: Names, known: Terms) -> str | None:
    """Return the name of one or two words; two, or a short one, must be written with capitals."""
    sound = sounds.of_latin(" ".join(words))
    capital = all(word[0].isupper() and not word.isupper() for word in words)
    if capital and (name := sounds.same(sound, names, least=3)):
        return name
    if sounds.consonants(sound) < (3 if capital else 4) or len(words) > capital + 1:
        return None
    if not capital and _stands(words[0], known):
        return None
    distance, name = sounds.near(sound, names)
    return name if distance <= (LIMIT if capital else LIMIT_PLAIN) else None


def _of_transcribed(text: str, names: Names) -> dict[int, str]:
    """Find the names that Chinese writes by their sound: 泽连斯基 is ゼレンスキー."""
    notes = {}
    for run in _TRANSCRIPTION.finditer(text):
        sound = sounds.of_chinese(run[0])
        if sounds.consonants(sound) > 2:
            distance, name = sounds.near(sound, names)
            if distance <= (LIMIT if len(run[0]) > 2 else LIMIT_PLAIN):
                notes[run.end()] = name
    return notes


def _of_other_forms(text: str, names: Names) -> dict[int, str]:
    """Find the names of one sound that differ in characters Japanese lacks: 习近平 is 習近平."""
    notes = {}
    for run in sounds.HAN.finditer(text):
        for start, size in product(range(*run.span()), (3, 4)):
            word = text[start : min(start + size, run.end())]
            name = sounds.same(sounds.of_chinese(word), names, least=2)
            if name and name != word and len(word) == size == len(name):
                pairs = zip(word, name, strict=True)
                if all(a == b or not can_write(a, "iso2022_jp") for a, b in pairs):
                    notes[start + size] = name
    return notes


def _stands(word: str, known: Terms) -> bool:
    """Whether all terms of a word stand in the articles."""
    terms = lexicon.terms(word)
    return bool(terms) and all(term in known for term in terms)


def _without_notes(question: str, names: Names) -> str:
    """Return a question as understood without the names that ``understand`` put in brackets."""
    there = {*names["name"].tolist(), *names["place"].tolist()}
    return _NOTE.sub(lambda note: "" if (note[1] or note[2]) in there else note[0], question)
