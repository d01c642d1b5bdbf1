"""Sessions in the database, as Django keeps them. Every page of a signed-in person asks for hers: by a prepared query."""

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.contrib.sessions.models import Session
from django.db import models
from django.utils import timezone

from lms.web.prepared import PreparedQuery

_live = PreparedQuery(
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now),
    key=models.CharField(),
    now=models.DateTimeField(),
)


class SessionStore(DatabaseSessions):
    def _get_session_from_db(self) -> Session | None:
        found = _live(key=self.session_key, now=timezone.now())
        if found:
            return found[0]
        self._session_key = None  # nobody chooses the key of her own session
        return None
