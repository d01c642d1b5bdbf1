"""What gunicorn serves in the bench: the site, the control view beside it, and counting when it is asked for."""

import os

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from tests.benchmarks import instruments  # noqa: E402 - needs the loaded apps
from tests.benchmarks.control import PATH, control_application  # noqa: E402

_site, _control = application, control_application()


def application(environ, start_response):
    answer = _control if environ["PATH_INFO"] == PATH else _site
    return answer(environ, start_response)


if os.environ.get("BENCH_INSTRUMENTED"):
    application = instruments.counted(application)
