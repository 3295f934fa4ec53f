"""What a browser's request says of its reader: the language, whether the page is light or dark.

The switches of the chat are cookies, so that every page of the house follows them.
"""

from starlette.requests import HTTPConnection

LANGUAGES = ("ja", "en", "zh")
SCHEMES = ("light", "dark")


def language_of(request: HTTPConnection, default: str = "ja") -> str:
    """Return the language chosen on the page, else the first of the browser's that there is."""
    chosen = request.cookies.get("tenkyo-language", "")
    preferred = (chosen, *_accepted(request.headers.get("accept-language", "")))
    return next((language for language in preferred if language in LANGUAGES), default)


def scheme_of(request: HTTPConnection) -> str:
    """Return ``light`` or ``dark`` as chosen on the page; empty where the device decides."""
    chosen = request.cookies.get("tenkyo-scheme", "")
    return chosen if chosen in SCHEMES else ""


def _accepted(header: str) -> list[str]:
    """Return primary language tags, the most wanted first.

    Source: https://www.rfc-editor.org/rfc/rfc9110#field.accept-language
    """
    ranges = [part.partition(";") for part in header.split(",")]
    wanted = [(_quality(weight), tag.split("-")[0].strip().lower()) for tag, _, weight in ranges]
    return [tag for quality, tag in sorted(wanted, key=lambda w: -w[0]) if quality > 0]


def _quality(weight: str) -> float:
    name, _, value = weight.partition("=")
    try:
        return float(value) if name.strip().lower() == "q" else 1.0
    except ValueError:
        return 0.0
