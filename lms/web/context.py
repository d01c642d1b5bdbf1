"""What every template of ours may use."""

from django.conf import settings
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from lms.institute.queries import shown_institute
from lms.web.navigation import navigation_for


def chrome(request):
    """`institute`, `nav`, `is_demo` and the name of the zone in which dates are shown. All lazy: an error page asks for none."""
    return {
        "institute": SimpleLazyObject(shown_institute),
        "nav": SimpleLazyObject(lambda: navigation_for(request)),
        "is_demo": settings.DEMO,
        "viewer_zone": timezone.get_current_timezone_name(),
    }
