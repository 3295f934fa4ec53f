"""The page as HTML: pure functions from records to escaped strings.

Gradio's HTML component puts the string into the page as it is, so that nothing may leave here
unescaped: every piece of an article or a question goes through ``escaping.text``. No Markdown and no
LaTeX is read anywhere, and so what was typed is what is shown. Knows nothing of engine or browser; the
elements' ids (``turn-3``, ``cite-3-1``, ``src-3-1``, ``sources-3``) are what the scripts and
style/ hold on to.
"""

from index.web.chat.rendering.conversation import render_conversation, render_turn
from index.web.chat.rendering.forms import render_filter
from index.web.chat.rendering.frame import (
    render_failure,
    render_header,
    render_loading,
    render_problem,
    render_ready,
    render_warning,
    render_welcome,
)
from index.web.chat.rendering.history import render_history, render_history_head, render_history_off
from index.web.chat.rendering.sources import render_source, render_sources

__all__ = [
    "render_conversation",
    "render_failure",
    "render_filter",
    "render_header",
    "render_history",
    "render_history_head",
    "render_history_off",
    "render_loading",
    "render_problem",
    "render_ready",
    "render_source",
    "render_sources",
    "render_turn",
    "render_warning",
    "render_welcome",
]
