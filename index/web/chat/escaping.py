"""The one way of a piece of text into the page."""

from html import escape

from index.schema import Parts
from index.web.words import Words

_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
_INNER_QUOTES = str.maketrans("「」", "『』")


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
    return f'<button type="button"{_told(name, data)}>{text(label)}</button>'


def icon(label: str, name: str, pressed: bool | None = None, **data: object) -> str:
    """Return a button that shows a picture (page.css, by its class); its label hovers, and is told."""
    shown = attribute("title", label)
    if pressed is not None:
        shown += attribute("aria-pressed", str(pressed).lower())
    return f'<button type="button"{shown}{_told(f"icon {name}", data)}></button>'


def quoted(title: str, words: Words) -> str:
    """Return a title in the quotation marks of the language; it is not escaped yet."""
    return words.quoted.format(title.translate(_INNER_QUOTES) if "「" in words.quoted else title)


def note(line: str) -> str:
    """Return a line that is the page's own word, not an article's."""
    return f'<p class="note">{text(line)}</p>'


def _told(name: str, data: dict[str, object]) -> str:
    more = "".join(attribute(f"data-{key}", value) for key, value in data.items())
    return attribute("class", name) + more
