"""Every word of the interface, in one place, so that another language is another ``Texts``."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Texts:
    """The words of the page. Fields with braces are filled by ``str.format``.

    ``confidence`` gives the words from a least confidence upwards, highest first; ``built_in``
    translates what Gradio itself says in English whatever the language.
    """

    language: str
    page_title: str
    name: str
    loading: str
    ready: str
    failed: str
    welcome: str
    how: str
    examples: str
    box: str
    placeholder: str
    send: str
    waiting: str
    looking: str
    reading: str
    reading_one: str
    understood: str
    confidence: tuple[tuple[float, str], ...]
    speaker: str
    differing: str
    sources_of_answer: str
    missing: str
    quoted: str
    look_at_nearest: str
    error: str
    unexpected: str
    cut: str
    sources: str
    sources_empty: str
    sources_pending: str
    sources_none: str
    nearest: str
    nearest_note: str
    marker: str
    back: str
    close: str
    date: str
    built_in: dict[str, str]


JA = Texts(
    language="ja",
    page_title="典拠 Tenkyo",
    name="典拠",
    loading="準備中です。質問はいま書いておけます。準備ができしだい、お答えします。",
    ready="{articles:,}本の記事、{passages:,}の節をもとにお答えします。",
    failed="準備できませんでした",
    welcome="記事に訊き、\n原文で確かめる。",
    how="答えの一文ごとに番号が付きます。番号を押すと、もとの記事のその言葉が開きます。記事にないことは、ないとお答えします。",
    examples="たとえば",
    box="質問",
    placeholder="記事について質問する",
    send="質問する",
    waiting="準備中です。準備ができしだい、お答えします。",
    looking="記事を探しています。",
    reading="{title}など{count}本の記事を読んでいます。",
    reading_one="{title}を読んでいます。",
    understood="前の質問と合わせて読みました：{question}",
    confidence=(
        (0.7, "根拠は十分です"),
        (0.45, "根拠はやや弱いので、原文をお確かめください"),
        (0.0, "根拠は弱いので、原文を必ずお確かめください"),
    ),
    speaker="{name}の発言・見解",
    differing="出典によって数字が異なります：",
    sources_of_answer="出典を見る（{count}件）",
    missing="記事に出てこない言葉：{words}",
    quoted="「{}」",
    look_at_nearest="近い箇所を見る（{count}件）",
    error="お答えできませんでした",
    unexpected="内部で問題が起きました。もう一度質問してください。続くときは、サーバーの記録をご覧ください。",
    cut="……（全{count}字）",
    sources="出典",
    sources_empty="答えに付いた番号を押すと、その言葉がある記事の一節がここに開きます。",
    sources_pending="出典を集めています。",
    sources_none="この答えに出典はありません。",
    nearest="近い箇所",
    nearest_note="質問に近い一節です。答えそのものではありません。",
    marker="出典{number}を開く",
    back="出典{number}。本文の番号に戻る",
    close="閉じる",
    date="{0.year}年{0.month}月{0.day}日",
    built_in={
        "Error": "エラー",
        "Connection Lost": "接続が切れました",
        "Connection to the server was lost. Attempting reconnection...": (
            "サーバーとの接続が切れました。つなぎ直しています。"
        ),
    },
)
