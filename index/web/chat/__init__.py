"""The chat: a Gradio page.

turns.py      what a page shows: frozen records, new or as kept
catalogue.py  the articles of the index in use, for the filter and for old citations
rendering/    records as HTML; pure functions, the one place that escapes
texts/        every word of the interface, in three languages
examples.py   questions offered on the empty page
warmup.py     getting the engine ready in the background
visit.py      who is at the page, in which language, with which filter
arrival.py    what happens when the page is opened
endpoints.py  what gradio_client may call, and how often an address may ask
asking.py     the handlers of questions
history.py    the handlers of kept conversations and of verdicts
export.py     what is fetched of a kept conversation: files, text to copy, follow-ups
followups.py  questions to go on with after an answer
page.py       the page: its layout, and which handler answers what
style/, page.js, cite.js, fetched.js, favicon.svg   what the browser gets
"""

from index.web.chat.export import conversation_router
from index.web.chat.page import AT_ONCE, build_app, page_parts

__all__ = ["AT_ONCE", "build_app", "conversation_router", "page_parts"]
