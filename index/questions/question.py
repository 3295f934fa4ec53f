"""What a question asks for: its language, its terms, and the kind of thing that answers it.

Kinds are told from question words in Japanese, English and Chinese; a question without one has no
kind. A count (何人, 何隻) also names its unit, and 何 or どの with a noun names that noun. What it
does not know: choices (AかBか), and what a sentence says of the thing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from index.errors import QuestionError
from index.questions import lexicon
from index.questions.forms import FACT, Form, form_of
from index.questions.wants import wants

LONGEST = 2000
"""Characters a question may have."""

_CHINESE = re.compile(
    r"[吗呢么谁哪怎们这那她您吧啦们]|什么|多少|是|了(?!解|承|見)|在(?![日米韓英庫任宅留学位住籍来])|几|为何|何时|[是不]是|的(?=[^中確存外射立]{1,4}$)"
)
_SECOND_LEVEL = 0xD0
"""The first byte, in EUC-JP, from which kanji are of the second level."""
_ENGLISH = re.compile(
    r"\s*(?:what|who(?:m|se)?|when|where|why|how|which|and|is|are|was|were|do|does|did|has|have|can|will|tell|the|any)\b",
    re.I,
)
_KANA = re.compile(r"[ぁ-んァ-ヺ]")
_HIRAGANA = re.compile("[ぁ-ん]")
_HAN = re.compile(r"[\u3400-\u9fff]")

_KINDS = {
    "date": r"いつ|何時代|何[年月日](?!間)|何曜日|何世紀|\bwhen\b|\bwhat (?:year|date|day|month)\b|什么时候|何时|哪一?年|几月",
    "person": r"誰|だれ|何者|\bwho(?:m|se)?\b|谁|哪位",
    "reason": r"なぜ|何故|どうして|なんで|理由|原因|\bwhy\b|为什么|为何",
    "number": r"いくら|いくつ|幾つ|どれ(?:くらい|ぐらい|ほど)|どの(?:くらい|ぐらい|程度)|何(?:割|パーセント|[%％])"
    r"|\bhow (?:many|much|old|long|far|large|big|often)\b|多少|几[个人次倍岁]|第几",
    "country": r"(?:どの|どこの|何という|なんという)国(?!際|民|境|会)|\b(?:which|what) countr(?:y|ies)\b|哪个国家|哪国",
    "place": r"どこ|何処|どの(?:都市|場所|地域|州|県)|\bwhere\b|哪里|哪儿|在哪",
}

_DIGITS = r"[0-9０-９一二三四五六七八九十百千万億兆数]"
# 何万人, 何か国, 何回目: the unit is what stands behind 何 and the words for powers of ten.
_COUNT = re.compile(
    r"何[十百千万億兆]*(?:[かカヵヶケ箇]?)((?:(?!何)[一-龥ァ-ヴー%％]){1,4}?)(?=[^一-龥ァ-ヴー%％]|何|目|間|$)"
)
_SAME_UNIT = ("人名", "歳才", "位番", "割%％", "倍分", "国", "個つ")  # 12分の1 answers 何倍
_NO_UNIT = {"者", "故", "処", "時", "事", "物", "方", "年", "月", "日", "曜日", "世紀", "時代"}


@dataclass(frozen=True, slots=True)
class Question:
    """A question as understood.

    Attributes:
        text: The words.
        language: ja, en or zh.
        kind: date, number, person, country, place, reason; None when no question word tells.
        counted: The word behind 何 that names a unit (人 of 何人) or a kind of name (県 of 何県), if any.
        unit: Matches a number with that unit, or a name of that kind.
        terms: Its content words, normalised, each with how it is written.
        follow_up: Whether words of the question before were put in.
        form: In which form it wants to be answered.
        understood: The words with the marks of what is wanted beside (``wants``).
        more: How many answers to it were read before, of which nothing is to be said again.
        item: Which item of its answer is to be told of, from 1; 0 for none.
    """

    text: str
    language: str
    kind: str | None
    counted: str | None
    unit: re.Pattern[str] | None
    terms: Mapping[str, str]
    follow_up: bool = False
    form: Form = FACT
    understood: str = ""
    more: int = 0
    item: int = 0


def read_question(text: str, *, asked: str | None = None, follow_up: bool = False) -> Question:
    """Tell what a question asks for.

    Args:
        text: The question as understood, which may hold words of another language and marks (``wants``).
        asked: As asked; tells the language.
        follow_up: Whether words of the question before were put in.
    """
    wanted = wants(text)
    plain = wanted.text or text
    kinds = (kind for kind, words in _KINDS.items() if re.search(words, plain, re.IGNORECASE))
    terms = dict(lexicon.words(plain))
    counted, language = _counted(plain), wanted.language or language_of(asked or text)
    unit = _unit(counted) if counted else None
    told = (next(kinds, None), counted, unit, terms, follow_up, form_of(plain))
    return Question(plain, language, *told, text, wanted.more, wanted.item)


def _counted(text: str) -> str | None:
    found = _COUNT.search(text)
    return found[1] if found and found[1] not in _NO_UNIT else None


def _unit(counted: str) -> re.Pattern[str]:
    same = next((units for units in _SAME_UNIT if counted in units), None)
    unit = f"[{same}]" if same else re.escape(counted)
    before = rf"{_DIGITS}(?:{_DIGITS}|[.,．，])*\s*[かカヵヶケ箇]?\s*"
    counts = same or lexicon.is_counter(counted)
    people = "|[ァ-ヴー]人" if counted == "人" else ""  # 何人 may ask after a people
    return re.compile((before if counts else r"[^\s、。]") + unit + people)


def language_of(text: str) -> str:
    """Tell Japanese, Chinese and English apart by script.

    Han alone is told by repertoire: a character that JIS X 0208 lacks is Chinese; words that neither
    GB 2312 nor Big5 can write are Japanese; others with a character of the second level of JIS, where
    it keeps the old forms (國 for 国), are Chinese. What is left is Chinese by its function
    words, else Japanese. A question in English may hold names in Japanese, and one in Chinese in katakana.
    """
    if _ENGLISH.match(text):
        return "en"
    han = "".join(_HAN.findall(text))
    if _KANA.search(text) and (_HIRAGANA.search(text) or can_write(han, "iso2022_jp")):
        return "ja"
    if not han:
        return "en" if re.search(r"[A-Za-z]", text) else "ja"
    if not can_write(han, "iso2022_jp"):
        return "zh"
    if not can_write(han, "gb2312") and not can_write(han, "big5"):
        return "ja"
    has_old_forms = max(han.encode("euc_jp")[::2]) >= _SECOND_LEVEL
    return "zh" if has_old_forms or _CHINESE.search(text) else "ja"


def can_write(text: str, encoding: str) -> bool:
    """Whether an encoding has all characters of a text."""
    return text.encode(encoding, "ignore").decode(encoding) == text


def checked(question: str) -> str:
    """Return a question as it can be asked.

    Raises:
        QuestionError: It is empty or too long.
    """
    question = plain(question)
    if not question:
        raise QuestionError(
            "質問が空です。知りたいことを一文で入力してください。", code="question-empty"
        )
    if len(question) > LONGEST:
        raise QuestionError(
            f"質問が長すぎます（{len(question):,} 文字）。{LONGEST:,} 文字までにしてください。",
            code="question-too-long",
        )
    return question


def plain(question: str) -> str:
    """Return a question without blanks around it, half a surrogate pair a question mark."""
    return question.encode("utf-8", "replace").decode().strip()
