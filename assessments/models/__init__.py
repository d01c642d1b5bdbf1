from assessments.models.accommodation import Accommodation
from assessments.models.attempt import Answer, Attempt, AttemptMove, TimeGiven
from assessments.models.counts import TimesAsked
from assessments.models.event import AttemptEvent
from assessments.models.imports import QuestionImport
from assessments.models.marking import Marking
from assessments.models.pages import AssignmentPage, QuizPage
from assessments.models.question import Question, QuestionVersion
from assessments.models.regrade import Regrade, RegradedAttempt
from assessments.models.request import AttemptRequest
from assessments.models.submission import Submission, SubmissionMove

__all__ = [
    "Accommodation",
    "Answer",
    "AssignmentPage",
    "Attempt",
    "AttemptEvent",
    "AttemptMove",
    "AttemptRequest",
    "Marking",
    "Question",
    "QuestionImport",
    "QuestionVersion",
    "QuizPage",
    "Regrade",
    "RegradedAttempt",
    "Submission",
    "SubmissionMove",
    "TimeGiven",
    "TimesAsked",
]
