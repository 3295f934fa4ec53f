"""Plain pages of our own: a title and some HTML on the house's paper, under a policy without scripts."""

import base64
import hashlib
from html import escape
from pathlib import Path

from fastapi.responses import HTMLResponse

STYLE = (Path(__file__).parent / "paper.css").read_text("utf-8")
POLICY = (
    f"default-src 'none'; style-src 'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'; "
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing but this very style sheet. Source: https://www.w3.org/TR/CSP3/"""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
PAGE = """<!doctype html>
<html lang="ja">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""


def paper(title: str, body: str, *, status: int = 200) -> HTMLResponse:
    """Return a page. ``body`` is HTML, in which the caller has escaped what is not his own."""
    return HTMLResponse(PAGE.format(title=escape(title), style=STYLE, body=body), status, HEADERS)
