"""Settings of the measured server: the production ones, and one address more (the control view)."""

from lms.settings import *  # noqa: F403 - the point is that they are the real ones

ROOT_URLCONF = "tests.benchmarks.urls"
