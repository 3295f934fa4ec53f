"""Which articles may answer: a form of Gradio's parts, and days of the browser's own.

Gradio's DateTime has a button without a name.
"""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from index.engine import Engine
from index.errors import QuestionError, StoreError
from index.web.chat.answers import narrowing
from index.web.chat.turns import Catalogues, Turn, narrowed
from index.web.chat.visit import FIELDS, filter_of, visit_of
from index.web.words import MARKS

_DAY = """<label><span>${label}</span><input type="date" value="${value || ""}"></label>"""
_CHANGED = """element.addEventListener("change", ({ target }) => {
  props.value = target.value;
  trigger("change");
});"""


def day(label: str, name: str) -> gr.HTML:
    """Return a field for a day: ``YYYY-MM-DD``, or empty.

    It is no class of its own: Gradio writes a stub beside the module of each.
    """
    options: dict[str, Any] = {"apply_default_css": False, "elem_id": name}
    return gr.HTML("", label=label, html_template=_DAY, js_on_load=_CHANGED, **options)


def layout() -> dict[str, Any]:
    """Lay out the form, closed; its parts by their names, those of the filter as in ``FIELDS``."""
    with gr.Accordion(MARKS.narrow, open=False, elem_id="narrow") as form:
        with gr.Row():
            since, until = day(MARKS.since, "since"), day(MARKS.until, "until")
            undated = gr.Checkbox(label=MARKS.undated_too, elem_id="undated", visible=False)
        choices: dict[str, Any] = {"multiselect": True, "choices": []}
        publishers = gr.Dropdown(label=MARKS.publishers, elem_id="publishers", **choices)
        articles = gr.Dropdown(label=MARKS.articles, elem_id="articles", **choices)
        everything = gr.Button(MARKS.everything, size="sm", elem_id="everything")
    fields = dict(zip(FIELDS, (since, until, publishers, articles, undated), strict=True))
    return fields | {"form": form, "everything": everything}


NOTHING: list[Any] = [None, None, [], [], False]
"""Their values where every article may answer."""


@dataclass(eq=False)
class Narrowing:
    """Says beside the form's name what is in force, and how many articles have no date."""

    engine: Engine
    catalogues: Catalogues

    def changed(self, request: gr.Request, *values: Any) -> list[Any]:
        """Return the form, closed or open as it is, with its name; and the box for undated articles."""
        words = visit_of(request).words
        try:
            filter = filter_of(values)
            left_out = self.engine.generation().undated(filter)
        except (QuestionError, StoreError):
            return [gr.skip(), gr.skip()]
        turn = narrowed(Turn(0, "", "looking"), filter, self.catalogues.current())
        said = narrowing(filter, turn.within, words)
        label = words.narrowed.format(words=said) if said else words.narrow
        offered = bool(left_out) or filter.undated
        undated = words.undated_too.format(count=left_out)
        return [gr.Accordion(label=label), gr.Checkbox(label=undated, visible=offered)]
