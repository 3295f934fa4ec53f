"""Conversations kept on this machine, and what readers said of the answers.

kept.py      the records
database.py  ``<home>/conversations.sqlite``
feedback.py  verdicts as a question set
"""

from index.conversations.database import Conversations
from index.conversations.feedback import feedback_lines
from index.conversations.kept import Conversation, Exchange, Verdict

__all__ = ["Conversation", "Conversations", "Exchange", "Verdict", "feedback_lines"]
