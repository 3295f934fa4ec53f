"""A reader's verdict on an answer or a citation: two buttons and a word."""

from collections.abc import Iterable

from index.conversations import Verdict
from index.web.chat.rendering.escaping import attribute, text
from index.web.chat.texts import Texts


def render_judging(
    kept: int, citation: int | None, verdicts: Iterable[Verdict], texts: Texts
) -> str:
    """Render the form in which a kept answer (no citation) or one of its citations is judged."""
    given = next((v for v in verdicts if v.citation == citation), None)
    asked = texts.judge_source if citation else texts.judge_answer
    word = attribute("value", given.word if given else "")
    named = f"{attribute('placeholder', texts.word)}{attribute('aria-label', texts.word)}"
    return (
        f'<form class="judging" data-turn="{kept}" data-citation="{citation or ""}"'
        f"{attribute('data-thanks', texts.thanks)}><span>{text(asked)}</span>"
        f"{_choice(True, given, texts.right)}{_choice(False, given, texts.wrong)}"
        f'<span class="word"{"" if given else " hidden"}>'
        f'<input name="word" maxlength="1000"{word}{named}>'
        f'<button type="submit">{text(texts.tell)}</button></span>'
        '<span class="thanks" role="status"></span></form>'
    )


def _choice(right: bool, given: Verdict | None, label: str) -> str:
    pressed = "true" if given and given.is_right == right else "false"
    name = "right" if right else "wrong"
    return f'<button type="button" class="{name}" aria-pressed="{pressed}">{text(label)}</button>'
