"""What stands around a conversation: the head of the page, its state, the empty page, the list of the kept."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby

from index.conversations import Conversation
from index.records import Glance, Theme
from index.schema import Citation
from index.web.chat.answers import problem
from index.web.chat.escaping import attribute, button, icon, note, text
from index.web.chat.export import KINDS
from index.web.words import LANGUAGES, Words
from index.web.words.table import SCHEMES

PUBLISHERS = 5
"""Publishers named on the empty page."""


def render_tools(words: Words, *, owner: str = "") -> str:
    """Render what is done with the page as a whole; ``owner`` is who is signed in, empty for nobody."""
    files = "".join(f'<a download data-format="{name}">{of[0]}</a>' for name, of in KINDS.items())
    languages = [(language, of.language_name) for language, of in LANGUAGES.items()]
    named = (words.scheme_device, words.scheme_light, words.scheme_dark)
    schemes = [*zip(("", *SCHEMES), named, strict=True)]
    out = f'<a href="logout">{text(words.sign_out.format(name=owner))}</a>' if owner else ""
    return (
        f"<nav{attribute('aria-label', words.view)}>{button(words.new, 'new')}"
        f'<details class="menu export"><summary>{text(words.export)}</summary><div>{files}</div></details>'
        f'<details class="menu view"><summary>{text(words.view)}</summary><div>'
        f'<label><span lang="en">Language</span>{_select("language", languages, words.language)}</label>'
        f"<label><span>{text(words.scheme)}</span>{_select('scheme', schemes, '')}</label>"
        f"{out}</div></details></nav>"
    )


def render_status(line: str, kind: str = "status") -> str:
    """Render the line that says what there is to ask, or that the page is not ready yet."""
    return f'<p class="{kind}" role="status">{text(line)}</p>'


def render_failure(message: str, title: str = "") -> str:
    """Render why the page will not get ready; without a title, what is amiss while it can be used."""
    return f'<div class="status failed" role="alert">{problem(title, message)}</div>'


def render_welcome(
    glance: Glance | None, themes: Sequence[tuple[Theme, Citation]], words: Words
) -> str:
    """Render the empty page: what Tenkyo does, and what the articles are about, if there are any.

    Each of the themes of the glance comes with its sentence as it is quoted.
    """
    about = _about(glance, words) if glance else ""
    listed = "".join(_theme(theme, cited, words) for theme, cited in themes)
    listed = f'<ul class="themes">{listed}</ul>' if listed else ""
    return (
        f"<section><h1>{text(words.welcome)}</h1><p>{text(words.how)}</p>{about}{listed}</section>"
    )


def _about(glance: Glance, words: Words) -> str:
    days = dict.fromkeys(words.date.format(d) for d in (glance.first, glance.last) if d)
    span = words.glance_days.format(days="〜".join(days)) if days else ""
    undated = words.glance_undated.format(count=glance.undated) if glance.undated else ""
    names = words.between.join(name for name, _ in glance.publishers[:PUBLISHERS])
    named = words.glance_publishers.format(names=names) if names else ""
    line = words.glance.format(articles=glance.articles)
    said = " ".join(filter(None, (line, span, undated, named)))
    return f'<h2>{text(words.glance_title)}</h2><p class="glance">{text(said)}</p>'


def _theme(theme: Theme, cited: Citation, words: Words) -> str:
    label = f"{words.open_article}: {cited.name}"
    link = attribute("href", cited.address(base=".")) + attribute("title", label)
    marker = f'<a class="open"{link}{attribute("aria-label", label)}>[{cited.number}]</a>'
    return (
        f"<li><h3>{text(theme.name)}</h3><blockquote>{text(cited.quote)}{marker}</blockquote></li>"
    )


def render_history(
    conversations: Sequence[Conversation],
    words: Words,
    *,
    today: date,
    current: str | None,
    searched: bool = False,
    visitor: bool = False,
    deleted: Conversation | None = None,
) -> str:
    """Render the list, latest first, and the way back for what was just deleted."""
    empty = words.history_visitor if visitor else words.history_empty
    empty = words.history_not_found if searched else empty
    days = groupby(conversations, key=lambda c: c.updated.astimezone().date())
    listed = "".join(
        f"<h3>{text(_day(day, today, words))}</h3><ol>"
        f"{''.join(_item(c, words, is_current=c.id == current) for c in of)}</ol>"
        for day, of in days
    )
    return _deleted(deleted, words) + (listed or note(empty))


def render_history_off(message: str, words: Words) -> str:
    """Render why nothing is kept."""
    return f'<div class="off">{problem(words.history_off, message)}</div>'


def _day(day: date, today: date, words: Words) -> str:
    if day == today:
        return words.today
    return words.yesterday if day == today - timedelta(days=1) else words.date.format(day)


def _item(conversation: Conversation, words: Words, *, is_current: bool) -> str:
    current = ' aria-current="page"' if is_current else ""
    title = attribute("value", conversation.title) + attribute("aria-label", words.rename)
    return (
        f"<li{attribute('data-id', conversation.id)}>"
        f'<button type="button" class="open"{current}>{text(conversation.title)}</button>'
        f'<span class="tools">{icon(words.rename, "rename")}{icon(words.delete, "delete")}</span>'
        f'<form class="naming" hidden><input name="title" maxlength="80"{title}>'
        f'<button type="submit">{text(words.save)}</button></form></li>'
    )


def _deleted(conversation: Conversation | None, words: Words) -> str:
    if conversation is None:
        return ""
    said = text(words.deleted.format(title=conversation.title))
    undo = button(words.undo, "restore", id=conversation.id)
    return f'<p class="deleted" role="status">{said} {undo}</p>'


def _select(name: str, options: Sequence[tuple[str, str]], chosen: str) -> str:
    inner = "".join(
        f"<option{attribute('value', value)}{' selected' if value == chosen else ''}>{text(label)}</option>"
        for value, label in options
    )
    return f'<select name="{name}">{inner}</select>'
