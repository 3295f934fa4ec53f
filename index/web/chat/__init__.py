"""The chat: a conversation of Gradio's with sources of our own beside it.

turns.py      what a page shows: frozen records, new or as kept; the articles they quote
visit.py      who is at the page, in which language
page.py       the layout, which handler answers what, and what happens when the page is opened
asking.py     the handlers of questions
history.py    the handlers of kept conversations and of verdicts
narrowing.py  which articles may answer
answers.py, sources.py, frame.py, escaping.py   records as HTML; pure functions, the one place that escapes
export.py     what is fetched of a kept conversation: files, text to copy
endpoints.py  what gradio_client may call, and how often an address may ask
warmup.py     getting the engine ready in the background
"""

from index.web.chat.export import conversation_router
from index.web.chat.page import AT_ONCE

__all__ = ["AT_ONCE", "conversation_router"]
