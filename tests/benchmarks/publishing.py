"""How long an edition of 200 lessons takes to publish, and how often somebody who waits is told how far it is."""

import time
from threading import Event, Thread
from typing import Any

from django.db import connection
from django.utils import timezone

from courses.curriculum.actions import ask_for_edition
from courses.curriculum.actions.building import run_build
from courses.curriculum.enums import ActivityKind, BuildState
from courses.curriculum.models import EditionBuild, ProgramPage
from lms.accounts.models import User
from tests.benchmarks.institute import LESSONS_EACH, MODULES, write_modules
from tests.factories.curriculum import make_program, make_program_page

TIMES = 2  # as long as the program that trainees are measured in
LESSONS = TIMES * MODULES * LESSONS_EACH
FIRST = 101  # its modules are numbered from here: those of the program that is there have their numbers already
LOOKS = 0.2  # seconds between two looks at the progress


def measure_publishing() -> dict[str, Any]:
    """Seconds from the worker's first step to the published edition, by the clock and of this process's processor, and
    how many steps of progress a second connection saw meanwhile."""
    build = _asked_for()
    watch = Watch(build.pk)
    watch.start()
    began, spent = time.perf_counter(), time.process_time()
    state = run_build(build.pk)
    seconds, processor = time.perf_counter() - began, time.process_time() - spent
    watch.end()
    build.refresh_from_db()
    lessons = build.edition.items.filter(activity__kind=ActivityKind.LESSON).count() if build.edition else 0
    if (state, lessons) != (BuildState.DONE, LESSONS):
        raise RuntimeError(f"Publishing ended as {state} with {lessons} lessons.")
    return {
        "lessons": lessons,
        "pages": build.total,
        "seconds": round(seconds, 1),
        "processor": round(processor, 1),
        "steps": len(watch.seen),
        "day": time.strftime("%Y-%m-%d"),
    }


def _asked_for() -> EditionBuild:
    page = make_program_page(make_program("A long program, published", slug="published"), slug="published")
    for time_ in range(TIMES):
        write_modules(page, first=FIRST + time_ * MODULES)
    page = ProgramPage.objects.get(pk=page.pk)
    director = User.objects.get(email__startswith="director@")
    return ask_for_edition(page, by=director, change_note="Measured.", effective_from=timezone.localdate())


class Watch(Thread):
    """Somebody who has the page of progress open."""

    def __init__(self, build_id: int):
        super().__init__(daemon=True)
        self.build_id, self.seen, self._over = build_id, set[int](), Event()

    def run(self) -> None:
        while not self._over.wait(LOOKS):
            self.seen.add(EditionBuild.objects.values_list("done", flat=True).get(pk=self.build_id))
        connection.close()

    def end(self) -> None:
        self._over.set()
        self.join()
