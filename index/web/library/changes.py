"""The handlers of the library's page: what it shows, and what is asked to be changed."""

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import gradio as gr

from index.answers import disagreements
from index.engine import Engine
from index.errors import TenkyoError
from index.ingest import Upload, is_address, paste
from index.reports import BuildReport, OnProgress, Skipped
from index.web.chat.escaping import text
from index.web.chat.visit import visit_of
from index.web.library import rendering
from index.web.library.arriving import FILES, REQUEST_BYTES, fault_of, take
from index.web.library.builds import Build, Builds, Work
from index.web.library.listing import COLUMNS, ROWS, Listing, Shelf, View, arrange
from index.web.library.rendering import SHOWN
from index.web.words import Words

WORKING = 1
"""Seconds between two looks while something is built."""

RESTING = 10

NOTHING: list[Any] = ["", "", "", None, ""]
"""What the fields of a pasted text hold before there is one."""

Seen = tuple[int | None, int] | None
"""The generation and the turn of the builds that a page shows; None where it has just been opened."""


class Library:
    """Shows the articles of an engine and changes them, where that may be done."""

    def __init__(self, engine: Engine, builds: Builds, *, writable: bool) -> None:
        self._engine = engine
        self._builds = builds
        self._writable = writable
        self._listing = Listing(engine)

    # What is shown.

    def look(self, seen: Seen, view: View, request: gr.Request) -> list[Any]:
        """Return what is news to a page: what it has seen, its head, limits, work, undo, timer, and its table."""
        words, shelf, build = visit_of(request).words, self._listing.read(), self._builds.last
        now = (shelf.number, self._builds.turn)
        if now == seen:
            return [gr.skip()] * 10
        damage = self._engine.damage
        warning = words.told(damage) if damage else ""
        apart = disagreements(self._engine) if shelf.rows else ()
        head = rendering.render_head(words, shelf.rows, warning, apart)
        is_table_old = seen is None or seen[0] != shelf.number or not build.running
        table = self._table(view, shelf, words) if is_table_old else [gr.skip()] * 3
        most = self._engine.settings.upload_bytes
        limits = rendering.render_limits(words, most, FILES, REQUEST_BYTES)
        names = [row.title for row in shelf.rows if row.id in build.added]
        work = rendering.render_work(build, words, names[:SHOWN])
        timer = gr.Timer(WORKING if build.running else RESTING)
        return [now, head, limits, work, *self._undo(build, words), timer, *table]

    def _undo(self, build: Build, words: Words) -> tuple[gr.Button, str]:
        is_offered = self._writable and not build.running
        earlier = self._engine.earlier() if is_offered else None
        if earlier is None:
            return gr.Button(visible=False), ""
        built = f"{words.date.format(earlier.built)} {earlier.built:%H:%M}"
        said = words.library_undo_to.format(built=built, articles=earlier.articles)
        return gr.Button(visible=True), f'<p class="note">{text(said)}</p>'

    def _table(self, view: View, shelf: Shelf, words: Words) -> list[Any]:
        """Return the table, the line above it, and the button that removes what is chosen."""
        found = arrange(shelf.rows, view)
        fresh, total = self._builds.last.added, len(shelf.rows)
        table = rendering.render_table(found, view, words, total, fresh, writable=self._writable)
        chosen = view.chosen.intersection(row.id for row in shelf.rows)
        count = rendering.render_count(found, total, chosen, words)
        return [table, count, gr.Button(visible=bool(chosen))]

    def _seen(self, view: View, request: gr.Request) -> list[Any]:
        return [view, *self._table(view, self._listing.read(), visit_of(request).words)]

    def search(self, asked: str, view: View, request: gr.Request) -> list[Any]:
        """Show the articles that have these words in title, publisher or source."""
        return self._seen(replace(view, asked=asked, most=ROWS), request)

    def sort(self, view: View, event: gr.EventData, request: gr.Request) -> list[Any]:
        """Sort by a column; a second time, the other way round."""
        column = str(event.column)
        if column not in COLUMNS:
            return [gr.skip()] * 4
        down = not view.down if column == view.column else column in {"published", "passages"}
        return self._seen(replace(view, column=column, down=down), request)

    def more(self, view: View, request: gr.Request) -> list[Any]:
        """Show more rows."""
        return self._seen(replace(view, most=view.most + ROWS), request)

    def choose(self, view: View, event: gr.EventData, request: gr.Request) -> list[Any]:
        """Choose an article, or release it; without an id, all that are found."""
        found = arrange(self._listing.read().rows, view)
        ids = {row.id for row in found if event.id in ("", row.id)}
        view = replace(view, chosen=view.chosen | ids if event.on is True else view.chosen - ids)
        shown = self._seen(view, request)
        return [view, gr.skip(), *shown[2:]] if event.id else shown

    # What is changed. Each returns the work at hand and when to look at it again.

    def add(self, sent: list[dict[str, Any]] | None, request: gr.Request) -> list[Any]:
        """Add files that Gradio has taken; its box is empty again."""
        words = self._words(request)
        uploads, refused = take(sent or (), largest=self._engine.settings.upload_bytes)
        if not uploads:
            return [None, *_failed(Build("add", refused=refused), words)]
        return [None, *self._upload(uploads, words, refused)]

    def paste(
        self, title: str, body: str, publisher: str, day: str | None, url: str, request: gr.Request
    ) -> list[Any]:
        """Add a text; the fields are empty again where it is taken."""
        words = self._words(request)
        given = {"title": title, "publisher": publisher, "published": day, "url": url}
        fields = {name: (value or "").strip() for name, value in given.items()}
        sent = [title, body or "", publisher, day, url]
        if fault := fault_of(fields, body or ""):
            said = rendering.render_fault(getattr(words, fault))
            return [*sent, said, gr.skip(), gr.skip()]
        left = sent if self._builds.last.running else NOTHING
        return [*left, "", *self._upload([paste(fields, body)], words)]

    def fetch(self, given: str | None, request: gr.Request) -> list[Any]:
        """Add what is at some addresses; their box is empty again where they are taken."""
        words, addresses = self._words(request), (given or "").split()
        if not addresses or len(addresses) > FILES or not all(map(is_address, addresses)):
            said = words.library_fetch_fault.format(files=FILES)
            return [given, rendering.render_fault(said), gr.skip(), gr.skip()]
        left = given if self._builds.last.running else ""
        return [left, "", *self._begin("add", partial(self._engine.add, addresses), words)]

    def remove(self, view: View, request: gr.Request) -> list[Any]:
        """Remove what is chosen."""
        words, ids = self._words(request), {row.id for row in self._listing.read().rows}
        chosen = view.chosen & ids
        if chosen == ids:
            error = TenkyoError("", code="last_article")
            return _failed(Build("remove", error=error), words)
        return self._begin("remove", partial(self._engine.remove, *chosen), words)

    def undo(self, request: gr.Request) -> list[Any]:
        """Go back to the generation before."""
        return self._begin("undo", lambda **_: self._engine.rollback(), self._words(request))

    def rebuild(self, request: gr.Request) -> list[Any]:
        """Read the sources again."""
        return self._begin("rebuild", self._engine.build, self._words(request))

    def _words(self, request: gr.Request) -> Words:
        """Return the words for who may change the library; nobody else comes further."""
        words = visit_of(request).words
        if not self._writable:
            raise gr.Error(words.library_closed, print_exception=False)
        return words

    def _upload(
        self, uploads: Sequence[Upload], words: Words, refused: tuple[Skipped, ...] = ()
    ) -> list[Any]:
        """Begin a build with these among the sources; they are closed when it is done, or does not begin."""
        held = contextlib.ExitStack()
        for upload in uploads:
            held.enter_context(upload.content)

        def work(on_progress: OnProgress) -> BuildReport:
            with held:
                return self._engine.upload(uploads, on_progress=on_progress)

        return self._begin("add", work, words, refused, otherwise=held)

    def _begin(
        self,
        kind: str,
        work: Work,
        words: Words,
        refused: tuple[Skipped, ...] = (),
        *,
        otherwise: contextlib.ExitStack | None = None,
    ) -> list[Any]:
        try:
            self._builds.start(kind, work, refused)
        except TenkyoError as exc:
            if otherwise:
                otherwise.close()
            return _failed(Build(kind, error=exc, refused=refused), words)
        return [rendering.render_work(self._builds.last, words), gr.Timer(WORKING)]


def _failed(build: Build, words: Words) -> list[Any]:
    return [rendering.render_work(build, words), gr.skip()]
