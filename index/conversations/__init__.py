"""Conversations kept on this machine, and what readers said of the answers.

exchanges.py  what is kept: records, tables, a turn as text; verdicts as a question set
database.py   ``<home>/conversations.sqlite``
"""

from index.conversations.database import KEPT, VISITOR, Conversations
from index.conversations.exchanges import Conversation, Exchange, Verdict, feedback_lines

__all__ = [
    "KEPT",
    "VISITOR",
    "Conversation",
    "Conversations",
    "Exchange",
    "Verdict",
    "feedback_lines",
]
