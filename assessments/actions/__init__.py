from assessments.actions.attempts import (
    answer_attempt,
    close_overdue_attempts,
    go_on,
    leave_slot,
    save_answer,
    start_attempt,
    start_quiz,
    submit_attempt,
    take_break,
    touch,
)
from assessments.actions.counts import count_questions
from assessments.actions.questions import publish_question, save_draft, save_question
from assessments.actions.time import give_back_outages

__all__ = [
    "answer_attempt",
    "close_overdue_attempts",
    "count_questions",
    "give_back_outages",
    "go_on",
    "leave_slot",
    "publish_question",
    "save_answer",
    "save_draft",
    "save_question",
    "start_attempt",
    "start_quiz",
    "submit_attempt",
    "take_break",
    "touch",
]
