"""Which form of answer a question wants: told by its words, in Japanese, English and Chinese.

The rules are tried in the order of ``_RULES``; the first that fits tells the form, and what is left of the
question without the words that told it. The plain fact is the default.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from index.questions.talk import courtesy, kind_of_talk
from index.text.characters import nfkc


@dataclass(frozen=True, slots=True)
class Form:
    """A form of answer.

    Attributes:
        name: talk, comparison, timeline, overview, said, list, yesno, profile or fact.
        told_by: The words that told it; empty for the plain fact.
        about: What is asked about: the question without those words. Of talk what kind it is.
        sides: Of a comparison, what stands against what, each as a label and a question of its own.
        count: Of a list, how many items are asked for; 0 where that is not said.
    """

    name: str = "fact"
    told_by: str = ""
    about: str = ""
    sides: tuple[tuple[str, str], ...] = ()
    count: int = 0


FACT = Form()

_END = r"[?？!！。.…~〜\s]*$"


def form_of(question: str) -> Form:
    """Tell the form of a question, as understood; what it opens with in courtesy does not count."""
    plain = re.sub(_END, "", nfkc(question)).strip()
    kind, asked = courtesy(plain)
    if kind and not asked:
        return Form("talk", plain, kind)
    return next((form for rule in _RULES for form in rule(asked)), FACT)


def _talk(asked: str) -> Iterator[Form]:
    """Told by all of its words, for it holds no other."""
    if kind := kind_of_talk(asked):
        yield Form("talk", asked, kind)


_RULES: tuple[Callable[[str], Iterator[Form]], ...] = (_talk,)
