"""Text in each encoding comes back as it was; what is no text is refused."""

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles.encodings import decode
from index.articles.files import Unreadable

JAPANESE = ["cp932", "euc_jp", "iso2022_jp_ext"]
WHO = [
    "市長は",
    "研究者らは",
    "新しい工場は",
    "この町の住民は",
    "コンビニ各社は",
    "子どもたちは",
    "ｿﾌﾄ会社は",
]
WHERE = ["会議で", "東京都内で", "港の倉庫で", "インターネット上で", "十月の初めに", "去年の夏から"]
WHAT = [
    "計画を見直した",
    "魚を売り始めた",
    "調査の結果を公表した",
    "２５％の値下げに踏み切った",
    "雪かきを続けている",
]
SNIPPETS = [f"{who}{where}{what}。" for who, where, what in itertools.product(WHO, WHERE, WHAT)]
LONG = "".join(random.Random(1).sample(SNIPPETS, 60))
# What all three legacy encodings hold: ASCII, kana, full-width forms, the kanji of JIS X 0208.
KANJI = [
    bytes([row, cell]).decode("euc_jp", "ignore")
    for row in range(0xB0, 0xCF)
    for cell in range(0xA1, 0xFE)
]
PROSE = st.text(
    st.sampled_from([*map(chr, range(0x3041, 0x3094)), *"。、ー「」アイウエオカキクケコ"]),
    min_size=8,
)


@pytest.mark.parametrize("encoding", JAPANESE)
def test_short_snippets(encoding: str) -> None:
    """210 sentences of 17 to 30 characters, and their first 12: all are read right."""
    wrong = [s for s in SNIPPETS if decode(s.encode(encoding)) != s]
    cut = [s[:12] for s in SNIPPETS if decode(s[:12].encode(encoding)) != s[:12]]
    assert wrong == []
    assert cut == []


@pytest.mark.parametrize("encoding", [*JAPANESE, "utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("text", [LONG, LONG * 200, LONG.replace("。", "。\r\n"), "雨の日"])
def test_long_and_very_short(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("encoding", ["cp932", "euc_jp"])
@pytest.mark.parametrize(
    "text",
    [
        "ﾊﾝｶｸｶﾅだけの行ではない",
        "髙橋さんと山﨑さんが話した",
        "費用は①約三万円②約五万円",
        "日本語 and English in one line",
        "～から－まで",
    ],
)
def test_the_vendors_characters(encoding: str, text: str) -> None:
    try:
        raw = text.encode(encoding)
    except UnicodeEncodeError:
        pytest.skip("not in this encoding")
    assert decode(raw) == text


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        (
            "役場は①橋②道を直す。",
            b"\xcc\xf2\xbe\xec\xa4\xcf\xad\xa1\xb6\xb6\xad\xa2\xc6\xbb\xa4\xf2\xc4\xbe\xa4\xb9\xa1\xa3",
        ),
        ("㈱髙山の話", b"\xad\xea\xfc\xe2\xbb\xb3\xa4\xce\xcf\xc3"),
        ("①あ㈱", b'\x1b$B-!$"-j\x1b(B'),
    ],
)
def test_the_characters_that_nec_added(text: str, raw: bytes) -> None:
    assert decode(raw) == text


@pytest.mark.parametrize(
    "text",
    [
        "ﾐﾄﾞﾘ新報\n2025年1月22日\nﾆｭｰｽによると、ﾄﾗｯｸは①東が１，２０４台、②西が５１２台だ。",
        "ﾊﾞｽの本数",
        "ｺｰﾋｰ･ﾊﾟﾝ･ﾊﾞﾀｰの値が上がり､店は客に詫びた｡",
        "山川町役場\n水位記録表\n東橋、三米。西橋、二米。",
    ],
)
def test_half_width_katakana_is_no_chinese(text: str) -> None:
    assert decode(text.encode("cp932")) == text


def test_what_could_be_read_in_two_ways_is_named() -> None:
    with pytest.raises(Unreadable, match="euc_jp、gb18030"):
        decode("審査機構".encode("euc_jp"))


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("It’s a café – “quoted” text from the old days, isn’t it?", "cp1252"),
        ("今天天气很好，我们一起去公园散步，看见了很多人。", "gb18030"),
        ("今天天气很好，我们去公园。", "gb18030"),
        ("It’s 20°C in 1990’s “old” Zürich", "cp1252"),
        ("今天天氣很好，我們一起去公園散步，看見了很多人。", "big5"),
    ],
)
def test_other_languages_are_not_taken_for_japanese(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


@given(st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0\x1b\ufeff")))
def test_utf8_round_trip(text: str) -> None:
    assert decode(text.encode()) == text
    assert decode(b"\xef\xbb\xbf" + text.encode()) == text


@given(PROSE, st.sampled_from(JAPANESE))
def test_legacy_round_trip(prose: str, encoding: str) -> None:
    assert decode(prose.encode(encoding)) == prose


def test_rows_of_kanji() -> None:
    sample = random.Random(2).sample([kanji for kanji in KANJI if kanji], 400)
    text = "の".join(sample)
    assert [e for e in JAPANESE if decode(text.encode(e)) != text] == []


@given(st.binary())
def test_bytes_are_text_or_refused(raw: bytes) -> None:
    try:
        text = decode(raw)
    except Unreadable:
        return
    assert text == text.encode().decode()


@pytest.mark.parametrize(
    "raw",
    [
        b"\0\1\2\3",
        b"\xff\xd8\xff\xe0" + bytes(range(1, 256)) * 4,
        b"\x1b$B\xff\xff",
        b"\xff\xfe\x00\xd8",
    ],
)
def test_binary_is_refused(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        decode(raw)


def test_one_broken_byte_is_named_by_its_line() -> None:
    with pytest.raises(Unreadable, match="3 行目"):
        decode("雨が降った。\n川が増えた。\n".encode() + b"\xe3\x81" + "町は無事だった。".encode())
