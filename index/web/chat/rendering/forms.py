"""The forms: which articles may answer (and how an answer says so), and what a reader thinks of an answer."""

from collections.abc import Iterable

from index.conversations import Verdict
from index.records import Filter
from index.web.chat.catalogue import Catalogue
from index.web.chat.rendering.escaping import attribute, quoted, text
from index.web.chat.texts import Texts


def render_filter(catalogue: Catalogue | None, texts: Texts) -> str:
    """Render the form, closed; nothing where there are no articles."""
    if catalogue is None:
        return ""
    articles = catalogue.titles.items()
    publishers = ((name, name) for name in catalogue.publishers)
    return (
        f'<details class="narrow"><summary>{text(texts.narrow)}<span class="force" role="status"></span></summary><form>'
        f"<fieldset><legend>{text(texts.days)}</legend>"
        f"{_day('since', texts.since)}{_day('until', texts.until)}</fieldset>"
        f"{_choices('publisher', texts.publishers, publishers, '')}"
        f"{_choices('article', texts.articles, articles, texts.find_article)}"
        f'<button type="reset">{text(texts.everything)}</button></form></details>'
    )


def render_narrowed(filter: Filter, within: Iterable[str], texts: Texts) -> str:
    """Render which articles an answer was asked of; nothing where it was all of them."""
    days = [
        wording.format(day=texts.date.format(day))
        for wording, day in ((texts.from_day, filter.since), (texts.to_day, filter.until))
        if day
    ]
    titles = [quoted(title, texts) for title in within]
    words = texts.between.join((*days, *filter.publishers, *titles))
    return f'<p class="narrowed">{text(texts.narrowed.format(words=words))}</p>' if words else ""


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


def _day(name: str, label: str) -> str:
    return f'<label><span>{text(label)}</span><input type="date" name="{name}"></label>'


def _choices(name: str, label: str, choices: Iterable[tuple[str, str]], find: str) -> str:
    boxes = "".join(
        f'<label class="choice"><input type="checkbox" name="{name}"{attribute("value", value)}>'
        f"<span>{text(shown)}</span></label>"
        for value, shown in choices
    )
    words = f"{attribute('placeholder', find)}{attribute('aria-label', find)}"
    search = f'<input type="search" class="find"{words}>' if find else ""
    shown = f"<legend>{text(label)}</legend>{search}<div class='choices'>{boxes}</div>"
    return f"<fieldset>{shown}</fieldset>" if boxes else ""


def _choice(right: bool, given: Verdict | None, label: str) -> str:
    pressed = "true" if given and given.is_right == right else "false"
    name = "right" if right else "wrong"
    return f'<button type="button" class="{name}" aria-pressed="{pressed}">{text(label)}</button>'
