"""What gunicorn serves in the bench: the site, the control view beside it, and counting when it is asked for."""

import os

from lms.wsgi import application as _site
from tests.benchmarks import instruments
from tests.benchmarks.control import PATH, control_application

_control = control_application()


def application(environ, start_response):
    answer = _control if environ["PATH_INFO"] == PATH else _site
    return answer(environ, start_response)


if os.environ.get("BENCH_INSTRUMENTED"):
    application = instruments.counted(application)
