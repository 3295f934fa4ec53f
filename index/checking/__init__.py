"""A draft held against the articles: what they support, contradict or do not say, sentence by sentence.

drafts.py       a draft to sentences, and which of them claim something that can be checked
quotations.py   words in quotation marks, and citations made before, looked for word for word
disagreements.py sentences of different articles that give another figure or day
verdicts.py     a sentence read with the passages nearest to it
findings.py     what is found: records
checks.py       all of it, to a Check
"""

from index.checking.checks import LONGEST, check_steps
from index.checking.drafts import read_draft
from index.checking.findings import Check, Living
from index.checking.quotations import recheck
from index.checking.verdicts import judge

__all__ = [
    "LONGEST",
    "Check",
    "Living",
    "check_steps",
    "judge",
    "read_draft",
    "recheck",
]
