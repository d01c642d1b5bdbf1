"""What the people of the demonstration have read: graduates everything that is open, the others half of it or less."""

from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from courses.curriculum.asking import CHECK
from courses.curriculum.enums import ActivityKind
from courses.curriculum.models import EditionItem
from courses.curriculum.queries import asked_in_body, current_body_id
from courses.enrolment.models import Enrolment
from courses.learning.actions import answer_check, complete_activity, remember_position, sign_attestation
from courses.learning.asking import right_options
from courses.learning.models import Completion
from courses.learning.queries import why_locked
from lms.demo.people import FINISHED
from lms.demo.registry import Demo

SHARES = {
    **dict.fromkeys(FINISHED, 1.0),
    "trainee": 0.5,
    "trainee-two": 0.5,
    "paused": 0.3,
    "withdrawn": 0.2,
}


def complete_lessons(demo: Demo) -> None:
    """One lesson every second day from the enrolment on, until today."""
    for name, share in SHARES.items():
        if enrolment := demo.things["enrolments"].get(name):
            _complete(enrolment, share=share)


def _complete(enrolment: Enrolment, *, share: float) -> None:
    if Completion.objects.filter(enrolment=enrolment).exists() or enrolment.state != "active":
        return
    lessons = EditionItem.objects.filter(edition=enrolment.edition, activity__kind=ActivityKind.LESSON)
    lessons = list(lessons.select_related("activity").order_by("position"))
    read, rest = lessons[: round(len(lessons) * share)], lessons[round(len(lessons) * share) :]
    zone = ZoneInfo(enrolment.cohort.time_zone)
    for number, lesson in enumerate(read):
        if why_locked(enrolment, lesson):
            continue
        evening = datetime.combine(enrolment.enrolled_on + timedelta(days=2 * number), time(18, 30), zone)
        read_lesson(enrolment, lesson, at=min(evening, timezone.now()))
    if rest:
        remember_position(enrolment, rest[0].activity_id)


def read_lesson(enrolment: Enrolment, lesson: EditionItem, *, at: datetime) -> None:
    """A lesson with everything it asks answered and signed; some are complete by that already."""
    given = {"by": enrolment.person, "at": at}
    for block_id, block in asked_in_body(current_body_id(lesson)).items():
        if block["type"] == CHECK:
            answer_check(enrolment, lesson, block=UUID(block_id), chosen=right_options(block), **given)
        else:
            sign_attestation(enrolment, lesson, block=UUID(block_id), name=str(enrolment.person), **given)
    complete_activity(enrolment, lesson, **given)
