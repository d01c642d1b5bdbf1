from assessments.actions.attempts import (
    answer_attempt,
    close_overdue_attempts,
    save_answer,
    start_attempt,
    start_quiz,
    submit_attempt,
    touch,
)
from assessments.actions.questions import publish_question, save_draft, save_question

__all__ = [
    "answer_attempt",
    "close_overdue_attempts",
    "publish_question",
    "save_answer",
    "save_draft",
    "save_question",
    "start_attempt",
    "start_quiz",
    "submit_attempt",
    "touch",
]
