"""The web chat: a Gradio page; ``index.server`` serves it.

turns.py      what a page shows: frozen records, gathered from the engine
rendering.py  those records as HTML; pure functions, the one place that escapes
texts.py      every word of the interface
examples.py   questions offered on the empty page
warmup.py     getting the engine ready in the background
chat.py       the page: layout and handlers
style.css, cite.js, favicon.svg   what the browser gets
"""

import os

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported, below

from index.web.chat import build_app

__all__ = ["build_app"]
