"""Which form of answer a question wants: told by its words, in Japanese, English and Chinese.

The rules are tried in the order of ``_RULES``; the first that fits tells the form, and what is left of the
question without the words that told it. The plain fact is the default.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from index.questions import lexicon
from index.questions.talk import courtesy, kind_of_talk
from index.text.characters import nfkc


@dataclass(frozen=True, slots=True)
class Form:
    """A form of answer.

    Attributes:
        name: talk, comparison, timeline, overview, said, list, yesno, profile or fact.
        told_by: The words that told it; empty for the plain fact.
        about: What is asked about: the question without those words. Of talk what kind it is.
        sides: Of a comparison, what stands against what, each as a label and a question of its own.
        count: Of a list, how many items are asked for; 0 where that is not said.
    """

    name: str = "fact"
    told_by: str = ""
    about: str = ""
    sides: tuple[tuple[str, str], ...] = ()
    count: int = 0


FACT = Form()

_END = r"[?？!！。.…~〜\s]*$"


def form_of(question: str) -> Form:
    """Tell the form of a question, as understood; what it opens with in courtesy does not count."""
    plain = re.sub(_END, "", nfkc(question)).strip()
    kind, asked = courtesy(plain)
    if kind and not asked:
        return Form("talk", plain, kind)
    return next((form for rule in _RULES for form in rule(asked)), FACT)


def _talk(asked: str) -> Iterator[Form]:
    """Told by all of its words, for it holds no other."""
    if kind := kind_of_talk(asked):
        yield Form("talk", asked, kind)


_ANY = r"[0-9一二三四五六七八九十]|two|three|four|five|six|seven|eight|nine|ten|两|几"
_OVERVIEW = re.compile(
    r"要約|要点|要旨|概要|概略|大意|論点|あらすじ|ダイジェスト|サマリー|全体像|総まとめ|まとめ(?:て(?!い)|ると|を|$|お願い)|(?:主な|主要な|重要な|大事な|肝心な|大きな)(?:点|内容|主張|テーマ|話題|トピック)|ポイント(?:は|を|だけ|と|$)"
    r"|(?:ざっくり|ざっと|かいつまんで|手短に|簡潔に|大まかに|大ざっぱに|ひとことで|一言で|短く)(?=.*(?:教え|言う|言っ|説明|知りた|紹介|話|こと|頼|お願)|$)"
    r"|(?:何|なん|どんな|どういう|どのような)(?:の(?=話|記事)|(?=話|内容|記事)|について(?:の|書)?|を(?:扱|論じ|伝え|言い)|が(?:書|言い))[^、]{0,6}(?:話|記事|内容|て|たい)[^、]{0,10}$|言いたいこと|言わんとする"
    rf"|(?:{_ANY})(?:行|文|点|項目|(?:つの|個の)?ポイント)(?:ほど|くらい|ぐらい|以内)?(?:で|に)(?:$|、|まとめ|要約|教え|説明|お願い|言)"
    r"|\b(?:summar(?:y|ies)|summari[sz](?:e[sd]?|ing)|sum(?:ming)? (?:\w+ ){0,6}up|overview|(?:key|main|most important|major|central|principal|core) (?:points?|takeaways?|ideas?|arguments?|issues?|themes?|messages?|topics?|findings?|claims?)|takeaways?|gist|tl;?dr|nutshell|in (?:short|brief)|recap|(?:an?|the) (?:outline|digest)|highlights|boils? (?:\w+ )?down|big picture|synopsis|bottom line)\b"
    rf"|\bwhat(?:[’']?s| is| are) (?!you\b)(?=.{{0,120}}\babout$)|\bin (?:{_ANY}|a few|one|a) (?:short |brief |simple )?(?:sentences?|lines?|bullets?(?: points?)?|points?)\b"
    r"|[总總][结結]|概括|概述|概要|摘要|[归歸][纳納]|要[点點]|主旨|大意|梗概|(?:主要|核心|中心)(?:[内內]容|[观觀]点|[论論][点點]|思想|意思|信息)|[简簡](?:单|單)?(?:[讲講说說]|介[绍紹])|[简簡](?:要|述)|一句[话話]"
    r"|(?:文章|[报報]道|新[闻聞]|[篇》」]|[这這]些).*?((?:主要|都|到底|大概)?[讲講说說写寫谈談](?:的是|了|的)?(?:些|一些)?(?:什[么麼]|啥))|[关關][于於]什[么麼]",
    re.IGNORECASE,
)  # fmt: skip
_OF_LINES = re.compile(
    rf"({_ANY})\s*(?:行|文(?!章)|点|項目|(?:つの|個の)?ポイント|short |brief )?\s*(?:sentence|line|bullet|point|句|(?<=[行文点目ト]))",
    re.IGNORECASE,
)
_COUNTS = {word: n for row in ("一二三四五六七八九十", "1 2 3 4 5 6 7 8 9", "one two three four five six seven eight nine ten")
           for n, word in enumerate(row.split() if " " in row else row, 1)} | {"两": 2}  # fmt: skip


def _overview(asked: str) -> Iterator[Form]:
    """Told by a word for a summary; asks about what is left."""
    if told := _OVERVIEW.search(asked):
        lines = _OF_LINES.search(asked)
        count = _COUNTS.get(lines[1].lower(), 0) if lines else 0
        about = asked
        for found in reversed([*_OVERVIEW.finditer(asked)]):
            start, end = found.span(found.lastindex or 0)
            about = f"{about[:start]} {about[end:]}"
        yield Form("overview", told[told.lastindex or 0], about, count=count)


_NAMED = r"[^、。,!?？]{2,40}?"
_PROFILE = re.compile(
    rf"(?P<ja>{_NAMED})(?:(?:とは|って|というのは)(?:、?(?:いったい|一体))?(?:(?:何|なに|なん|誰|だれ|何者|(?:どんな|どういう|どのような)(?:もの|[一-龥]{{1,3}}))(?:の(?:こと|人))?)?|は(?:誰|だれ|何者|(?:どんな|どういう|どのような)(?:人物?|もの|存在|会社|組織|団体|選手)))(?:です|なの|でしょう|だ)?(?:ん?です)?[かの]?"
    rf"|(?P<about>{_NAMED})(?:について|のこと(?:を|について)?|に関して)(?:(?:もっと|もう少し)?(?:詳しく)?(?:教え|おしえ|知りた|聞きた|説明し|話し|聞かせ)(?:て|い)?(?:ください|下さい|ほしい|くれ(?:ますか)?|です|もらえますか)?)?|(?P<told>{_NAMED})を(?:教えて|説明して|紹介して)(?:ください|下さい|ほしい)?"
    r"|(?:who(?! (?:is|was|are|were) the\b)|what)(?:[’']?s| is| are| was| were) (?P<en>.{2,50})|(?:(?:can|could) you |please )?(?:tell me (?:something )?about|describe|explain|introduce|profile of|(?:any )?info(?:rmation)? (?:on|about)|what do (?:the articles|you|they) (?:say|know) about|what do you know about) (?P<tell>.{2,50}?)(?: please)?"
    r"|(?P<zh>.{2,20}?)(?:是(?:[谁誰]|什[么麼](?:人|[东東]西|意思)?|何[许許]?人(?:也)?|怎[样樣]的人|[干幹做]什[么麼]的)|的?(?:[简簡]介|[资資]料))|(?:[谁誰]是|什[么麼](?:是|叫)|[请請]?(?:介[绍紹]|[说說]明|[讲講]|[谈談]|[说說])(?:一下|一?[讲講说說谈談])?|[关關]于|告[诉訴]我[关關]于)(?P<of>.{2,20}?)(?:的(?:情[况況]|信息|事情?|[资資]料))?",
    re.IGNORECASE,
)  # fmt: skip
_NO_NAME = re.compile(
    r"\b(?:what|who\w*|when|where|why|how|which|is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|not|no|yes|and|or|but|if|of|in|on|at|to|for|from|by|with|than|then|more|most|because|tell|give|show|list|compare|any|some|there|here|it|he|she|they|you|we|my|your|his|her|its|their|this|that|these|those|happen\w*|else|next|other|others|really|also)\b"
    r"|[的在了有和与與是这這那哪什谁誰怎几幾吗嗎呢吧为為不把被从從给給它他她你您我们們]|何|多少|以前|现任|前任|现在|[0-9]$",
    re.IGNORECASE,
)


def _profile(asked: str) -> Iterator[Form]:
    """Told by nothing else being there than a name or word, or words that ask who or what it is."""
    found = _PROFILE.fullmatch(asked)
    about = next(filter(None, found.groups()), "") if found else asked
    about = re.sub(r"^(?:the|an?) ", "", about.strip("「」『』《》“”\"' "), flags=re.IGNORECASE)
    word = re.sub(r" ?[(（][^()（）]+[)）]", "", about)
    latin = re.fullmatch(r"[A-Za-zÀ-ɏ.&’'-]{2,}(?: [A-Za-zÀ-ɏ.&’'-]+){0,3}", word)
    known = latin or (found and (found["zh"] or found["of"]))
    if (
        len(word) > 1
        and not _NO_NAME.search(word)
        and (known or lexicon.is_noun(lexicon.in_their_words(about)))
    ):
        yield Form("profile", asked.replace(about, "", 1) or asked, about)


_RULES: tuple[Callable[[str], Iterator[Form]], ...] = (_talk, _overview, _profile)
