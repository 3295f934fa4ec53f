"""The conversations that are kept, in a drawer: a list by date, to search, open, rename and delete."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby

from index.conversations import Conversation
from index.web.chat.rendering.escaping import attribute, button, note, text
from index.web.chat.texts import Texts


def render_history_head(texts: Texts) -> str:
    """Render the title of the drawer, its close button and the search box."""
    named = f"{attribute('placeholder', texts.history_search)}{attribute('aria-label', texts.history_search)}"
    return (
        f'<div class="bar"><h2>{text(texts.history)}</h2>{button(texts.close, "close")}</div>'
        f'<input type="search" name="words"{named}>'
    )


def render_history(
    conversations: Sequence[Conversation],
    texts: Texts,
    *,
    today: date,
    current: str | None,
    searched: bool = False,
    visitor: bool = False,
    deleted: Conversation | None = None,
) -> str:
    """Render the list, latest first, and the way back for what was just deleted."""
    empty = texts.history_visitor if visitor else texts.history_empty
    empty = texts.history_not_found if searched else empty
    days = groupby(conversations, key=lambda c: c.updated.astimezone().date())
    listed = "".join(
        f"<h3>{text(_day(day, today, texts))}</h3><ol>"
        f"{''.join(_item(c, texts, is_current=c.id == current) for c in of)}</ol>"
        for day, of in days
    )
    return _deleted(deleted, texts) + (listed or note(empty))


def render_history_off(message: str, texts: Texts) -> str:
    """Render why nothing is kept."""
    return f'<div class="off"><h3>{text(texts.history_off)}</h3><p>{text(message)}</p></div>'


def _day(day: date, today: date, texts: Texts) -> str:
    if day == today:
        return texts.today
    return texts.yesterday if day == today - timedelta(days=1) else texts.date.format(day)


def _item(conversation: Conversation, texts: Texts, *, is_current: bool) -> str:
    current = ' aria-current="page"' if is_current else ""
    title = attribute("value", conversation.title) + attribute("aria-label", texts.rename)
    return (
        f"<li{attribute('data-id', conversation.id)}>"
        f'<button type="button" class="open"{current}>{text(conversation.title)}</button>'
        f'<span class="tools">{button(texts.rename, "rename")}{button(texts.delete, "delete")}</span>'
        f'<form class="naming" hidden><input name="title" maxlength="80"{title}>'
        f'<button type="submit">{text(texts.save)}</button></form></li>'
    )


def _deleted(conversation: Conversation | None, texts: Texts) -> str:
    if conversation is None:
        return ""
    said = text(texts.deleted.format(title=conversation.title))
    undo = button(texts.undo, "restore", id=conversation.id)
    return f'<p class="deleted" role="status">{said} {undo}</p>'
