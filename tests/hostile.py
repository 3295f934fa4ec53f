"""Strings that would do harm, or hide it, if they were ever read as anything but text; and a parser that tells."""

from html.parser import HTMLParser

HOSTILE = (
    # Scripts and handlers.
    "<script>window.hit=1</script>",
    "</script><script>window.hit=1</script>",
    "<SCRIPT SRC=//x.invalid/a.js></SCRIPT>",
    "<scr<script>ipt>window.hit=1</scr</script>ipt>",
    "<img src=x onerror=window.hit=1>",
    "<img src=x onerror='window.hit=1'//",
    '"><svg onload=window.hit=1>',
    "'><svg/onload=window.hit=1>",
    "' onmouseover='window.hit=1' x='",
    '" autofocus onfocus="window.hit=1',
    "<body onload=window.hit=1>",
    "<details open ontoggle=window.hit=1>",
    "<video><source onerror=window.hit=1></video>",
    "<iframe srcdoc='<script>parent.hit=1</script>'></iframe>",
    "<object data=data:text/html,<script>window.hit=1</script>></object>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=window.hit=1>",
    "<template><script>window.hit=1</script></template>",
    "<meta http-equiv=refresh content=0;url=javascript:window.hit=1>",
    "<base href=//x.invalid/>",
    "<link rel=stylesheet href=//x.invalid/a.css>",
    "<form action=javascript:window.hit=1><button>押す</button></form>",
    # Addresses that run.
    "javascript:window.hit=1",
    "JaVaScRiPt:window.hit=1",
    "java\tscript:window.hit=1",
    " javascript:window.hit=1",
    "data:text/html,<script>window.hit=1</script>",
    "https://x.invalid/\" onclick=\"window.hit=1",
    "https://x.invalid/}, title = {偽の題",
    # Broken markup.
    "</mark></p></article></main></body></html>",
    "</title></style></textarea></blockquote>",
    "<mark>偽の引用</mark>",
    "<p data-start=0>偽の段落",
    "<!-- 注釈",
    "--><h1>大見出し</h1><!--",
    "<style>*{display:none}</style>",
    "<![CDATA[ x ]]>",
    "<?xml version='1.0'?>",
    "&lt;b&gt; &amp; &#x3c;i&#x3e; &copy",
    "<b",
    "a<b>c&d\"e'f",
    # Templates.
    "${window.hit=1} {{7*7}} {% x %} {0} %s %(a)s",
    "{question} {name!r} {0.__class__}",
    # Markdown.
    "[押す](javascript:window.hit=1)",
    "![x](https://x.invalid/p.png)",
    "[a]: https://x.invalid 'b'",
    "[^1]: 偽の脚注",
    "**太** _斜_ ~~消~~ `code` $x^2$ $$y$$",
    "# 見出し",
    "- 一\n- 二\n\n1. 三\n2) 四\n+ 五",
    "題\n===\n題\n---\n***\n___",
    "> 引用\n\n    字下げ\n\n```\n柵\n```",
    "| a | b |\n|---|---|\n| c | d |",
    "<https://x.invalid> \\[x\\]\\",
    "1. 最初\n# 次",
    # Directions and what cannot be seen.
    "\u202eesrever\u202c",
    "\u2066片方だけ",
    "閉じすぎ\u2069\u2069\u202c",
    "\u202d\u202e\u2067混ぜる",
    "税\u202e%05\u2066引き",
    "無\x00い",
    "鳴\x07る\x1b[31m赤\x9b0m",
    "改\rめ\r\nて\x0b行\x0cを\x85変\u2028え\u2029る",
    "半分\ud83dの対",
    "長" * 3000,
    "a" * 3000,
    "e" + "\u0301" * 300,
    # BibTeX and LaTeX.
    "}, author = {偽の人",
    "{{{",
    "}}}",
    "\\",
    "100% & #1 $5 _x_ ^y^ ~z~ \\input{/etc/passwd}",
    "\\write18{touch hit} \\catcode`\\@=11",
    "@misc{other, title={偽}}",
    "題}\n}\n@misc{other,\n  title = {偽}\n}",
    "@comment{ @string{a = \"b\"} @preamble{\"x\"}",
    'a" # "b and others, Jr.',
    "A and B and others",
    # RIS.
    "題\nER  - \nTY  - BOOK\nTI  - 偽の題",
    "題\r\nAU  - 偽の人",
    "題\u2028ER  - \u2028TY  - BOOK",
    "ER  - ",
    "TY  - JOUR",
    "星*付き*の*人",
)  # fmt: skip


class Page(HTMLParser):
    """The elements of a file, the attributes they have, its text, what is marked and what is strong."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.text = ""
        self.marked = ""
        self.strong = ""
        self.blocks: dict[int, str] = {}  # text by data-start
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in ("meta", "link", "input"):
            self.open.append(tag)
        if start := dict(attrs).get("data-start"):
            self.blocks[int(start)] = ""

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "script", "head"} & set(self.open):
            self.text += data
        if "mark" in self.open:
            self.marked += data
        if "strong" in self.open:
            self.strong += data
        if self.blocks and "article" in self.open and self.open[-1] != "article":
            self.blocks[max(self.blocks)] += data

    def values(self, name: str) -> list[str]:
        """What an attribute holds, wherever it stands."""
        return [value for key, value in self.attributes if key == name]
