"""The site's addresses behind the one of the control view, which the bench's WSGI application answers."""

from lms.urls import *  # noqa: F403 - urlpatterns and the four error handlers
