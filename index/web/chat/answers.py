"""Turns as messages of Gradio's Chatbot: the question as text, the answer as HTML.

Gradio puts both into the page as they are, so that nothing may leave here unescaped: every piece of an
article or a question goes through ``escaping.text``. No Markdown and no LaTeX is read, and so what was
typed is what is shown. The elements' ids (``turn-3``, ``cite-3-1``, ``src-3-1``, ``sources-3``) are what
the scripts and the style hold on to.
"""

from collections.abc import Iterable
from html import escape
from typing import Any

from index.exports.words import words_for
from index.records import Filter
from index.schema import Answer, Group, Statement
from index.web.chat.escaping import attribute, button, emphasised, icon, note, quoted, text
from index.web.chat.sources import render_sources
from index.web.chat.turns import EVERYTHING, Turn
from index.web.words import Words

LONGEST_QUESTION = 1000
"""Characters of a question that are shown; a pasted book must not fill the page."""

FAIR = 0.5
"""The confidence from which an answer is called a fair match. Of the answers to the facts of tests/questions.jsonl, in which two
questions of five have none, .84 of the upper ones are right, and .65 of the lower. Of questions that were written
to have no answer beside such as have one (newsqa-dev) no confidence tells the right ones so surely: .5 and .4."""
READ = ("fact", "list", "yesno", "comparison")
"""Forms whose confidence is that of a reading; the others choose by words, days and names."""


def messages(turn: Turn, words: Words, offered: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Return the question and how far its answer has come, as Gradio's page holds messages.

    Questions that are ``offered`` to go on with stand below them.
    """
    asked = {"type": "text", "text": escape(_shortened(turn.question, words))}
    told = {"component": "html", "value": render_turn(turn, words), "constructor_args": {}}
    told |= {"type": "component", "props": {"apply_default_css": False}}
    options = [{"value": question} for question in offered]
    return [_message("user", asked, []), _message("assistant", told, options)]


def _message(role: str, content: dict[str, Any], options: list[dict[str, str]]) -> dict[str, Any]:
    return {"role": role, "metadata": {}, "options": options, "content": [content]}


def render_turn(turn: Turn, words: Words) -> str:
    """Render an answer, or how far it has come, with its sources apart for the panel."""
    sources = f"<template>{render_sources(turn, words)}</template>" if not turn.pending else ""
    return (
        f'<div class="turn {turn.stage}" id="turn-{turn.number}">'
        f"{_narrowed(turn, words)}{_reply(turn, words)}{sources}</div>"
    )


def narrowing(filter: Filter, within: Iterable[str], words: Words) -> str:
    """Say which articles may answer; empty where it is all of them."""
    days = [
        wording.format(day=words.date.format(day))
        for wording, day in ((words.from_day, filter.since), (words.to_day, filter.until))
        if day
    ]
    titles = [quoted(title, words) for title in within]
    return words.between.join((*days, *filter.publishers, *titles))


def _narrowed(turn: Turn, words: Words) -> str:
    said = narrowing(turn.filter, turn.within, words)
    undated = turn.answer.undated if turn.answer else 0
    lines = [words.narrowed.format(words=said)] if said else []
    lines += [words.undated.format(count=undated)] if undated else []
    return "".join(f'<p class="narrowed">{text(line)}</p>' for line in lines)


def _reply(turn: Turn, words: Words) -> str:
    if turn.stage == "error":
        return f'<div class="problem" role="alert">{problem(words.error, turn.error)}</div>'
    if turn.stage == "stopped":
        return note(words.stopped) + (_answer(turn, turn.answer, words) if turn.answer else "")
    if turn.pending or turn.answer is None:
        told = _stated(turn, turn.answer, words) if turn.answer else ""
        return f'{told}<p class="progress">{text(_progress(turn, words))}</p>'
    understood = ""
    if turn.answer.follow_up:
        understood = note(words.understood.format(question=turn.answer.understood))
    body = _answer if turn.answer.answered else _refusal
    return understood + body(turn, turn.answer, words)


def problem(title: str, message: str) -> str:
    """Render what went wrong, and what to do."""
    head = f"<h3>{text(title)}</h3>" if title else ""
    return f"{head}<p>{text(message)}</p>"


def _progress(turn: Turn, words: Words) -> str:
    if turn.stage == "waiting":
        return words.waiting
    if turn.answer:
        return words.writing.format(model=turn.answer.writer)
    if not turn.titles:
        return words.looking
    line = words.reading_one if len(turn.titles) == 1 else words.reading
    return line.format(title=quoted(turn.titles[0], words), count=len(turn.titles))


def _answer(turn: Turn, answer: Answer, words: Words) -> str:
    fair = words.fit_high if answer.confidence >= FAIR else words.fit_low
    matched = text(words.fit.format(words=fair))
    fit = f'<span class="fit">{matched}</span>' if answer.form in READ else ""
    offer = _offer(words.sources_of_answer.format(count=len(answer.citations)), turn.number)
    said = fit + offer if answer.citations else ""
    wrote = words_for(words.language).wrote(answer)
    told = (note(wrote) if wrote else "") + _struck(answer, words)
    return f"{_stated(turn, answer, words)}{told}{_foot(said, turn, words)}"


def _struck(answer: Answer, words: Words) -> str:
    """Show what a language model wrote and was left out, folded, with the reason."""
    if not answer.struck:
        return ""
    lines = "".join(
        f"<li><s>{text(one.text)}</s> <small>{text(getattr(words, f'struck_{one.reason}'))}</small></li>"
        for one in answer.struck
    )
    head = text(words.struck.format(count=len(answer.struck)))
    return f'<details class="struck"><summary>{head}</summary><ul>{lines}</ul></details>'


def _stated(turn: Turn, answer: Answer, words: Words) -> str:
    """The statements of an answer, by its parts."""
    seen: set[int] = set()
    lines = [f'<p class="lead">{text(answer.lead)}</p>'] if answer.lead else []
    sections = [_section(group, answer, turn.number, seen, words) for group in answer.parts_of]
    within = "".join(sections)
    lines.append(f'<div class="sides">{within}</div>' if answer.form == "comparison" else within)
    if answer.differing:
        lines.append(_differing(answer, turn.number, seen, words))
    return f'<div class="answer">{"".join(lines)}</div>'


def _section(group: Group, answer: Answer, turn: int, seen: set[int], words: Words) -> str:
    """A part of an answer; one with a heading is marked off."""
    told = [_statement(answer.statements[n], answer, turn, seen, words) for n in group.statements]
    body = (note(group.note) if group.note else "") + "".join(told)
    return f"<section><h3>{text(group.heading)}</h3>{body}</section>" if group.heading else body


def _statement(
    statement: Statement, answer: Answer, turn: int, seen: set[int], words: Words
) -> str:
    tag = "blockquote" if answer.verbatim(statement) else "p"
    said = emphasised(answer.parts(statement))
    markers = "".join(_marker(number, turn, seen, words) for number in statement.citations)
    speaker = words.speaker.format(name=statement.speaker) if statement.speaker else ""
    if statement.verdict == "unverified":
        speaker = words_for(words.language).unverified
    held = f' <small class="speaker">{text(speaker)}</small>' if speaker else ""
    gloss = f'<small class="gloss">{text(statement.gloss)}</small>' if statement.gloss else ""
    return f"<{tag}>{said}{markers}{held}{gloss}</{tag}>"


def _differing(answer: Answer, turn: int, seen: set[int], words: Words) -> str:
    figures = (
        f"<li>{text(d.figure)}"
        + (f" <small>{text(words.date.format(d.published))}</small>" if d.published else "")
        + f"{_marker(d.citation, turn, seen, words)}</li>"
        for d in answer.differing
    )
    return f'<div class="differing">{text(words.differing)}<ul>{"".join(figures)}</ul></div>'


def _marker(number: int, turn: int, seen: set[int], words: Words) -> str:
    name = "" if number in seen else f' id="cite-{turn}-{number}"'
    seen.add(number)
    label = attribute("aria-label", words.marker.format(number=number))
    return f'<a class="cite" href="#src-{turn}-{number}"{name}{label}>[{number}]</a>'


def _refusal(turn: Turn, answer: Answer, words: Words) -> str:
    unsaid = [word for word in answer.missing if word not in answer.text]
    missing = words.missing.format(words="".join(map(words.quoted.format, unsaid)))
    listed = f'<p class="missing">{text(missing)}</p>' if unsaid else ""
    count = len(answer.nearest)
    offer = _offer(words.look_at_nearest.format(count=count), turn.number) if count else ""
    widen = ""
    if turn.filter != EVERYTHING:
        widen = f"<p>{button(words.ask_everything, 'widen', question=turn.question)}</p>"
    return (
        f'<div class="refusal"><p class="lead">{text(answer.text)}</p>{listed}{widen}</div>'
        f"{_foot(offer, turn, words)}"
    )


def _foot(offer: str, turn: Turn, words: Words) -> str:
    if not turn.kept:  # the row of tools is left to those of the chat's own
        offer += f'<span class="unkept">{text(words.unkept)}</span>'
    tools = icon(words.copy, "copy", turn=turn.kept)
    tools += icon(words.copy_markdown, "copy markdown", turn=turn.kept, format="markdown")
    return f'<footer>{offer}<div class="tools">{tools if turn.kept else ""}</div></footer>'


def _offer(label: str, turn: int) -> str:
    return f'<a class="offer" href="#sources-{turn}">{text(label)}</a>'


def _shortened(question: str, words: Words) -> str:
    if len(question) <= LONGEST_QUESTION:
        return question
    return question[:LONGEST_QUESTION] + words.cut.format(count=f"{len(question):,}")
