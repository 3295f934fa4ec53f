"""What ``tenkyo ask --explain`` prints: the sums behind ranking, choice and confidence."""

import math
from collections.abc import Mapping
from typing import Any

_NAMES = {
    "passage": "一節",
    "sentence": "文",
    "terms": "単語",
    "bigrams": "二文字",
    "reading": "読解",
    "retrieved": "検索",
    "bias": "定数",
}


def print_explanation(explanation: Mapping[str, Any]) -> None:
    """Print an explanation: each sum with its parts, the greatest first."""
    words = " ".join(
        f"{t['word']}({t['rarity']:.1f}{'' if t['known'] else '、記事に無い'})"
        for t in explanation["terms"]
    )
    asked = explanation["unit"] or explanation["kind"] or "とくに無し"
    print(f"\n── 質問の読み方\n言語 {explanation['language']}、問われた種類 {asked}")
    print(f"語（珍しさ） {words}")
    print("\n── 一節の順位（見方の和）")
    for hit in explanation["passages"]:
        print(f"{hit['rank']}. {hit['score']:+.2f} = {_sum(hit['views'])}")
        print(f"   {_short(hit['passage']['text'])}")
    print("\n── 文の選び方（検索の点と確率の対数の和、* は引用した文）")
    for s in explanation["sentences"]:
        mark = "*" if s["chosen"] else " "
        print(f"{mark} {s['score']:+.2f} = {_sum(s['signals'])}")
        print(f"   一節 {s['rank']}: {_short(s['text'])}")
    total = sum(explanation["trust"].values())
    print("\n── 答えるかどうか（対数オッズ）")
    print(f"{total:+.2f} = {_sum(explanation['trust'])}")
    bar = explanation["answer_from"]
    print(
        f"確信度 {explanation['confidence']:.2f}、答える基準 {bar:.2f}"
        f"（和では {math.log(bar / (1 - bar)):+.2f}）"
    )


def _sum(parts: Mapping[str, float]) -> str:
    """Write the parts of a sum that are not nothing."""
    told = sorted(parts.items(), key=lambda part: -abs(part[1]))
    return "  ".join(f"{_NAMES.get(name, name)} {added:+.2f}" for name, added in told if added)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:60]}…"
