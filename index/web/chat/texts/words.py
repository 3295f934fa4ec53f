"""What the page says, as names; each language fills them."""

from collections.abc import Mapping
from dataclasses import dataclass

from index.errors import TenkyoError


@dataclass(frozen=True, slots=True)
class Texts:
    """The words of the page. Fields with braces are filled by ``str.format``.

    ``confidence`` gives the words from a least confidence upwards, highest first. Of the answers to
    tests/questions.jsonl, in which two questions of five have none, the citations of 78 % hold the
    evidence at the highest level (9 answers), of 66 % in the middle (107), of 53 % at the lowest (87).
    ``errors`` has a sentence for the codes of errors that a reader of the page can meet, as far as
    the error itself, which speaks Japanese, does not do. ``built_in`` translates what Gradio itself says in English whatever the language.
    """

    language: str
    language_name: str
    page_title: str
    name: str
    other_name: str
    loading: str
    ready: str
    failed: str
    welcome: str
    how: str
    examples: str
    box: str
    placeholder: str
    send: str
    stop: str
    stopped: str
    ask_again: str
    waiting: str
    looking: str
    reading: str
    reading_one: str
    understood: str
    ask_otherwise: str
    fit: str
    confidence: tuple[tuple[float, str], ...]
    speaker: str
    differing: str
    sources_of_answer: str
    missing: str
    quoted: str
    look_at_nearest: str
    suggestions: str
    suggestion: str
    error: str
    unreadable: str
    cut: str
    sources: str
    sources_empty: str
    sources_pending: str
    sources_none: str
    nearest: str
    nearest_note: str
    changed: str
    gone: str
    marker: str
    back: str
    open_article: str
    around: str
    failed_to_fetch: str
    close: str
    date: str
    history: str
    history_search: str
    history_empty: str
    history_visitor: str
    history_not_found: str
    history_off: str
    unkept: str
    copy: str
    copy_markdown: str
    copy_quote: str
    copy_address: str
    copied: str
    copy_by_hand: str
    new: str
    library: str
    export: str
    rename: str
    save: str
    delete: str
    deleted: str
    undo: str
    today: str
    yesterday: str
    narrow: str
    days: str
    since: str
    until: str
    publishers: str
    articles: str
    find_article: str
    everything: str
    ask_everything: str
    narrowed: str
    from_day: str
    to_day: str
    between: str
    judge_answer: str
    judge_source: str
    right: str
    wrong: str
    word: str
    tell: str
    thanks: str
    view: str
    sign_out: str
    scheme: str
    schemes: tuple[tuple[str, str], ...]
    errors: Mapping[str, str]
    built_in: dict[str, str]

    def told(self, error: TenkyoError) -> str:
        """Say in this language what went wrong."""
        return self.errors.get(error.code, error.told)
