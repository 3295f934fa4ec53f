"""Front matter of Markdown: YAML between two lines of three dashes, to what it says of the article."""

from datetime import date, datetime
from typing import Any

from index.articles.files import Draft, Unreadable
from index.text.dates import find_day

_LARGEST_FRONT = 64_000


def front_matter(yaml_text: str) -> Draft:
    """Read the front matter; the draft has no text.

    Raises:
        Unreadable: It is no YAML, or a value is of the wrong kind.
    """
    import yaml

    if len(yaml_text) > _LARGEST_FRONT:
        raise Unreadable("front matter が長すぎます。")
    try:
        fields = yaml.safe_load(yaml_text) or {}
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # ValueError: 2025-02-30
        mark = getattr(error, "problem_mark", None)
        where = f"{mark.line + 2} 行目" if mark else "日付などの値が正しくありません"
        raise Unreadable(f"front matter が YAML として読めません（{where}）。") from error
    if not isinstance(fields, dict):
        raise Unreadable("front matter は「title: …」のような項目の並びにしてください。")
    language = _string(fields, "language") or _string(fields, "lang")
    url = _string(fields, "url")
    if url and not url.startswith(("https://", "http://")):
        raise _wrong("url", " http:// か https:// で始まるアドレス")
    return Draft(
        "",
        title=_string(fields, "title"),
        authors=_names(fields, "authors") or _names(fields, "author"),
        publisher=_string(fields, "publisher"),
        published=_date(fields, "published") or _date(fields, "date"),
        language=language.replace("_", "-").split("-")[0].lower() if language else None,
        url=url,
        source=_source(fields),
    )


def _wrong(key: str, wanted: str) -> Unreadable:
    return Unreadable(f"front matter の {key} は{wanted}で書いてください。")


def _string(fields: dict[Any, Any], key: str) -> str | None:
    value = fields.get(key)
    if value is None:
        return None
    if not isinstance(value, str):
        raise _wrong(key, "文字列")
    return " ".join(value.split()) or None


def _names(fields: dict[Any, Any], key: str) -> tuple[str, ...]:
    value = fields.get(key)
    if value is None:
        return ()
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(name, str) for name in values):
        raise _wrong(key, "文字列、または文字列の並び")
    return tuple(name.strip() for name in values if name.strip())


def _date(fields: dict[Any, Any], key: str) -> date | None:
    value = fields.get(key)
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, str) and len(value) < 100:
        value = find_day(value)
    if not isinstance(value, date):
        raise _wrong(key, " 2025-01-22 のような日付")
    return value


def _source(fields: dict[Any, Any]) -> str | None:
    """The source in one line: a string as it is; a mapping as ``発行元「題」2025-01-22``."""
    value = fields.get("source")
    if not isinstance(value, dict):
        return _string(fields, "source")
    title, day = _string(value, "title"), _date(value, "date") or _date(value, "published")
    parts = (_string(value, "publisher"), f"「{title}」" if title else None, day and str(day))
    return " ".join(part for part in parts if part) or None
