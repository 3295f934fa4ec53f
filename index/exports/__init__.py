"""Answers, conversations and their sources to take away: text, Markdown, HTML, BibTeX, RIS.

Pure functions from ``index.schema``. Every piece of an article or a question comes out as text, whatever
it holds.

words.py      what an export says of itself, in Japanese, English and Chinese
text.py       plain text, Markdown, BibTeX, RIS
drafts.py     a draft that was checked, as text, Markdown, HTML and DOCX
document.py   HTML documents that need nothing beside them, and a conversation as one
"""

from index.exports.document import (
    conversation_html,
    document,
    page_policy,
    source_hash,
    text_html,
    tokens,
)
from index.exports.drafts import check_docx, check_html, check_markdown, check_text
from index.exports.text import (
    answer_markdown,
    answer_text,
    bibtex,
    citation_markdown,
    citation_text,
    conversation_markdown,
    ris,
    web_address,
)

__all__ = [
    "answer_markdown",
    "answer_text",
    "bibtex",
    "check_docx",
    "check_html",
    "check_markdown",
    "check_text",
    "citation_markdown",
    "citation_text",
    "conversation_html",
    "conversation_markdown",
    "document",
    "page_policy",
    "ris",
    "source_hash",
    "text_html",
    "tokens",
    "web_address",
]
