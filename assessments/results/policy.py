"""What of a submitted attempt its trainee may see now: pure. What is not shown is not in the page."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.text import get_text_list

from assessments.enums import FeedbackPart, FeedbackWhen
from assessments.kinds.base import Explained
from assessments.quiz import PARTS, Feedback
from assessments.rules import StartState, may_explain, may_reveal
from lms.web.templatetags.ui import moment


@dataclass(frozen=True)
class Shown:
    """The right answers come with everything about them, and feedback on an answer with whether it was right."""

    score: bool
    answers: bool
    comments: bool
    key: bool


EVERYTHING = Shown(score=True, answers=True, comments=True, key=True)


def shown_of(feedback: Feedback, state: StartState, now: datetime) -> Shown:
    """By the quiz's policy. While another attempt is open, nothing but the score: it would help with what is being asked."""
    is_finished = may_reveal(state)

    def shows(part: FeedbackPart) -> bool:
        return feedback.shows(part, is_finished=is_finished, now=now)

    if not may_explain(state):
        return Shown(score=shows(FeedbackPart.SCORE), answers=False, comments=False, key=False)
    key = shows(FeedbackPart.KEY)
    answers = key or shows(FeedbackPart.ANSWERS)
    comments = key or (answers and shows(FeedbackPart.COMMENTS))
    return Shown(score=shows(FeedbackPart.SCORE), answers=answers, comments=comments, key=key)


def restrained(explained: Explained, shown: Shown) -> Explained:
    """An explanation without feedback, where only right or wrong may be said."""
    if shown.comments:
        return explained
    return replace(
        explained,
        lines=tuple(replace(line, feedback="") for line in explained.lines),
        steps=tuple(replace(step, feedback="") for step in explained.steps),
        ending=replace(explained.ending, debrief="") if explained.ending else None,
        parts=tuple(replace(part, explained=restrained(part.explained, shown)) for part in explained.parts),
        feedback="",
    )


LATER = {
    FeedbackWhen.FINISHED: "Once you have passed, or have used your last attempt, you see {}.",
    FeedbackWhen.NEVER: "Not shown: {}.",
}


def later_sentences(feedback: Feedback, shown: Shown) -> list[str]:
    """What is still to come, and when, in words; a date is named."""
    hidden = [part for part in FeedbackPart if not getattr(shown, part.value)]
    grouped = {when: [PARTS[part] for part in hidden if feedback.when[part] == when] for when in FeedbackWhen}
    day = f"From {moment(feedback.from_moment)} you see {{}}." if feedback.from_moment else LATER[FeedbackWhen.NEVER]
    sentences = LATER | {FeedbackWhen.FROM_DATE: day}
    return [
        sentences[when].format(get_text_list(parts, "and"))
        for when, parts in grouped.items()
        if parts and when in sentences
    ]
