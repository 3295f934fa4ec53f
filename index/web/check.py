"""The page that holds a draft against the articles: its layout, and its handlers."""

import logging
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from index.answers import check_steps
from index.checking import LONGEST, read_draft
from index.engine import Engine
from index.errors import CorpusError, TenkyoError
from index.ingest import receive
from index.records import Article
from index.web.article.page import render_losses
from index.web.chat.endpoints import Admit
from index.web.chat.escaping import text
from index.web.chat.page import AT_ONCE, QUIET
from index.web.chat.visit import Visit, visit_of
from index.web.chat.warmup import WarmUp
from index.web.check_view import render_draft, render_said
from index.web.library import is_uploaded
from index.web.library.arriving import GONE
from index.web.library.rendering import LOSS, SHOWN, render_fault
from index.web.words import MARKS

logger = logging.getLogger(__name__)

TYPES = [".docx", ".md", ".txt"]
RARER = 20
"""A draft is shown anew when a twentieth more of it was read, and not whole for each of its sentences."""

WIRE = """watch("value", () => window.tenkyoChecked(element));"""
"""Lets the script look at each new state of the draft."""

# A new one may begin while another goes on, and ends it.
LIMIT = QUIET | {"concurrency_limit": AT_ONCE, "concurrency_id": "check"}
LIMIT |= {"trigger_mode": "multiple"}


def add_check(engine: Engine, warm_up: WarmUp, admit: Admit, *, writable: bool) -> None:
    """Lay the page out and connect it to the engine; it takes files where the server takes any."""
    plain: dict[str, Any] = {"apply_default_css": False}
    # A list, so that a check that goes on sees that another has begun.
    latest, checking = gr.State([0]), Checking(engine, warm_up, admit)
    head = f"<h1>{MARKS.check}</h1><p>{MARKS.check_lead}</p>"
    gr.HTML(head, elem_id="check-head", **plain)
    box = gr.Textbox(
        label=MARKS.check_hint, placeholder=MARKS.check_hint, lines=6, max_lines=8,
        show_label=False, container=False, elem_id="draft",
    )  # fmt: skip
    with gr.Row(elem_id="check-tools"):
        send = gr.Button(MARKS.check_send, variant="primary", size="md", elem_id="check-send")
        file = gr.UploadButton(
            MARKS.check_file, file_types=TYPES, size="md", elem_id="check-file", visible=writable
        )
    shown = [
        gr.HTML("", elem_id="check-said", **plain),
        gr.HTML("", elem_id="checked", js_on_load=WIRE, **plain),
    ]
    send.click(checking.check, [box, latest], shown, **LIMIT)
    if writable:  # not as Gradio prepares it: it leaves a copy behind
        asked = {"preprocess": False} | LIMIT
        file.upload(checking.check_file, [file, latest], [file, box, *shown], **asked)


@dataclass(eq=False)
class Checking:
    """The handlers of the page: each update is the line above the draft, and the draft."""

    engine: Engine
    warm_up: WarmUp
    admit: Admit

    def check(self, draft: str, latest: list[int], request: gr.Request) -> Iterator[list[Any]]:
        """Check what stands in the box; it takes the place of what was being checked."""
        yield from self._updates(draft or "", latest, visit_of(request))

    def check_file(self, sent: Any, latest: list[int], request: gr.Request) -> Iterator[list[Any]]:
        """Put the text of a file that Gradio has taken into the box, and check it."""
        visit = visit_of(request)
        try:
            article = _read(sent, largest=self.engine.settings.upload_bytes)
        except TenkyoError as exc:
            latest[0] += 1
            yield [None, gr.skip(), render_fault(visit.words.told(exc)), ""]
            return
        losses = render_losses(article.losses, visit.words, most=SHOWN, longest=LOSS)
        box: Any = article.text
        for update in self._updates(article.text, latest, visit, losses):
            yield [None, box, *update]
            box = gr.skip()  # someone may be changing it

    def _updates(
        self, draft: str, latest: list[int], visit: Visit, losses: str = ""
    ) -> Iterator[list[Any]]:
        """Yield how a draft is checked. An error becomes the last update, never a stack trace."""
        latest[0] += 1
        words, own, shown = visit.words, latest[0], 0
        try:
            if not draft.strip() or len(draft) > LONGEST:
                long = words.check_long.format(count=len(draft), most=LONGEST)
                yield [render_fault(long if draft.strip() else words.check_hint), ""]
                return
            self.admit(visit.address)
            yield [f'<p class="progress">{text(words.library_stages_model)}</p>', ""]
            self.warm_up.wait()
            for check in check_steps(self.engine, draft):
                if latest[0] != own:
                    break
                done, drawn = len(check.sentences), gr.skip()
                if done == check.total or (done - shown) * RARER >= shown:
                    shown, drawn = done, render_draft(check, words)
                yield [render_said(check, words) + losses, drawn]
        except TenkyoError as exc:
            yield [render_fault(words.told(exc)), gr.skip()]
        except Exception:  # the edge: the reader of the page gets a sentence, the log the trace
            logger.exception("a draft was not checked")
            yield [render_fault(words.error_build), gr.skip()]
        yield [gr.skip()] * 2  # Gradio sends the last update of an event twice


def _read(sent: Any, *, largest: int) -> Article:
    """Read a file (Gradio's ``FileData`` as JSON), of which nothing is left then. Raises CorpusError."""
    file = sent[0] if isinstance(sent, list) else sent
    path, name = Path(file["path"]), str(file.get("orig_name") or "")
    if not is_uploaded(path):
        raise CorpusError(name, GONE)
    try:
        with path.open("rb") as content:
            upload = receive(name, content, largest=largest)
        path = path.rename(path.with_name(upload.name))
        return read_draft(path)
    except OSError as exc:
        raise CorpusError(name, GONE) from exc
    finally:
        with suppress(OSError):
            path.unlink()
            path.parent.rmdir()
