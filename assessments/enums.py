"""Kinds of question, states of an attempt with their legal moves, and the audited acts of this app."""

from django.db import models

MOST_EXTRA_TIME = 300  # percent of a quiz's own limit
MOST_EXTRA_ATTEMPTS = 10
MOST_BREAK_MINUTES = 240
MOST_MINUTES_GIVEN = 600
LONGEST_REASON = 200  # of what is done to an attempt; it stands in the attempt's history
LONGEST_REQUEST = 600  # of what is asked for another attempt, and of what is answered


class Kind(models.TextChoices):
    SINGLE = "single", "Single choice"
    MULTIPLE = "multiple", "Multiple response"
    TRUEFALSE = "truefalse", "True or false"
    NUMERIC = "numeric", "Number with unit"
    SHORTTEXT = "shorttext", "Short text"
    MATCHING = "matching", "Matching"
    ORDERING = "ordering", "Ordering"
    CLOZE = "cloze", "Text with gaps"
    VIGNETTE = "vignette", "Case vignette"
    SCENARIO = "scenario", "Branching scenario"
    ESSAY = "essay", "Essay"


class Difficulty(models.TextChoices):
    EASY = "easy", "Easy"
    MEDIUM = "medium", "Medium"
    HARD = "hard", "Hard"


class FeedbackPart(models.TextChoices):
    """What a submitted attempt can show its trainee."""

    SCORE = "score", "The score"
    ANSWERS = "answers", "Own answers, each right or not"
    COMMENTS = "comments", "Feedback on what was chosen"
    KEY = "key", "The right answers, with all feedback"


class FeedbackWhen(models.TextChoices):
    AT_ONCE = "at_once", "At once"
    FINISHED = "finished", "After passing or the last attempt"
    FROM_DATE = "from_date", "From the date below"
    NEVER = "never", "Never"


class AttemptState(models.TextChoices):
    IN_PROGRESS = "in_progress", "In progress"
    AWAITING = "awaiting", "Awaiting marking"
    SUBMITTED = "submitted", "Submitted"
    EXPIRED = "expired", "Time ran out"
    ANNULLED = "annulled", "Annulled"


CLOSED = (AttemptState.SUBMITTED, AttemptState.EXPIRED)  # graded: the only ones that are evidence of anything
MOVES = {
    AttemptState.IN_PROGRESS: {*CLOSED, AttemptState.AWAITING, AttemptState.ANNULLED},
    AttemptState.AWAITING: {*CLOSED, AttemptState.ANNULLED},
    AttemptState.SUBMITTED: {AttemptState.ANNULLED},
    AttemptState.EXPIRED: {AttemptState.ANNULLED},
    AttemptState.ANNULLED: set(),
}


class TimeCause(models.TextChoices):
    """Why an attempt was given more time than it began with."""

    STAFF = "staff", "Given back by staff"
    OUTAGE = "outage", "The site did not answer"
    BREAK = "break", "A break"


class EventKind(models.TextChoices):
    """What is noted of an attempt while it is taken; the last four are told by her browser, the others seen by the server."""

    STARTED = "started", "Started"
    OPENED = "opened", "Opened on another device, or after signing in again"
    SAVED = "saved", "Answer saved"
    REFUSED = "refused", "Answer not taken"
    WENT_ON = "went_on", "Went on for good"
    BREAK_BEGAN = "break_began", "Break begun"
    BREAK_ENDED = "break_ended", "Break ended"
    TIME_GIVEN = "time_given", "More time given"
    SUBMITTED = "submitted", "Submitted"
    RAN_OUT = "ran_out", "Time ran out"
    ANNULLED = "annulled", "Annulled"
    LEFT = "left", "Left the page"
    CAME_BACK = "came_back", "Came back to the page"
    LOST = "lost", "Lost the connection"
    REGAINED = "regained", "Regained the connection"


REPORTED = (EventKind.LEFT, EventKind.CAME_BACK, EventKind.LOST, EventKind.REGAINED)
MOST_REPORTED = 400  # of one attempt, told by the browser; later ones are dropped
MOST_REFUSED = 400


class RequestState(models.TextChoices):
    """A wish for another attempt, asked when none is left."""

    OPEN = "open", "Waits to be decided"
    GRANTED = "granted", "Granted"
    DECLINED = "declined", "Declined"


REQUEST_MOVES = {
    RequestState.OPEN: {RequestState.GRANTED, RequestState.DECLINED},
    RequestState.GRANTED: set(),
    RequestState.DECLINED: set(),
}


class RegradeChange(models.TextChoices):
    """How answers to a version that was wrong count from now on."""

    VOID = "void", "It no longer counts"
    FULL = "full", "Full credit for everybody"
    ACCEPT = "accept", "Another answer is right as well"
    KEY = "key", "Another answer is right instead"


class PassesKept(models.TextChoices):
    """Whether a regrade may take a pass away."""

    ALL = "all", "Every pass stays"
    RELIED_ON = "relied_on", "A pass stays where the enrolment is completed, and may be lost elsewhere"
    NONE = "none", "Any pass may be lost"


class FileFormat(models.TextChoices):
    """The files in which questions come and go."""

    TABLE = "table", "Table (CSV)"
    MOODLE = "moodle", "Moodle XML"
    GIFT = "gift", "GIFT"
    QTI21 = "qti21", "QTI 2.1"
    QTI22 = "qti22", "QTI 2.2"
    AIKEN = "aiken", "Aiken"


class ImportState(models.TextChoices):
    """A file of questions, from the moment it came until it is imported."""

    WAITING = "waiting", "Waiting to be read"
    READING = "reading", "Being read"
    UNUSABLE = "unusable", "Cannot be read"
    READ = "read", "Read, not imported"
    ASKED = "asked", "Waiting to be imported"
    SAVING = "saving", "Being imported"
    DONE = "done", "Imported"


IMPORT_READS = (ImportState.WAITING, ImportState.READING)
IMPORT_WORKS = (*IMPORT_READS, ImportState.ASKED, ImportState.SAVING)
IMPORT_IDLE = (ImportState.READ, ImportState.UNUSABLE)  # forgotten when the same person comes with the next file
# What is given up or breaks goes back to where it can be begun anew.
IMPORT_MOVES = {
    ImportState.WAITING: (ImportState.READING,),
    ImportState.READING: (ImportState.READ, ImportState.UNUSABLE, ImportState.WAITING),
    ImportState.READ: (ImportState.ASKED, ImportState.DONE),
    ImportState.ASKED: (ImportState.SAVING,),
    ImportState.SAVING: (ImportState.DONE, ImportState.READ, ImportState.ASKED),
}


class SubmissionState(models.TextChoices):
    """An assignment as its trainee and those who read it see it."""

    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Handed in"
    RETURNED = "returned", "Returned to you"
    ACCEPTED = "accepted", "Accepted"


EDITABLE = (SubmissionState.DRAFT, SubmissionState.RETURNED)
SUBMISSION_MOVES = {
    SubmissionState.DRAFT: {SubmissionState.SUBMITTED},
    SubmissionState.SUBMITTED: {SubmissionState.RETURNED, SubmissionState.ACCEPTED},
    SubmissionState.RETURNED: {SubmissionState.SUBMITTED},
    SubmissionState.ACCEPTED: set(),
}

AUDIT_ACTIONS = {
    "assessments.questions.imported": "Imported questions from a file as drafts",
    "assessments.question.saved": "Saved a version of a question",
    "assessments.attempt.started": "Started a quiz",
    "assessments.attempt.submitted": "Submitted a quiz",
    "assessments.attempt.expired": "Submitted a quiz whose time ran out, as it stood",
    "assessments.answer.marked": "Marked an answer by hand",
    "assessments.attempt.marked": "Graded an attempt with its last mark",
    "assessments.regrade.applied": "Regraded a question that was wrong",
    "assessments.attempt.regraded": "Changed the result of an attempt by a regrade",
    "assessments.attempt.time_given": "Gave time back to a quiz",
    "assessments.attempt.annulled": "Annulled a quiz without loss",
    "assessments.request.asked": "Asked for another attempt at a quiz",
    "assessments.request.granted": "Granted another attempt at a quiz",
    "assessments.request.declined": "Declined another attempt at a quiz",
    "assessments.accommodation.granted": "Granted an accommodation",
    "assessments.accommodation.ended": "Ended an accommodation",
    "assessments.submission.submitted": "Handed in an assignment",
    "assessments.submission.returned": "Returned an assignment",
    "assessments.submission.accepted": "Accepted an assignment",
}
