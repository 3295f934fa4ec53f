"""A draft held against the articles: what they support, contradict or do not say, sentence by sentence.

quotations.py   words in quotation marks, and citations made before, looked for word for word
disagreements.py sentences of different articles that give another figure or day
verdicts.py     a sentence read with the passages nearest to it
findings.py     what is found: records
checks.py       a draft to sentences, those that claim something to a Check
"""

from index.checking.checks import LONGEST, check_steps, read_draft
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
