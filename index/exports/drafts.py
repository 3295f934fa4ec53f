"""A draft that was checked, to take away: text, Markdown, HTML, and DOCX with comments.

Each sentence of the draft stands in its place, with a sign and the numbers of its citations behind it.
"""

import io
from collections.abc import Iterator

from index.checked import Check, Difference, Quoted, Sentence
from index.exports.document import card, document, text_html
from index.exports.text import citation_markdown, citation_text, escaped_line
from index.exports.words import Words, words_for
from index.text.characters import legible, one_line

SIGNS = {"supported": "○", "contradicted": "×", "not found": "？", "skipped": "–"}
"""What stands for a verdict, so that it is not told by colour alone."""


def summary(check: Check, words: Words) -> str:
    """Say how many sentences have which verdict."""
    told = (f"{SIGNS[name]} {words.verdict(name)} {count}" for name, count in check.counts.items())
    return words.comma.join(told)


def remarks(check: Check, sentence: Sentence, words: Words) -> list[str]:
    """Say what is wrong in a sentence: words quoted otherwise, words of another, what stands for which figure."""
    quoted = (_quoted(check, one, words) for one in sentence.quoted)
    apart = [
        words.stands.format(one_line(check.text[d.start : d.end]), one_line(_there(check, d)))
        for d in sentence.differences
        if d.start < d.end
    ]
    return [*filter(None, quoted), *apart]


def _there(check: Check, difference: Difference) -> str:
    """The words that stand in the article instead."""
    cited = check.citations[difference.citation - 1]
    start, end = difference.there
    return cited.quote[start - cited.start : end - cited.start]


def _quoted(check: Check, quoted: Quoted, words: Words) -> str:
    said = check.text[quoted.start : quoted.end]
    if quoted.found == "missing":
        return words.unquoted.format(one_line(said))
    if quoted.speakers:
        return words.another.format(*map(one_line, quoted.speakers))
    return words.altered if quoted.found == "altered" else ""


def check_text(check: Check, *, language: str = "ja") -> str:
    """Return a draft with what the articles say of it as text."""
    words = words_for(language)
    lines = [summary(check, words), ""]
    for s in check.sentences:
        numbers = "".join(f"[{n}]" for n in s.citations)
        lines.append(f"{SIGNS[s.verdict]} {one_line(s.text)} {numbers}".rstrip())
        lines += [f"    {one_line(remark)}" for remark in remarks(check, s, words)]
    lines += ["", words.sources] if check.citations else []
    for c in check.citations:
        told = citation_text(c, language=language).replace("\n", "\n    ")
        lines.append(f"[{c.number}] {told}")
    return "\n".join(lines) + "\n"


def check_markdown(check: Check, *, language: str = "ja") -> str:
    """Return a draft as Markdown, its sources as footnotes."""
    words = words_for(language)
    parts = [escaped_line(summary(check, words))]
    for paragraph in _paragraphs(check):
        told = []
        for s in paragraph:
            notes = "".join(f"[^{n}]" for n in s.citations)
            wrong = "".join(f" （{escaped_line(remark)}）" for remark in remarks(check, s, words))
            sign = "" if s.verdict == "skipped" else f"{SIGNS[s.verdict]} "
            told.append(f"{sign}{escaped_line(s.text)}{notes}{wrong}")
        parts.append("  \n".join(told))
    parts += [f"[^{c.number}]: {citation_markdown(c, language=language)}" for c in check.citations]
    return "\n\n".join(parts) + "\n"


def check_html(check: Check, *, language: str = "ja") -> str:
    """Return a draft as an HTML file that opens by itself."""
    words = words_for(language)
    body = "".join(
        f"<p>{' '.join(_sentence_html(check, s, words) for s in paragraph)}</p>"
        for paragraph in _paragraphs(check)
    )
    sources = "".join(
        f'<li id="source-{c.number}" value="{c.number}">{card(c, text_html(c.quote), words)}</li>'
        for c in check.citations
    )
    told = f'<p class="note">{text_html(summary(check, words))}</p>'
    listed = f'<div class="sources"><h3>{words.sources}</h3><ol>{sources}</ol></div>'
    main = f'<main><section class="turn">{told}{body}{listed if sources else ""}</section></main>'
    return document(main, title=words.checked, language=words.language)


def _sentence_html(check: Check, s: Sentence, words: Words) -> str:
    notes = "".join(f'<a class="cite" href="#source-{n}">[{n}]</a>' for n in s.citations)
    wrong = "".join(f"<small>{text_html(f'（{r}）')}</small>" for r in remarks(check, s, words))
    text = text_html(s.text)
    if s.verdict == "skipped":
        return text
    shown = f"<mark>{text}</mark>" if s.verdict == "contradicted" else text
    title = words.verdict(s.verdict)
    return f'<span title="{title}">{SIGNS[s.verdict]} {shown}</span>{notes}{wrong}'


def check_docx(check: Check, *, language: str = "ja") -> bytes:
    """Return a draft as DOCX, with a comment on each sentence that was checked."""
    import docx

    words = words_for(language)
    made = docx.Document()
    made.core_properties.title = words.checked
    for paragraph in _paragraphs(check):
        written = made.add_paragraph()
        for s in paragraph:
            run = written.add_run(legible(s.text))
            if s.verdict != "skipped":
                cited = [check.citations[n - 1] for n in s.citations]
                told = [f"{SIGNS[s.verdict]} {words.verdict(s.verdict)}", *remarks(check, s, words)]
                told += [citation_text(c, language=language) for c in cited]
                made.add_comment(run, text=legible("\n".join(told)), author="Tenkyo", initials="T")
    made.save(file := io.BytesIO())
    return file.getvalue()


def _paragraphs(check: Check) -> Iterator[list[Sentence]]:
    """Yield the sentences of each line of the draft."""
    found: list[Sentence] = []
    for s in check.sentences:
        if found and "\n" in check.text[found[-1].end : s.start]:
            yield found
            found = []
        found.append(s)
    if found:
        yield found
