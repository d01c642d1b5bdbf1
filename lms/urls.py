"""Every address of the site. Wagtail's own sign-in pages ask for no second factor: they are caught before it sees them."""

from django.urls import include, path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

from lms.web import errors
from lms.web.views import cms_login

# An address is looked for in this order, so what trainees ask for all day comes first.
urlpatterns = [
    path("", include("lms.web.urls")),
    path("", include("courses.standing.urls")),
    path("", include("supervision.urls")),
    path("", include("assessments.urls")),
    path("", include("courses.learning.urls")),
    path("", include("lms.accounts.urls")),
    path("", include("lms.institute.urls")),
    path("", include("lms.disputes.urls")),
    path("", include("courses.enrolment.urls")),
    path("", include("courses.payments.urls")),
    path("", include("courses.standards.urls")),
    path("", include("courses.curriculum.urls")),
    path("", include("certificates.urls")),
    path("accounts/", include("allauth.urls")),
    path("cms/login/", cms_login, name="cms_login"),
    path("cms/password_reset/", cms_login, name="cms_password_reset"),
    path("cms/", include(wagtailadmin_urls)),
    path(
        "_util/login/", RedirectView.as_view(pattern_name="account_login", query_string=True), name="wagtailcore_login"
    ),
    path("", include(wagtail_urls)),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.not_found
handler500 = errors.server_error
handler429 = errors.too_many_requests  # asked for by allauth
