"""Two invented articles in newsqa's form, with twins, claims and the twins of these."""

import gzip
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

Line = dict[str, Any]


def replaced(sentence: int, text: str) -> Line:
    return {"sentence": sentence, "insert": False, "text": text}


def inserted(sentence: int, text: str) -> Line:
    return {"sentence": sentence, "insert": True, "text": text}


LIGHTHOUSE: Line = {
    "title": "白浜灯台の百年",
    "publisher": "青沢新報",
    "published": "2024-05-01",
    "paragraphs": [
        [
            "白浜灯台は1931年に、岬の先の岩場に建てられた。",
            "設計したのは県の技師だった榊原道子で、塔の高さは24メートルに及ぶ。",
            "石は二つの川をさかのぼった山から切り出され、冬のあいだに船で運ばれたという。",
            "建てるのに加わった石工の多くは、隣の島から毎朝通った人びとである。",
        ],
        [
            "光は30キロ先の船からも見え、漁師はその回り方で港の方角を知った。",
            "番人は三人がかわるがわる勤め、夜ごとに油を足し、霧の日には鐘を鳴らした。",
            "戦のあとは電気で回るようになり、番人の仕事は帳面をつけることが主になった。",
            "帳面には波の高さや鳥の数まで記され、いまも町の蔵に残っている。",
        ],
        [
            "灯台は去年の秋に役目を終え、いまは誰も住んでいない。",
            "町は塔を資料館に改める計画を立て、費用を募り始めた。",
            "町長の真壁玲は「海を見て育った者の目印を残したい」と話す。",
            "集まった金は、まず傷んだ階段と窓の直しに使うことになっている。",
        ],
        [
            "向かいの丘では、灯台の絵を描く会が毎月開かれている。",
            "会を始めたのは元の船員で、いまは子どもも大人も加わる。",
            "描いた絵は駅の待合室に飾られ、旅の人が足を止める。",
            "冬の海の色は日ごとに変わり、同じ絵は二枚とないという。",
        ],
    ],
    "questions": [
        {
            "question": "白浜灯台が建てられたのは何年か",
            "lang": "ja",
            "type": "one sentence",
            "answerable": True,
            "answer": "1931年",
            "evidence": [0],
        },
        {
            "question": "When will the museum in the lighthouse open?",
            "lang": "en",
            "type": "related",
            "answerable": False,
            "evidence": [9],
        },
        {
            "question": "漁師が光で方角を知った灯台は、のちに電気で回るようになったか",
            "lang": "ja",
            "type": "two sentences",
            "answerable": True,
            "answer": "はい／なった",
            "evidence": [4, 6],
        },
    ],
}
LIGHTHOUSE_TWINS: list[Line | None] = [
    {"edits": [replaced(0, "白浜灯台は、岬の先の岩場に建てられた。")]},
    {
        "edits": [
            inserted(9, "資料館は2027年の春に開く。"),
            replaced(11, "集まった金は、それまでに傷んだ階段と窓を直すのに使う。"),
        ],
        "answer": "2027年の春／春",
    },
    {"edits": [replaced(6, "戦のあとは番人が減り、仕事は帳面をつけることが主になった。")]},
]
LIGHTHOUSE_CLAIMS: list[Line] = [
    {
        "claim": "白浜灯台の塔の高さは24メートルである。",
        "lang": "ja",
        "verdict": "supported",
        "evidence": [1],
    },
    {
        "claim": "The museum will charge nobody for a visit.",
        "lang": "en",
        "verdict": "not found",
        "evidence": [9],
    },
    {
        "claim": "灯台の番人は五人だった。",
        "lang": "ja",
        "verdict": "contradicted",
        "evidence": [5],
    },
]
LIGHTHOUSE_CLAIM_TWINS: list[Line | None] = [
    {
        "verdict": "contradicted",
        "edits": [
            replaced(1, "設計したのは県の技師だった榊原道子で、塔の高さは31メートルに及ぶ。")
        ],
    },
    {"verdict": "supported", "edits": [inserted(9, "入館料は誰からもとらない。")]},
    None,
]
BAKERY: Line = {
    "title": "丘の上の窯",
    "publisher": "暮らし通信",
    "published": "2022-11-03",
    "paragraphs": [
        [
            "坂井製パン所の一日は午前四時に始まる。",
            "店主の坂井ミツ子は小麦粉を毎日35キロこねる。",
        ],
        ["一番売れるのはくるみパンで、一個240円である。", "配達の袋は一つで35キロになる。"],
    ],
    "questions": [
        {
            "question": "くるみパンは一個いくらか",
            "lang": "ja",
            "type": "one sentence",
            "answerable": True,
            "answer": "240円",
            "evidence": [2],
        },
        {
            "question": "坂井ミツ子は小麦粉を毎日何キロこねるか",
            "lang": "ja",
            "type": "one sentence",
            "answerable": True,
            "answer": "35キロ",
            "evidence": [1],
        },
        {
            "question": "坂井製パン所の一日は何時に始まるか",
            "lang": "ja",
            "type": "one sentence",
            "answerable": True,
            "answer": "午前四時",
            "evidence": [0],
        },
    ],
}
BAKERY_TWINS: list[Line | None] = [
    {"edits": [replaced(2, "一番売れるのは、昔から作るくるみパンである。")]},
    None,
    None,
]


def write_lines(path: Path, lines: Iterable[Mapping[str, Any]]) -> None:
    """Write a file of one object a line, packed where its name says so."""
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())


def write_folder(folder: Path) -> Path:
    """Write both articles; nothing is claimed of the second."""
    folder.mkdir(parents=True)
    title = {"title": LIGHTHOUSE["title"]}
    write_lines(folder / "articles-01.jsonl", [LIGHTHOUSE])
    write_lines(folder / "twins-01.jsonl", [title | {"twins": LIGHTHOUSE_TWINS}])
    write_lines(folder / "claims-01.jsonl", [title | {"claims": LIGHTHOUSE_CLAIMS}])
    write_lines(folder / "claim-twins-01.jsonl", [title | {"twins": LIGHTHOUSE_CLAIM_TWINS}])
    write_lines(folder / "articles-02.jsonl", [BAKERY])
    write_lines(folder / "twins-02.jsonl", [{"title": BAKERY["title"], "twins": BAKERY_TWINS}])
    return folder


def write_file(path: Path) -> Path:
    """Write the same as one file."""
    more = {"claims": LIGHTHOUSE_CLAIMS, "claim_twins": LIGHTHOUSE_CLAIM_TWINS}
    whole = [LIGHTHOUSE | {"twins": LIGHTHOUSE_TWINS} | more, BAKERY | {"twins": BAKERY_TWINS}]
    write_lines(path, whole)
    return path
