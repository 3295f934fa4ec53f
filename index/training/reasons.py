"""Questions for a reason, made of sentences that give one: hardly any of JaQuAD's ask why.

X ため、Y。 becomes the question Yのはなぜか with the answer X.
What it does not know: ため of a purpose, which it asks after as if it were a cause; the question is
in the words of the passage, where people would use their own.
"""

import re
from collections.abc import Iterable, Iterator
from random import Random

from index.training.jaquad import Asked, Window

_REASON = re.compile(
    r"(?:(?:また|しかし|そして|さらに|ただし|なお|一方|このとき)、)?"
    r"(?P<clause>(?P<cause>[^「」（）()]{8,80}?)(?:ため|ので|ことから)、)(?P<effect>[^「」（）()]{8,70}[たいるうくすつぬむゆぐぶ])。?\s*"
)
_ASKED = (
    "のはなぜか",
    "のはなぜですか？",
    "のはどうして？",
    "理由は何か",
    "のは何のせいか",
    "わけは？",
)


def reasons(windows: Iterable[Window]) -> Iterator[Asked]:
    """Yield the questions of the sentences that give a reason, the same ones each time."""
    for window in windows:
        for at, sentence in enumerate(window.sentences):
            if found := _REASON.fullmatch(sentence):
                asked = found["effect"] + Random(sentence).choice(_ASKED)
                answers = (found["cause"],)
                spans = found.span("cause"), found.span("clause")
                yield Asked(f"{window.id} {at}", asked, answers, window.id, at, *spans)
