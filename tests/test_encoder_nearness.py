from collections.abc import Sequence

import numpy as np
import pytest
from conftest import FakeEncoder

from index.encoder import Encoder, Vectors, nearness

TEXT = "青沢運河は一九三一年に開通し、いまも年に八百六十隻の船が通る。"
OTHER = "ヨーグルトは、乳に乳酸菌を加えて温かい所に置くと固まる。"
ASKED = {
    "ja": "青沢運河はいつ開通しましたか。",
    "en": "When was the Aosawa canal opened?",
    "zh": "青泽运河是什么时候开通的？",
}


@pytest.mark.parametrize("language", ASKED)
def test_what_answers_is_near_and_what_is_unrelated_far_in_every_language(
    language: str, real_encoder: Encoder
) -> None:
    cosines = (
        real_encoder.encode_documents([TEXT, OTHER])
        @ real_encoder.encode_queries([ASKED[language]])[0]
    )
    near, far = nearness(real_encoder, language, cosines)
    assert near > 0.3
    assert far < 0.2


def test_it_rises_with_the_cosine_and_is_zero_where_the_encoder_tells_nothing_apart() -> None:
    low, high = nearness(FakeEncoder(), "ja", np.array([0.8, 0.9]))
    assert low < high

    class Alike(FakeEncoder):
        def encode_queries(self, texts: Sequence[str]) -> Vectors:
            return np.tile(np.eye(1, self.dimensions, dtype=np.float32), (len(texts), 1))

    assert nearness(Alike(), "zh", np.array([1.0])) == pytest.approx(0)
