"""What every template of ours may use."""

from django.conf import settings
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from lms.institute.queries import shown_institute
from lms.web.navigation import navigation_for

FOOTER_LINKS = [
    {"label": "Policies and contact", "url": reverse_lazy("policies")},
    {"label": "Terms of use", "url": reverse_lazy("terms")},
]


def chrome(request):
    """`institute`, `nav`, `is_demo` and the name of the zone in which dates are shown. All lazy: an error page asks for none."""
    return {
        "institute": SimpleLazyObject(shown_institute),
        "nav": SimpleLazyObject(lambda: navigation_for(request)),
        "is_demo": settings.DEMO,
        "footer_links": FOOTER_LINKS,
        "viewer_zone": timezone.get_current_timezone_name(),
    }
