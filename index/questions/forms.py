"""Which form of answer a question wants: told by its words, in Japanese, English and Chinese.

The rules are tried in the order of ``_RULES``; the first that fits tells the form, and what is left of the
question without the words that told it. The plain fact is the default.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain

from index.questions import lexicon
from index.questions.sides import sides_of
from index.questions.talk import LIKELY, SURE, after_courtesy, kind_of_talk
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

END = re.compile(r"[?？!！。.…~〜\s]*$")


def form_of(question: str) -> Form:
    """Tell the form of a question, as understood; what it opens with in courtesy does not count."""
    whole = nfkc(question).strip()
    plain = END.sub("", whole)
    asked = after_courtesy(plain)
    told = (form for rule in _RULES for form in rule(asked))
    return next(chain(told, _yesno(asked, marked="?" in whole[-3:])), FACT)


def _talk(asked: str, below: float) -> Iterator[Form]:
    """Told by the classifier of talk: first where it is sure, last where it is likely."""
    if kind := kind_of_talk(asked, below):
        yield Form("talk", asked, kind)


def _comparison(plain: str) -> Iterator[Form]:
    told, sides = sides_of(plain)
    if sides:
        yield Form("comparison", told, plain, sides)


_ANY = r"[0-9一二三四五六七八九十]|two|three|four|five|six|seven|eight|nine|ten|两|几"
_OVERVIEW = re.compile(
    r"要約|要点|要旨|概要|概略|大意|論点|あらすじ|ダイジェスト|サマリー|全体像|総まとめ|(?<!発言を)(?<!意見を)(?<!見解を)(?<!見方を)まとめ(?:て(?!い)|ると|を|$|お願い)|(?:主な|主要な|重要な|大事な|肝心な|大きな)(?:点|内容|主張|テーマ|話題|トピック)|ポイント(?:は|を|だけ|と|$)"
    r"|(?:ざっくり|ざっと|かいつまんで|手短に|簡潔に|大まかに|大ざっぱに|ひとことで|一言で|短く)(?=.*(?:教え|言う|言っ|説明|知りた|紹介|話|こと|頼|お願)|$)"
    r"|(?:何|なん|どんな|どういう|どのような)(?:の(?=話|記事)|(?=話|内容|記事)|について(?:の|書)?|を(?:扱|論じ|伝え|言い)|が(?:書|言い))[^、]{0,6}(?:話|記事|内容|て|たい)[^、]{0,10}$|言いたいこと|言わんとする"
    rf"|(?:{_ANY})(?:行|文|点|項目|(?:つの|個の)?ポイント)(?:ほど|くらい|ぐらい|以内)?(?:で|に)(?:$|、|まとめ|要約|教え|説明|お願い|言)"
    r"|\b(?:sum+ar(?:y|ies)|sum+ari[sz](?:e[sd]?|ing)|sum(?:ming)? (?:\w+ ){0,6}up|overview|(?:key|main|most important|major|central|principal|core) (?:points?|takeaways?|ideas?|arguments?|issues?|themes?|messages?|topics?|findings?|claims?)|takeaways?|gist|tl;?dr|nutshell|in (?:short|brief)|recap|(?:an?|the) (?:outline|digest)|highlights|boils? (?:\w+ )?down|big picture|synopsis|bottom line)\b"
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
        about = _OVERVIEW.sub(lambda m: m[0].replace(m[m.lastindex or 0], " "), asked)
        yield Form("overview", told[told.lastindex or 0], about, count=count)


# Yes or no: nothing else is asked for, and the question ends as one or, in English, begins as one.

_WH = re.compile(
    r"何|なに|なん(?:で|の|と|人|回|度)|誰|だれ|どこ|どれ|どの|どう|どちら|どっち|どんな|いつ|いくつ|いくら|なぜ|幾"
    r"|什么|谁|哪|怎么|怎样|如何|为何|多少|几[个人次年月天]|\b(?:what|who|whom|whose|which|when|where|why|how)\b",
    re.IGNORECASE,
)
_ASKS_FOR = re.compile(
    r"(?:たい|ほしい|欲しい)(?:です|のですが|んですが)?$|教え|説明|挙げ|ください|下さい|まとめ|比べ|お願い"
    r"|それとも|(?:[くでて]|理由|違い)$|\bor\b|还是|還是"
)
_FOREIGN_YESNO = re.compile(
    r"^(?:(?:so|but|and|ok|then|hey),? )?(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)"
    r"(?:n't)?\b|[吗嗎么麼没]$|是否|是不是|有没有|有沒有|会不会|能不能|对不对|對不對",
    re.IGNORECASE,
)
_ASKING = ("か", "の", "かな", "っけ", "よね", "ね")
_PREDICATES = {"動詞", "助動詞", "形容詞", "形状詞"}


def _yesno(plain: str, *, marked: bool) -> Iterator[Form]:
    """``marked``: whether it ended in a question mark."""
    if _WH.search(plain) or _ASKS_FOR.search(plain):
        return
    if found := _FOREIGN_YESNO.search(plain):
        yield Form("yesno", found[0])
    elif re.search("[ぁ-ん]", plain):
        told = [(m.surface(), m.part_of_speech()[0]) for m in lexicon.morphemes(plain)]
        before, last = [("", ""), *told][-2:]
        asks = last[0] in _ASKING and (before[1] != "名詞" or "は" in plain)
        still = marked and last[1] == "名詞" and re.search("は.*(?:も|まだ|もう|本当に)", plain)
        if asks or still or last[1] in _PREDICATES:
            yield Form("yesno", before[0] + last[0])


_NAMED = r"[^、。,!?？]{2,40}?"
_PROFILE = re.compile(
    rf"(?P<ja>{_NAMED})(?:(?:とは|って|というのは)(?:、?(?:いったい|一体))?(?:(?:何|なに|なん|誰|だれ|何者|(?:どんな|どういう|どのような)(?:もの|[一-龥]{{1,3}}))(?:の(?:こと|人))?)?|は(?:誰|だれ|何者|(?:どんな|どういう|どのような)(?:人物?|もの|存在|会社|組織|団体|選手)))(?:です|なの|でしょう|だ)?(?:ん?です)?[かの]?"
    rf"|(?P<about>{_NAMED})(?:について|のこと(?:を|について)?|に関して)(?:(?:もっと|もう少し)?(?:詳しく)?(?:教え|おしえ|知りた|聞きた|説明し|話し|聞かせ)(?:て|い)?(?:ください|下さい|ほしい|くれ(?:ますか)?|です|もらえますか)?)?|(?P<told>{_NAMED})を(?:教えて|説明して|紹介して)(?:ください|下さい|ほしい)?"
    r"|(?:who(?! (?:is|was|are|were) the\b)|what)(?:[’']?s| is| are| was| were) (?P<en>.{2,50})|(?:(?:can|could) you |please )?(?:tell me (?:something )?about|describe|explain|introduce|profile of|(?:any )?info(?:rmation)? (?:on|about)|what do (?:the articles|you|they) (?:say|know) about|what do you know about) (?P<tell>.{2,50}?)(?: please)?"
    r"|(?P<zh>.{2,20}?)(?:是(?:[谁誰]|什[么麼](?:人|[东東]西|意思)?|何[许許]?人(?:也)?|怎[样樣]的人|[干幹做]什[么麼]的)|的?(?:[简簡]介|[资資]料))|(?:[谁誰]是|什[么麼](?:是|叫)|[请請]?(?:介[绍紹]|[说說]明|[讲講]|[谈談]|[说說])(?:一下|一?[讲講说說谈談])?|[关關]于|告[诉訴]我[关關]于)(?P<of>.{2,20}?)(?:的(?:情[况況]|信息|事情?|[资資]料))?",
    re.IGNORECASE,
)  # fmt: skip
NO_NAME = re.compile(
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
        and not NO_NAME.search(word)
        and (known or lexicon.is_noun(lexicon.in_their_words(about)))
    ):
        yield Form("profile", asked.replace(about, "", 1) or asked, about)


# What happened, day by day. The words of the second pattern need a time beside them.
_DAY_BY_DAY = re.compile(
    r"経緯|(?:[てた](?:から|以降|以来)|後|あと)(?:は|に|、)*[^、。]{0,16}何[がは]?(?:起[きこ]|あっ)\w*|まで(?=の(?:流れ|動き|歩み|道のり))|いきさつ|年表|時系列|日付順|順を追って|順番に並べ|いつ、?(?:誰が|どこで)?何[がをの]|いつ(?!から)(?=.+いつ(?!まで))"
    r"|(?:後|あと|それから)(?:は|に|、)*[^、。]{0,16}どう(?:なっ|な[るた]|動い|進ん)|。その(?:後|あと)は?$"
    r"|time ?line|chronolog\w*|step by step|sequence of events|in (?:date|chronological) order|what became of|\bwhen (?=.+\bwhen\b)"
    r"|what (?:has |have )?hap+e?n+(?:e?d)? (?:to|with|after|since|between|before|next)"
    r"|history of|来龙去脉|经过(?=是|如何|怎|$)|始末|时间线|大事记|按(?:照)?(?:时间|日期)|后来(?:呢|怎么|如何|发生|又)|(?:之后|以后)[又还都]?发生|(?:什么时候|何时)(?=.+(?:什么时候|何时))"
)
_HAPPENED = re.compile(
    r"何(?:[がはか]|ごとが)?(?:起[きこ]|あっ|あり)\w*|何をし(?:た|て)\w*|(?:起きた|起こった|あった)(?:こと|事|の)|(?:出来|でき)事|できごと|(?:動き|流れ|推移|変遷|歩み|ニュース)(?=[はをが](?!ど)|$)|経過"
    r"|what (?:all )?(?:hap+e?n+\w*|took place|occurred|went on|was going on)|what did .{2,40} do\b|\bevents?\b|developments?"
    r"|发生|经[过历]|[哪什][些么]事|大事|做了(?:什么|哪些)|变化|动[向态]|进展|历程"
)
_TIME = re.compile(
    r"[0-9〇一二三四五六七八九十][年月日]|[年時]代|[昨今先去本]年|[先今上本]个?月|[年月]間|令和|平成|昭和|以[降来后]|から.+まで|从.+到|[てた](?:から|後|以降|以来)|の(?:後|あと)|之后|以后|\b(?:after|since|between)\b"
    r"|\b(?:1[0-9]|20)[0-9][0-9]s?\b|\b(?:last|this|past) (?:\w+ )?(?:year|month|decade)s?|\b(?:in|of|since|between|until) (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
)  # fmt: skip
# Several things are asked for.
_LIST = re.compile(
    r"([2-9二三四五])(?:つ|点|人|[かカ]?国|社)(?:の[^はを、]+?)?(?:とは|は何|は誰|を?(?:挙げ|教え|列挙)|(?<=つ)$)"
    r"|挙げ(?:て|よ)|列挙|リストアップ|(?:全部|すべて)(?:教え|$)|(何|だれ|誰|どこ)と\2|何々"
    r"|(?:どんな|どういう)[^。]{0,16}[がは](?:ある|あった|含まれ)(?!から)|には何があ|(?:人たち|国々)は(?:だれ|誰|どこ)?$"
    r"|(?:だれ|誰|どの国)が.*(?:批判|反対|賛成|支持|歓迎)|(?:批判|反対|賛成|支持|歓迎).*のは(?:だれ|誰|どの国)"
    r"|^(?:please )?(?:list|name)\b|list them|examples of|consist of|^who (?:critic|oppos|support|welcom|comment|call)"
    r"|\b(?:which|what) (?:(two|three|four|five) )?(?!do\b)(?:\w+ )?(?!is\b|was\b|does\b|has\b)\w{2,}s\b(?! (?:is|was|does|has)\b)"
    r"|what are the (two|three|four|five)|(?:哪些|哪几)(?!事|文章)|列出|列举|列一下|([两三四五])[个点](?![ぁ-ん])|谁都?[^。]{0,6}(?:批评|反对|支持|欢迎|骂)",
    re.IGNORECASE,
)
# Who said what.
_SAID = re.compile(
    r"(?:の|な)?(?:見方|見解|見立て|意見|コメント|発言|反応|受け止め|言い分|言葉|評価|主張|声|評)(?=は?$|[をはもが](?:教え|知り|まとめ|聞|並べ|紹介|読|挙げ|どう|何))"
    r"|(?:誰|だれ)[がはでも、]*(?:何|なん|どう|どんな)|(?:何|なん)(?:と|て|を)\w{0,2}(?:言|いっ|述べ|語|話|発言|コメント|訴え|答え|反論|批判|主張)|どんな(?:言い方|発言|反応|意見|見方|声)"
    r"|どう(?:反応|見[てる]|みて|みる|評[しす]|考え[てる]|思っ|話し|語|言っ|述べ|受け止め|コメント|批判|捉え|評価)"
    r"|(?:what|how) (?:do|did|does|have|has) .{2,60}?\b(?:sa(?:y|id)|think|thought|react\w*|respond\w*|comment\w*|view|see|read|assess\w*|feel|felt)\b"
    r"|\bwho (?:has |have )?(?:said|criticised|criticized|commented)\b|\b(?:views?|opinions?|remarks?|reactions?|comments?|statements?)\b (?:of|on|about|by|to|from)\b|according to (?:experts|residents)"
    r"|怎么(?:说|看|评|回应|讲|想)|如何(?:评价|看待|回应|看)|谁(?:怎么|说了?什么)|说了?(?:什么|些什么)|有什么(?:说法|看法|意见|反应|观点)|各方|(?:看法|反应|观点|评论|说法|言论|表态)(?=是|有|如何|怎|$)|觉得|认为.{0,6}(?:怎|什么|应)"
)


def _by_words(plain: str) -> Iterator[Form]:
    """Told by words for it; asks about what is left."""
    asked = plain.lower()
    timeline = _DAY_BY_DAY.search(asked) or (_TIME.search(asked) and _HAPPENED.search(asked))
    told = {"timeline": timeline, "list": _LIST.search(asked), "said": _SAID.search(asked)}
    for name, found in told.items():
        if found:
            count = next((_COUNTS.get(group, 0) for group in found.groups() if group), 0)
            about = f"{plain[: found.start()]} {plain[found.end() :]}".strip()
            yield Form(name, found[0], about, count=count)


_RULES: tuple[Callable[[str], Iterator[Form]], ...] = (
    partial(_talk, below=SURE),
    _comparison,
    _overview,
    _by_words,
    _profile,
    partial(_talk, below=LIKELY),
)
