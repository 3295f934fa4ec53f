"""What stands around a conversation: the head of the page, its state, the empty page."""

from collections.abc import Iterable, Sequence

from index.web.chat.rendering.escaping import attribute, button, text
from index.web.chat.texts import LANGUAGES, Texts

FILES = (("Markdown", "markdown"), ("HTML", "html"), ("BibTeX", "bibtex"), ("RIS", "ris"))
"""The forms in which a conversation and its sources can be taken away."""


def render_header(texts: Texts, *, owner: str = "") -> str:
    """Render the name of the program, and what is done with the page as a whole.

    Args:
        texts: The words of the page.
        owner: Who is signed in; empty where nobody signs in.
    """
    other = "ja" if texts.language == "en" else "en"
    return (
        f"<header{attribute('lang', texts.language)}><h1>{text(texts.name)}</h1>"
        f'<span lang="{other}">{text(texts.other_name)}</span></header>'
        f"<nav>{button(texts.history, 'history')}"
        f"{button(texts.new, 'new')}"
        f'<a href="/library">{text(texts.library)}</a>{_export(texts)}{_view(texts, owner)}</nav>'
    )


def render_loading(texts: Texts) -> str:
    """Render the line that says the page is not ready yet."""
    return f'<p class="status loading" role="status">{text(texts.loading)}</p>'


def render_ready(articles: int, passages: int, texts: Texts) -> str:
    """Render the line that says what there is to ask."""
    line = texts.ready.format(articles=articles, passages=passages)
    return f'<p class="status" role="status">{text(line)}</p>'


def render_failure(message: str, texts: Texts) -> str:
    """Render why the page will not get ready."""
    return f'<div class="status failed" role="alert">{problem(texts.failed, message)}</div>'


def render_warning(message: str) -> str:
    """Render what is amiss while the page can be used."""
    return f'<div class="status failed" role="alert"><p>{text(message)}</p></div>'


def render_problem(message: str) -> str:
    """Render why there is no conversation."""
    return f'<div class="problem" role="alert"><p>{text(message)}</p></div>'


def render_welcome(examples: Sequence[str], texts: Texts) -> str:
    """Render what stands where the conversation will be, with questions to click."""
    offer = f"<h3>{text(texts.examples)}</h3>{questions(examples)}" if examples else ""
    return f"<section><h2>{text(texts.welcome)}</h2><p>{text(texts.how)}</p>{offer}</section>"


def questions(asked: Iterable[str]) -> str:
    """Render questions to click."""
    items = "".join(f"<li>{button(question, 'example')}</li>" for question in asked)
    return f'<ul class="examples">{items}</ul>'


def problem(title: str, message: str) -> str:
    """Render what went wrong, and what to do."""
    return f"<h3>{text(title)}</h3><p>{text(message)}</p>"


def _export(texts: Texts) -> str:
    """Render the menu of files; page.js gives the links the conversation that is open."""
    links = "".join(f'<a download data-format="{name}">{label}</a>' for label, name in FILES)
    return (
        f'<details class="menu export"><summary>{text(texts.export)}</summary>'
        f"<div>{links}</div></details>"
    )


def _view(texts: Texts, owner: str) -> str:
    languages = [(language, of.language_name) for language, of in LANGUAGES.items()]
    out = f'<a href="/logout">{text(texts.sign_out.format(name=owner))}</a>' if owner else ""
    return (
        f'<details class="menu view"><summary>{text(texts.view)}</summary><div>'
        f"<label><span>Language</span>{_select('language', languages, texts.language)}</label>"
        f"<label><span>{text(texts.scheme)}</span>{_select('scheme', texts.schemes, '')}</label>"
        f"{out}</div></details>"
    )


def _select(name: str, options: Iterable[tuple[str, str]], chosen: str) -> str:
    inner = "".join(
        f"<option{attribute('value', value)}{' selected' if value == chosen else ''}>{text(label)}</option>"
        for value, label in options
    )
    return f'<select name="{name}">{inner}</select>'
