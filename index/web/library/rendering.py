"""The library as HTML, every word of an article or a file in it escaped; knows neither engine nor request."""

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePath

from index.articles import TYPES
from index.articles.files import ZIP
from index.citations import article_address
from index.ingest import is_address
from index.reports import Skipped
from index.schema import Citation
from index.text.characters import one_line
from index.web.article.page import render_losses
from index.web.chat.escaping import attribute, emphasised, note, text
from index.web.chat.sources import render_origin
from index.web.library.builds import Build
from index.web.library.listing import COLUMNS, ROWS, Row, View
from index.web.words import Words

SHOWN = 8
"""Names in a list."""

LOSS = 200
"""Characters that are shown of what was left out at one place."""


def render_head(
    words: Words,
    rows: Sequence[Row] = (),
    warning: str = "",
    apart: Sequence[tuple[Citation, Citation]] = (),
) -> str:
    """Render the head of the page: how many articles there are, what is amiss, and where they disagree."""
    passages = sum(row.passages for row in rows)
    held = words.library_held.format(articles=len(rows), passages=passages) if rows else ""
    warned = render_fault(warning) if warning else ""
    return (
        f"<h1>{text(words.library)}</h1><p>{text(words.library_lead)} "
        f'<span class="note">{text(held)}</span></p>{warned}{_apart(apart, words)}'
    )


def _apart(pairs: Sequence[tuple[Citation, Citation]], words: Words) -> str:
    """Render sentences that disagree side by side, folded."""
    if not pairs:
        return ""
    items = "".join(f"<li>{_side(one, words)}{_side(other, words)}</li>" for one, other in pairs)
    head = text(words.library_apart.format(count=len(pairs)))
    return f'<details class="apart"><summary>{head}</summary><ul>{items}</ul></details>'


def _side(cited: Citation, words: Words) -> str:
    to = attribute("href", cited.address(base="."))
    return (
        f"<div><blockquote>{emphasised(cited.parts)}</blockquote>"
        f"<a{to}>{text(cited.name)}</a>{render_origin(cited, words)}</div>"
    )


def render_fault(said: str) -> str:
    """Render what is wrong."""
    return f'<p class="warning" role="alert">{text(said)}</p>'


def render_limits(words: Words, file_bytes: int, files: int, request_bytes: int) -> str:
    """Render what may be sent."""
    size, total = (f"{number / 10**6:g} MB" for number in (file_bytes, request_bytes))
    limits = words.library_limits.format(size=size, files=files, total=total)
    types = " ".join(sorted(one[1:] for one in TYPES | ZIP))
    types = words.library_formats.format(types=types)
    return note(f"{types} {limits}")


def render_count(found: Sequence[Row], total: int, chosen: frozenset[str], words: Words) -> str:
    """Render how many articles there are, or are found, or are chosen."""
    hidden = len(chosen) - len(chosen.intersection(row.id for row in found))
    said = words.library_count if len(found) == total else words.library_found
    if chosen:
        said = words.library_chosen_hidden if hidden else words.library_chosen
    counts = {"articles": total, "found": len(found), "count": len(chosen), "hidden": hidden}
    return f'<p role="status">{text(said.format(**counts)) if total else ""}</p>'


def render_table(
    found: Sequence[Row],
    view: View,
    words: Words,
    total: int,
    fresh: frozenset[str],
    *,
    writable: bool,
) -> str:
    """Render the articles that are found of the ``total``, in their order; those with ``fresh`` ids are new.

    ``view`` says by which column they are sorted, how many are shown and, where ``writable``, chosen.
    """
    if not total:
        how = f"<p>{text(words.library_empty_how)}</p>" if writable else ""
        return f'<div class="empty"><h2>{text(words.library_empty)}</h2>{how}</div>'
    if not found:
        return note(words.library_none_found)
    shown = found[: view.most]
    rows = "".join(_row(row, row.id in fresh, view.chosen, words, writable) for row in shown)
    every = view.chosen.issuperset(row.id for row in found)
    heads = "".join(_head(column, view, words) for column in COLUMNS)
    if writable:
        heads = f'<th scope="col" role="columnheader" class="choose">{_box("", words.library_choose_all, every)}</th>{heads}'
    count = min(len(found) - len(shown), ROWS)
    more = words.library_more.format(count=count)
    return (
        f'<table role="table"{attribute("aria-label", words.library)}><thead role="rowgroup">'
        f'<tr role="row">{heads}</tr></thead><tbody role="rowgroup">{rows}</tbody></table>'
        + (f'<button type="button" class="more">{text(more)}</button>' if count else "")
    )


def _head(column: str, view: View, words: Words) -> str:
    order = ("descending" if view.down else "ascending") if column == view.column else "none"
    name = getattr(words, f"library_columns_{column}")
    return (
        f'<th scope="col" role="columnheader" class="{column}" aria-sort="{order}">'
        f'<button type="button" data-column="{column}">{text(name)}</button></th>'
    )


def _row(row: Row, is_fresh: bool, chosen: frozenset[str], words: Words, writable: bool) -> str:
    title, href = one_line(row.title), article_address(row.id, base=".")
    label = words.library_choose_one.format(title=title)
    link = f"<a{attribute('href', href)}{attribute('lang', row.language)}>{text(title)}</a>"
    fresh = f"<small>{text(words.library_fresh)}</small>" if is_fresh else ""
    losses = render_losses(row.losses, words, most=SHOWN, longest=LOSS)
    if len(row.losses) > SHOWN:  # the page of the article has all
        more = f"<li><a{attribute('href', f'{href}#losses')}>{text(words.open_article)}</a></li>"
        losses = losses.replace("</ul>", f"{more}</ul>")
    cells = {
        "choose": _box(row.id, label, row.id in chosen) if writable else "",
        "title": f"<bdi>{link}</bdi>{fresh}{losses}",
        "publisher": _isolated(row.publisher),
        "published": text(words.date.format(row.published)) if row.published else "",
        "passages": text(words.library_passages_of.format(count=row.passages)),
        "source": _isolated(row.source),
    }
    shown = [(name, cell) for name, cell in cells.items() if cell or name != "choose"]
    inner = "".join(f'<td role="cell" class="{name}">{cell}</td>' for name, cell in shown)
    return f'<tr role="row">{inner}</tr>'


def _isolated(piece: str) -> str:
    return f"<bdi>{text(one_line(piece))}</bdi>" if piece else ""


def _box(value: str, label: str, is_checked: bool) -> str:
    checked = " checked" if is_checked else ""
    named = attribute("value", value) + attribute("aria-label", label)
    return f'<label><input type="checkbox"{named}{checked}></label>'


def render_work(build: Build, words: Words, names: Sequence[str] = ()) -> str:
    """Render the build at hand, or what came of the last; ``names`` are of the articles that came with it."""
    error = words.told(build.error) if build.error else ""
    told = f"<h2>{text(_headline(build, words))}</h2>" if build.kind else ""
    said = ""
    if build.running:
        stage = f"library_stages_{build.progress.stage}"
        told += f"<p>{text(words.table().get(stage, words.library_stages_model))}</p>"
        said = _progress(build, words)
    elif error:
        said = note(words.library_unchanged)
    elif build.report:
        said = note(words.library_took.format(seconds=round(build.report.seconds, 1)))
    return (
        f'<div role="status">{told}</div><p class="warning" role="alert">{text(one_line(error))}</p>'
        f"{said}{_outcome(build, words, names)}"
    )


def _headline(build: Build, words: Words) -> str:
    if build.running:
        return str(getattr(words, f"library_at_work_{build.kind}"))
    if build.error or not (build.report or build.kind == "undo"):
        return words.library_failed
    if build.kind == "add" and not build.added:
        return words.library_nothing_added
    return str(getattr(words, f"library_done_{build.kind}"))


def _progress(build: Build, words: Words) -> str:
    done, total = build.progress.done, build.progress.total
    counted = f' max="{total}" value="{done}"' if total else ""
    item = words.library_item.format(done=done, total=total) if total else ""
    label = attribute("aria-label", _headline(build, words))
    return (
        f'<progress{label}{counted}></progress><p class="item note">{item} '
        f'{text(one_line(build.progress.name))}</p><p class="note">{text(words.library_meanwhile)}</p>'
    )


def _outcome(build: Build, words: Words, names: Sequence[str]) -> str:
    if build.running:
        return ""
    skipped = (*build.refused, *(build.report.skipped if build.report else ()))
    return (
        _names(words.library_added, names, len(build.added), words)
        + _names(words.library_removed, build.removed[:SHOWN], len(build.removed), words)
        + _list(words.library_skipped, map(_reason, skipped))
    )


def _names(title: str, names: Sequence[str], count: int, words: Words) -> str:
    items = [*map(_isolated, names)]
    rest = words.library_and_more.format(count=count - len(names))
    return _list(title, [*items, text(rest)] if count > len(names) else items)


def _reason(skipped: Skipped) -> str:
    # What is told of a file is in Japanese. Where it lies is no one else's business.
    path = skipped.path
    name = _isolated(path if is_address(path) else PurePath(path).name)
    return f'{name} <span class="note" lang="ja">{text(skipped.reason)}</span>'


def _list(title: str, items: Iterable[str]) -> str:
    inner = "".join(f"<li>{item}</li>" for item in items)
    return f"<h3>{text(title)}</h3><ul>{inner}</ul>" if inner else ""


def render_timeline(words: Words, timeline: str) -> str:
    """Render the timeline, given as HTML whose addresses begin at the root; it may be empty."""
    part = ""
    counts = re.search(r'data-shown="(\d+)" data-total="(\d+)"', timeline)
    if counts and counts[1] != counts[2]:
        part = words.library_timeline_part.format(shown=counts[1], total=counts[2])
    # No text can hold this: its quotation marks are escaped.
    lines = timeline.replace('<a href="/', '<a href="./')
    return (
        f"<h1>{text(words.library_timeline)}</h1><p>{text(words.library_timeline_how)} {text(part)}</p>"
        f"{lines or f'<p>{text(words.library_timeline_none)}</p>'}"
    )
