"""The one way of a piece of text into the page."""

from html import escape

from index.schema import Parts
from index.web.chat.texts import Texts
from index.web.chat.turns import INNER_QUOTES

_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


def text(piece: str) -> str:
    """Escape a piece and keep its direction to itself: a stray override must not turn the page."""
    return f"<bdi>{escape(piece)}</bdi>" if _BIDI.intersection(piece) else escape(piece)


def emphasised(parts: Parts) -> str:
    """Escape a quote, the words in it that answer in ``<strong>`` where they are known."""
    before, key, after = map(text, parts)
    return f'{before}<strong class="key">{key}</strong>{after}' if key else before


def attribute(name: str, value: object) -> str:
    """Return an attribute with its value escaped, and a space before it."""
    return f' {name}="{escape(str(value))}"'


def button(label: str, name: str, **data: object) -> str:
    """Return a button with a class, which the scripts know it by, and data for them."""
    more = "".join(attribute(f"data-{key}", value) for key, value in data.items())
    return f'<button type="button"{attribute("class", name)}{more}>{text(label)}</button>'


def quoted(title: str, texts: Texts) -> str:
    """Return a title in the quotation marks of the language; it is not escaped yet."""
    return texts.quoted.format(title.translate(INNER_QUOTES) if "「" in texts.quoted else title)


def note(line: str) -> str:
    """Return a line that is the page's own word, not an article's."""
    return f'<p class="note">{text(line)}</p>'
