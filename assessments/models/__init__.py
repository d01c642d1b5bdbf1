from assessments.models.attempt import Answer, Attempt, AttemptMove
from assessments.models.pages import QuizPage, QuizQuestion
from assessments.models.question import Question, QuestionOption, QuestionVersion

__all__ = [
    "Answer",
    "Attempt",
    "AttemptMove",
    "Question",
    "QuestionOption",
    "QuestionVersion",
    "QuizPage",
    "QuizQuestion",
]
