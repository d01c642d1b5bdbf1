"""What every request passes."""

from zoneinfo import ZoneInfo

from csp.constants import HEADER as CSP_HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.utils import timezone

from lms.errors import Refusal
from lms.request_id import current_request_id, new_request_id
from lms.web.errors import refusal_page

PERMISSIONS_POLICY = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), "
    "midi=(), payment=(), usb=(), publickey-credentials-create=(self), publickey-credentials-get=(self)"
)


def request_id(get_response):
    """Gives every request an id, in the logs, the audit rows and the answer."""

    def middleware(request):
        request.id = new_request_id(request.headers.get("X-Request-ID", ""))
        token = current_request_id.set(request.id)
        try:
            response = get_response(request)
        finally:
            current_request_id.reset(token)
        response["X-Request-ID"] = request.id
        return response

    return middleware


class ContentSecurityPolicy(CSPMiddleware):
    """django-csp, with the usual policy written once: an answer that asks for nothing of its own gets it as it is."""

    def __init__(self, get_response):
        super().__init__(get_response)
        self.usual = build_policy()

    def process_response(self, request, response):
        asks = getattr(request, "_csp_nonce", None) or any(name.startswith("_csp_") for name in vars(response))
        if asks or settings.DEBUG:
            return super().process_response(request, response)
        response.setdefault(CSP_HEADER, self.usual)
        return response


def security_headers(get_response):
    """Policies that django-csp and Django's security middleware do not set, and the CMS's own wider policy."""

    def middleware(request):
        response = get_response(request)
        response.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)  # a refused host never gets to Django's own
        if request.path.startswith("/cms/"):
            response["X-Frame-Options"] = "SAMEORIGIN"  # the editor shows previews inside itself
            if CSP_HEADER in response:  # a page in preview: it passed here by itself, as readers would get it
                strict = response[CSP_HEADER]
                response[CSP_HEADER] = strict.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
                return response
            response._csp_replace = settings.CMS_CONTENT_SECURITY_POLICY | {
                name: None
                for name in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
                if name not in settings.CMS_CONTENT_SECURITY_POLICY
            }
        if getattr(request, "user", None) and request.user.is_authenticated:
            response.setdefault("Cache-Control", "private, no-store")
        return response

    return middleware


def activate_time_zone(get_response):
    """Dates are shown in the reader's own zone; the institute's for visitors."""

    def middleware(request):
        zone = request.user.time_zone if request.user.is_authenticated else settings.TIME_ZONE
        with timezone.override(ZoneInfo(zone)):
            return get_response(request)

    return middleware


class refusals_as_pages:  # noqa: N801 - listed in MIDDLEWARE beside functions
    """A refusal that no view has shown beside its form becomes a plain page with its sentence."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        return refusal_page(request, exception) if isinstance(exception, Refusal) else None
