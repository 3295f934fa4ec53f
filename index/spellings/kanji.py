"""Chinese characters in the forms that Japanese uses: 习近平 becomes 習近平, 经济 経済.

What it does not know: words. 信息 stays, though Japanese says 情報.
"""

import functools
from typing import Any


def japanese_kanji(text: str) -> str:
    """Return a Chinese text, as long as before, with its characters in their Japanese forms."""
    simplified, traditional = _converters()
    converted: str = traditional.convert(simplified.convert(text))
    return converted if len(converted) == len(text) else text


@functools.cache
def _converters() -> tuple[Any, Any]:
    import opencc

    return opencc.OpenCC("s2t"), opencc.OpenCC("t2jp")
