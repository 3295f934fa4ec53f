"""Answers, conversations and their sources to take away: text, Markdown, HTML, BibTeX, RIS.

Pure functions from the JSON objects of payloads.py, in which form old answers are kept. Every piece
of an article or a question comes out as text, whatever it holds.

cited.py          where a quote stands and what is told of its article
words.py          the words of an export in Japanese, English and Chinese
wording.py        what an answer says beside its statements
plain.py          plain text
markdown.py       Markdown, with footnotes
document.py       an HTML document that needs nothing beside it, and its policy
conversation.py   a conversation as one HTML file
bibliography.py   BibTeX and RIS
"""

from index.addresses import quote_address
from index.exports.bibliography import bibtex, ris
from index.exports.cited import (
    Payload,
    citation_address,
    cited,
    passage_address,
    source_of,
    sources_of,
    statement_parts,
)
from index.exports.conversation import conversation_html
from index.exports.document import document, page_policy, source_hash, text_html, tokens
from index.exports.markdown import (
    answer_markdown,
    citation_markdown,
    conversation_markdown,
    copy_markdown,
)
from index.exports.plain import answer_text, citation_text, copy_text
from index.legible import legible

__all__ = [
    "Payload",
    "answer_markdown",
    "answer_text",
    "bibtex",
    "citation_address",
    "citation_markdown",
    "citation_text",
    "cited",
    "conversation_html",
    "conversation_markdown",
    "copy_markdown",
    "copy_text",
    "document",
    "legible",
    "page_policy",
    "passage_address",
    "quote_address",
    "ris",
    "source_hash",
    "source_of",
    "sources_of",
    "statement_parts",
    "text_html",
    "tokens",
]
