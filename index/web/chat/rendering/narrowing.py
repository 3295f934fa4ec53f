"""The filter: its form beside the question box, and its words on an answer."""

from collections.abc import Iterable

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
