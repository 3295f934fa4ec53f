"""What the page of the library says, as names; each language fills them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LibraryTexts:
    """The words of the page. Names in braces are filled by the page's script.

    ``at_work``, ``done`` and ``stages`` go by the kinds and stages of ``/library/state``.
    """

    language: str
    name: str
    other_name: str
    ask: str
    title: str
    lead: str
    held: str
    loading: str
    no_script: str
    empty: str
    empty_how: str
    empty_closed: str
    closed: str
    search: str
    search_hint: str
    sort: str
    count: str
    found: str
    none_found: str
    more: str
    columns: dict[str, str]
    passages_of: str
    fresh: str
    choose_all: str
    choose_one: str
    chosen: str
    chosen_hidden: str
    remove: str
    release: str
    add: str
    add_how: str
    choose_files: str
    drop: str
    busy_drop: str
    formats: str
    limits: str
    paste: str
    paste_how: str
    paste_fields: dict[str, str]
    optional: str
    characters: str
    paste_send: str
    close: str
    too_large: str
    too_many: str
    too_much: str
    a_folder: str
    sending: str
    at_work: dict[str, str]
    stages: dict[str, str]
    item: str
    meanwhile: str
    done: dict[str, str]
    nothing_added: str
    now_held: str
    took: str
    added: str
    removed: str
    and_more: str
    skipped: str
    failed: str
    unchanged: str
    undo: str
    undo_to: str
    undo_to_undated: str
    rebuild: str
    rebuild_how: str
    damaged: str
    unreachable: str
    signed_out: str
    unsent: str
    unexpected: str
    timeline: str
    timeline_how: str
    timeline_part: str
    timeline_none: str
