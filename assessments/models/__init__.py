from assessments.models.attempt import Answer, Attempt, AttemptMove, TimeGiven
from assessments.models.pages import AssignmentPage, QuizPage, QuizQuestion
from assessments.models.question import Question, QuestionOption, QuestionVersion
from assessments.models.submission import Submission, SubmissionMove

__all__ = [
    "Answer",
    "AssignmentPage",
    "Attempt",
    "AttemptMove",
    "Question",
    "QuestionOption",
    "QuestionVersion",
    "QuizPage",
    "QuizQuestion",
    "Submission",
    "SubmissionMove",
    "TimeGiven",
]
