"""The page that describes the endpoints, made from the server's own OpenAPI, and those of ``index/docs``.

No script, and nothing from outside.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from index.exports import document, page_policy

PROBLEM_CODES = {
    "question-empty": "質問が空",
    "question-too-long": "質問が長すぎる",
    "date": "日付が日付でない",
    "invalid": "そのほか、項目が正しくない",
    "unreadable": "本文を読めない",
    "too-large": "本文が大きすぎる",
    "busy": "混み合っている。Retry-After 秒後にもう一度",
    "too-often": "一つのアドレスからの質問か、サインインの失敗が多すぎる。Retry-After 秒後にもう一度",
    "no-index": "索引がまだない",
    "index": "索引を使えない",
    "store-away": "索引の保存先を使えない",
    "model": "モデルを使えない",
    "no-article": "その ID の記事はない",
    "not-found": "そのアドレスには何もない",
    "method": "そのアドレスでは使えないメソッド。Allow にあるものを使う",
    "sign-in": "サインインが要る（HTTP の Basic 認証）",
    "unexpected": "内部の問題",
}
"""What ``code`` may be."""

DOCS = Path(__file__).parents[1] / "docs"
TO_README = " · [README](../../README.md)"
"""Where it stands the pages are read as files, not in a browser."""

Schema = Mapping[str, Any]
Row = tuple[str, str, str]

KINDS = {"string": "文字列", "integer": "整数", "number": "数", "boolean": "真偽", "date": "日付",
         "object": "オブジェクト"}  # fmt: skip

INTRODUCTION = """<h1>典拠 Tenkyo の API</h1>
<p>コマンドの <code>--json</code> と同じ名前と形の JSON を返します。引用は必ず、記事の本文の
<code>start</code> から <code>end</code> までの文字そのままで、そのうち問いに答える語句は
<code>key</code> にあります。機械が読む定義は <a href="../openapi.json">openapi.json</a>、使い方は
<a href="../docs/manual.md">別のページ</a>にあります。</p>
<p>エラーは、どれも <code>{"schema": 1, "error": "…", "code": "…"}</code> の形です。<code>error</code>
は読むための文、<code>code</code> は見分けるための一語です。</p>
"""
EXAMPLE = """<h3>例</h3>
<pre>curl -s {address}api/ask -H 'Content-Type: application/json' \\
  -d '{{"question": "〇〇はいつ完成したか", "since": "2024-01-01"}}'</pre>
"""


@cache
def _sheet() -> str:
    return (Path(__file__).parent / "plain_page.css").read_text("utf-8")


def plain_page(
    title: str, body: str, *, status: int = 200, language: str = "ja", scheme: str = ""
) -> HTMLResponse:
    """Return a page without scripts, under a policy that allows none.

    Args:
        title: Of the page.
        body: HTML, in which the caller has escaped what others wrote.
        status: Of the response.
        language: Of the page.
        scheme: ``light`` or ``dark``; empty where the device decides.
    """
    sheets = (_sheet(),)
    page = document(
        f"<main>\n{body}\n</main>",
        title=title,
        language=language,
        styles=sheets,
        scheme=scheme,
        forms=True,
    )
    return HTMLResponse(page, status, page_policy(sheets, forms=True))


def docs_router() -> APIRouter:
    """Return the pages at ``/api/docs`` and ``/docs/…``."""
    router = APIRouter(include_in_schema=False)

    @router.get("/api/docs", response_class=HTMLResponse)
    async def docs(request: Request) -> HTMLResponse:
        schema = request.app.openapi()
        example = EXAMPLE.format(address=escape(str(request.base_url)))
        codes = _table("", ((code, "", words) for code, words in PROBLEM_CODES.items()))
        endpoints = "".join(_endpoints(schema))
        body = f"{INTRODUCTION}{example}{endpoints}<h2>エラーの code</h2>{codes}"
        return plain_page("典拠 Tenkyo の API", body)

    @router.get("/docs/{name}.md", response_class=HTMLResponse)
    async def page(name: str) -> HTMLResponse:
        path = DOCS / f"{name}.md"
        if path not in DOCS.glob("*.md"):
            raise HTTPException(404)
        return plain_page(*_read(path))

    return router


@cache
def _read(path: Path) -> tuple[str, str]:
    """Return title and HTML of a page of ``index/docs``, whose headings have the names its links use."""
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("js-default")  # tables, and no HTML but its own
    tokens = markdown.parse(path.read_text("utf-8").replace(TO_README, ""))
    for heading, words in pairwise(tokens):
        if heading.type == "heading_open":
            heading.attrSet("id", words.content.lower().replace(" ", "-"))
    body = markdown.renderer.render(tokens, markdown.options, {})
    return f"典拠 Tenkyo：{tokens[1].content}", body


def _endpoints(schema: Schema) -> Iterator[str]:
    for path, methods in schema["paths"].items():
        for method, endpoint in methods.items():
            yield f'<h2><span class="method">{method.upper()}</span><code>{escape(path)}</code></h2>'
            yield f"<p>{escape(endpoint.get('summary', ''))}</p>"
            yield _table("受け取るもの", _asked(endpoint, schema))
            given = _members(_content(endpoint["responses"]["200"]), schema)
            yield f"<details><summary>返るもの</summary>{_table('', given)}</details>"
            failures = {s: r for s, r in endpoint["responses"].items() if s != "200"}
            yield _table("エラー", ((s, "", r["description"]) for s, r in failures.items()))


def _asked(endpoint: Schema, schema: Schema) -> Iterator[Row]:
    for parameter in endpoint.get("parameters", ()):
        kind = _kind(parameter["schema"], schema)
        need = "、必須" if parameter["required"] else ""
        yield parameter["name"], kind + need, parameter.get("description", "")
    body = _content(endpoint.get("requestBody", {}))
    for name, kind, words in _members(body, schema):
        need = "、必須" if name in _resolved(body, schema)["required"] else ""
        yield name, kind + need, words


def _content(part: Schema) -> Schema:
    content: Schema = part.get("content", {}).get("application/json", {})
    return dict(content.get("schema", {}))


def _members(part: Schema, schema: Schema, prefix: str = "") -> Iterator[Row]:
    """Yield every member of an object, or of the objects of a list, with dotted names."""
    part = _resolved(part, schema)
    part = _resolved(part.get("items", part), schema)
    for name, member in part.get("properties", {}).items():
        listed = "[]" if "items" in _resolved(member, schema) else ""
        yield f"{prefix}{name}{listed}", _kind(member, schema), member.get("description", "")
        yield from _members(member, schema, f"{prefix}{name}{listed}.")


def _resolved(part: Schema, schema: Schema) -> Schema:
    part = next((p for p in part.get("anyOf", ()) if p.get("type") != "null"), part)
    if "$ref" in part:
        name = part["$ref"].rpartition("/")[2]
        return dict(schema["components"]["schemas"][name])
    return part


def _kind(part: Schema, schema: Schema) -> str:
    inner = _resolved(part, schema)
    kind = str(inner.get("format") or inner.get("type") or "")
    if kind == "array":
        kind = f"{_kind(inner['items'], schema)} の並び"
    kind = KINDS.get(kind, kind)
    empty = any(p.get("type") == "null" for p in part.get("anyOf", ()))
    return f"{kind} か null" if empty else kind


def _table(heading: str, rows: Iterator[Row]) -> str:
    lines = [
        f"<tr><td><code>{escape(name)}</code></td><td>{escape(kind)}</td><td>{escape(words)}</td></tr>"
        for name, kind, words in rows
    ]
    title = f"<h3>{heading}</h3>" if heading else ""
    return f"{title}<table>{''.join(lines)}</table>" if lines else ""
