"""The web chat: a Gradio page; ``index.server`` serves it.

turns.py      what a page shows: frozen records, gathered from the engine
recall.py     those records to what is kept of them, and back
catalogue.py  the articles of the index in use, for the filter and for old citations
rendering/    records as HTML; pure functions, the one place that escapes
texts/        every word of the interface, in three languages
examples.py   questions offered on the empty page
warmup.py     getting the engine ready in the background
visit.py      who is at the page, in which language, with which filter
arrival.py    what happens when the page is opened
asking.py     the handlers of questions
history.py    the handlers of kept conversations and of verdicts
chat.py       the page: its layout, and which handler answers what
style.css, page.js, cite.js, favicon.svg   what the browser gets
"""

import os

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported, below

from index.web.chat import build_app

__all__ = ["build_app"]
