from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.questions import language_of, read_question


@pytest.mark.parametrize(
    ("text", "language", "kind"),
    [
        ("運河はいつ開通したか", "ja", "date"),
        ("技師長は誰か", "ja", "person"),
        ("パンは一個いくらか", "ja", "number"),
        ("天文台はどこにあるか", "ja", "place"),
        ("なぜ護岸を作り直すのか", "ja", "reason"),
        ("運河について教えて", "ja", None),
        ("When was the canal opened?", "en", "date"),
        ("How many ships pass?", "en", "number"),
        ("运河是什么时候开通的", "zh", "date"),
        ("谁是技师长", "zh", "person"),
    ],
)
def test_language_and_kind(text: str, language: str, kind: str | None) -> None:
    asked = read_question(text)
    assert (asked.language, asked.kind) == (language, kind)


@given(st.text(max_size=80))
def test_any_text_is_a_question(text: str) -> None:
    asked = read_question(text)
    assert asked.text == text
    assert asked.language in {"ja", "en", "zh"}
    assert len(set(asked.terms)) == len(asked.terms)


def test_han_alone_is_told_by_repertoire_and_words() -> None:
    lines = (Path(__file__).parent / "han_queries.tsv").read_text("utf-8").splitlines()
    for language, least in (("ja", 198), ("zh", 190)):
        texts = [text for told, text in (line.split("\t") for line in lines) if told == language]
        assert len(texts) == 200
        assert sum(language_of(text) == language for text in texts) >= least
