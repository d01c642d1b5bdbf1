"""The requirements that quizzes answer, each kind in a file of its own; what they share is in `sittings`."""

from assessments.requirements.final_examination import (
    Agreed,
    ExaminationFacts,
    FinalExamination,
    FinalExaminationConfig,
    judge_examination,
)
from assessments.requirements.quiz_passed import QuizPassed, QuizPassedConfig, judge_quizzes
from assessments.requirements.sittings import Place, QuizFacts, QuizRef, Sitting

__all__ = [
    "Agreed",
    "ExaminationFacts",
    "FinalExamination",
    "FinalExaminationConfig",
    "Place",
    "QuizFacts",
    "QuizPassed",
    "QuizPassedConfig",
    "QuizRef",
    "Sitting",
    "judge_examination",
    "judge_quizzes",
]
