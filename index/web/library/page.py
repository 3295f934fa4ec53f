"""The pages of the library: their layout, and which handler answers what."""

import contextlib
from typing import Any

import gradio as gr

from index.engine import Engine
from index.errors import StoreError
from index.web.chat.escaping import note
from index.web.chat.narrowing import day
from index.web.chat.page import FREE, QUIET
from index.web.chat.visit import visit_of
from index.web.library.arriving import FILES, LINE_CHARACTERS, TEXT_CHARACTERS, upload_folder
from index.web.library.builds import Builds
from index.web.library.changes import RESTING, Library
from index.web.library.listing import View
from index.web.library.rendering import render_head, render_timeline
from index.web.words import MARKS

WIRE = """element.addEventListener("tenkyo", (event) => trigger(event.detail.name, event.detail.data));
watch("value", () => window.tenkyoSettle(element));"""
"""Passes to Python what the script makes of clicks in the table, and lets it look at each new one."""

IN_ORDER = QUIET | {"concurrency_limit": 1, "concurrency_id": "library", "trigger_mode": "multiple"}
"""For what changes the view of the table: one after the other, and none dropped."""

PASTED = ("title", "content", "publisher", "day", "url")


def add_library(app: gr.Blocks, engine: Engine, *, writable: bool) -> None:
    """Lay the library out in the page at hand and connect it to the engine, which need not be warm.

    ``writable``: whether who comes here may add and remove.
    """
    upload_folder()  # before Gradio chooses one that all users of the machine share
    library = Library(engine, Builds(engine), writable=writable)
    page: dict[str, Any] = {"seen": gr.State(None), "view": gr.State(View())}
    page["head"] = _html(render_head(MARKS), "library-head")
    with gr.Row(elem_id="library"):
        with gr.Column(elem_id="changing"):
            page |= _changing(writable)
        with gr.Column(elem_id="shelf"):
            page |= _shelf(writable)
    page["timer"] = gr.Timer(RESTING)
    _connect_table(app, page, library)
    if writable:
        _connect_changes(page, library)


def add_timeline(app: gr.Blocks, engine: Engine) -> None:
    """Lay the timeline out in the page at hand; it is read when the page is opened."""
    timeline = _html(render_timeline(MARKS, " "), "timeline")

    def read(request: gr.Request) -> str:
        made = ""
        with contextlib.suppress(StoreError):  # nothing indexed yet
            made = engine.generation().timeline()
        return render_timeline(visit_of(request).words, made)

    app.load(read, None, timeline, **FREE)


def _shelf(writable: bool) -> dict[str, Any]:
    page = {}
    with gr.Row(elem_id="shelf-tools"):
        page["search"] = gr.Textbox(
            label=MARKS.library_search, placeholder=MARKS.library_search_hint, show_label=False,
            container=False, elem_id="library-search",
        )  # fmt: skip
        page["count"] = _html("", "count")
        page["remove"] = gr.Button(MARKS.library_remove, size="sm", visible=False, elem_id="remove")
    page["table"] = _html("", "articles", js_on_load=WIRE)
    if writable:
        with gr.Row(elem_id="rebuilding"):
            page["rebuild"] = gr.Button(MARKS.library_rebuild, size="sm", elem_id="rebuild")
            gr.HTML(note(MARKS.library_rebuild_how), apply_default_css=False)
    return page


def _changing(writable: bool) -> dict[str, Any]:
    if not writable:
        gr.HTML(note(MARKS.library_closed), apply_default_css=False)
        names = ("limits", "work", "undo_to")
        return {name: _html("", name) for name in names} | {"undo": gr.Button(visible=False)}
    gr.HTML(f"<h2>{MARKS.library_add}</h2>", apply_default_css=False)
    page: dict[str, Any] = {
        "files": gr.File(
            file_count="multiple", label=MARKS.library_files, show_label=False, elem_id="files",
            height=150,
        ),
        "limits": _html("", "limits"),
        "addresses": gr.Textbox(
            label=MARKS.library_addresses, placeholder="https://", lines=1, max_lines=5,
            max_length=FILES * LINE_CHARACTERS, elem_id="addresses",
        ),
        "fetch": gr.Button(MARKS.library_fetch, size="md", elem_id="fetch"),
        "refused": _html("", "addresses-fault"),
    }  # fmt: skip
    with gr.Accordion(MARKS.library_paste, open=False, elem_id="pasting"):
        page |= _pasting()
    page["work"] = _html("", "work")
    page["undo"] = gr.Button(MARKS.undo, visible=False, size="md", elem_id="undo")
    page["undo_to"] = _html("", "undo-to")
    return page


def _pasting() -> dict[str, Any]:
    line: dict[str, Any] = {"max_length": LINE_CHARACTERS}
    return {
        "title": gr.Textbox(label=MARKS.library_columns_title, elem_id="paste-title", **line),
        "content": gr.Textbox(
            label=MARKS.library_text, lines=8, max_lines=16, max_length=TEXT_CHARACTERS,
            elem_id="paste-text",
        ),
        "publisher": gr.Textbox(label=MARKS.library_publisher, elem_id="paste-publisher", **line),
        "day": day(MARKS.library_day, "paste-day"),
        "url": gr.Textbox(label=MARKS.library_url, elem_id="paste-url", **line),
        "fault": _html("", "paste-fault"),
        "send": gr.Button(MARKS.library_paste_send, variant="primary", elem_id="paste-send"),
    }  # fmt: skip


def _connect_table(app: gr.Blocks, page: dict[str, Any], library: Library) -> None:
    seen, view, table = page["seen"], page["view"], page["table"]
    shown = [table, page["count"], page["remove"]]
    names = ("seen", "head", "limits", "work", "undo", "undo_to", "timer")
    news = [*(page[name] for name in names), *shown]
    app.load(library.look, [seen, view], news, **FREE)
    page["timer"].tick(library.look, [seen, view], news, **FREE)
    asked = IN_ORDER | {"trigger_mode": "always_last"}
    # Gradio's "input" is a key pressed, of which there is none where Japanese is written or text pasted.
    page["search"].change(library.search, [page["search"], view], [view, *shown], **asked)
    table.apply(library.sort, view, [view, *shown], **IN_ORDER)
    table.expand(library.more, view, [view, *shown], **IN_ORDER)
    table.select(library.choose, view, [view, *shown], **IN_ORDER)


def _connect_changes(page: dict[str, Any], library: Library) -> None:
    work = [page["work"], page["timer"]]
    once = FREE | {"trigger_mode": "once"}
    files, fields = page["files"], [page[name] for name in PASTED]
    # Not as gr.File prepares them: it leaves an empty file behind for each.
    files.upload(library.add, files, [files, *work], preprocess=False, **once)
    for asked in (page["fetch"].click, page["addresses"].submit):
        asked(library.fetch, page["addresses"], [page["addresses"], page["refused"], *work], **once)
    page["send"].click(library.paste, fields, [*fields, page["fault"], *work], **once)
    page["remove"].click(library.remove, page["view"], work, **IN_ORDER)
    page["undo"].click(library.undo, None, work, **once)
    page["rebuild"].click(library.rebuild, None, work, **once)


def _html(value: str, name: str, **options: Any) -> gr.HTML:
    return gr.HTML(value, elem_id=name, apply_default_css=False, **options)
