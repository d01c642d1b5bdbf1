"""The site with one fault, for the control of `test_killed`: it acknowledges an answer before it has written it."""

from importlib import import_module

application = import_module("lms.wsgi").application  # sets Django up, before any model may be imported
Answer = import_module("assessments.models").Answer

TOGETHER = 1000
waiting: list = []
write = Answer.save_if_newest


def write_later(self) -> bool:
    waiting.append(self)
    if len(waiting) >= TOGETHER:
        while waiting:
            write(waiting.pop())
    return True


Answer.save_if_newest = write_later
