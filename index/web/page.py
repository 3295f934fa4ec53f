"""Gradio's pages as one application: their layout, their look and their scripts."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import gradio as gr

from index.engine import Engine
from index.exports import tokens
from index.web.chat.endpoints import Admit, Endpoint, add_endpoints
from index.web.chat.page import add_chat
from index.web.chat.warmup import WarmUp
from index.web.check import add_check
from index.web.library import add_library, add_timeline
from index.web.words import MARKS

SCRIPTS = ("page.js", "sources.js", "library.js", "check.js")
"""The scripts of the pages, the first of which the others need."""

STYLES = ("page.css", "chat.css", "sources.css", "library.css", "check.css")

LOOK = {
    "paper": "body_background_fill background_fill_primary block_background_fill panel_background_fill"
    " checkbox_label_background_fill button_primary_text_color button_secondary_background_fill",
    "sheet": "input_background_fill input_background_fill_focus checkbox_background_color",
    "ink": "body_text_color checkbox_label_text_color",
    "soft": "body_text_color_subdued block_label_text_color block_title_text_color block_info_text_color"
    " input_border_color input_placeholder_color checkbox_border_color",
    "rule": "border_color_primary block_border_color",
    "tint": "background_fill_secondary button_secondary_background_fill_hover",
    "marked": "color_accent_soft",
    "accent": "border_color_accent link_text_color link_text_color_hover link_text_color_active"
    " link_text_color_visited input_border_color_focus checkbox_background_color_selected"
    " checkbox_border_color_selected button_primary_background_fill button_primary_background_fill_hover"
    " button_secondary_border_color button_secondary_text_color loader_color slider_color",
}
"""The colours of the house (exports/tokens.css), each with the parts of Gradio's theme that bear it."""


class Theme(gr.themes.Base):  # type: ignore[misc]
    """The house's paper, ink and type (exports/tokens.css), which know light from dark themselves."""

    def __init__(self) -> None:
        # Names of fonts on the reader's own machine; nothing is fetched.
        fonts = ["Noto Sans CJK JP", "Hiragino Sans", "Yu Gothic UI", "sans-serif"]
        super().__init__(font=fonts, font_mono=["monospace"], text_size="lg", radius_size="sm")
        look = {name: f"var(--{token})" for token, names in LOOK.items() for name in names.split()}
        look |= {f"{name}_dark": v for name, v in look.items() if hasattr(self, f"{name}_dark")}
        self.set(**look, block_shadow="none", input_shadow="none", block_border_width="0px")


def build_app(
    engine: Engine,
    warm_up: WarmUp,
    endpoints: Iterable[Endpoint],
    admit: Admit,
    *,
    writable: bool,
) -> gr.Blocks:
    """Lay the pages out and connect them to the engine, which is warmed up when one is opened.

    Args:
        engine: Asked by whoever is at the page.
        warm_up: Shared with others who wait for the engine.
        endpoints: What programs may call by name; the handlers of the pages are none.
        admit: Refuses, by a BusyError, an address that asks too often.
        writable: Whether who comes here may change the library.
    """
    # What is sent is taken out of Gradio's folder at once; what nobody took goes after an hour.
    look: dict[str, Any] = {"title": MARKS.page_title, "fill_width": True}
    with gr.Blocks(**look, analytics_enabled=False, delete_cache=(600, 3600)) as app:
        add_endpoints(endpoints, admit)  # first, for Gradio gives a name to each handler too
        gr.Navbar(main_page_name=MARKS.name)
        add_chat(app, engine, warm_up, admit)
    with app.route(MARKS.library, "library"):
        gr.Navbar(main_page_name=MARKS.name)
        add_library(app, engine, writable=writable)
    with app.route(MARKS.library_timeline, "timeline"):
        gr.Navbar(main_page_name=MARKS.name)
        add_timeline(app, engine)
    with app.route(MARKS.check, "check"):
        gr.Navbar(main_page_name=MARKS.name)
        add_check(engine, warm_up, admit, writable=writable)
    app.queue(api_open=False, max_size=64)
    return app


def page_parts() -> dict[str, Any]:
    """Return what Gradio wants at launch or mounting rather than in the layout."""
    here = Path(__file__).parent
    script = "".join((here / name).read_text("utf-8") for name in SCRIPTS)
    style = tokens() + "".join((here / name).read_text("utf-8") for name in STYLES)
    return {
        "theme": Theme(),
        # Not as css=: Gradio would put a prefix of its own before each selector.
        "head": f"<style>{style}</style><script>{script}</script>",
        "favicon_path": str(here / "favicon.svg"),
        "footer_links": [],
    }
