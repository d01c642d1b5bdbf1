"""The WSGI application that gunicorn serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from lms.uptime.beating import start_beating

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")

application = get_wsgi_application()
start_beating()

# What the start has made lives as long as the process: the collector need not walk it again and again. A request leaves
# some thousand objects, nearly all of them freed by their counts; Python's own threshold of 700 looks for cycles among
# them several times a page.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
