"""Plain pages of our own: a title and some HTML on the house's paper, under a policy without scripts."""

from functools import cache
from pathlib import Path

from fastapi.responses import HTMLResponse

from index.exports import document, page_policy


@cache
def _sheet() -> str:
    return (Path(__file__).parent / "paper.css").read_text("utf-8")


def paper(
    title: str, body: str, *, status: int = 200, language: str = "ja", scheme: str = ""
) -> HTMLResponse:
    """Return a page.

    Args:
        title: Of the page.
        body: HTML, in which the caller has escaped what is not his own.
        status: Of the response.
        language: Of the page.
        scheme: ``light`` or ``dark``; empty where the device decides.
    """
    page = document(
        f"<main>\n{body}\n</main>",
        title=title,
        language=language,
        styles=(_sheet(),),
        scheme=scheme,
        forms=True,
    )
    return HTMLResponse(page, status, page_policy((_sheet(),), forms=True))
