from assessments.actions.attempts import (
    close_overdue_attempts,
    save_answer,
    start_attempt,
    submit_attempt,
    touch,
)
from assessments.actions.questions import save_question

__all__ = ["close_overdue_attempts", "save_answer", "save_question", "start_attempt", "submit_attempt", "touch"]
