"""Settings of the probed server: the production ones, with a Stripe that never answers; and the guards a control leaves out."""

import os

from lms.settings import *  # noqa: F403 - the point is that they are the real ones
from lms.settings import MIDDLEWARE

STRIPE_API_BASE = "http://127.0.0.1:9"

if os.environ.get("PROBE_WITHOUT_GUARDS"):
    left_out = ("csp.middleware", "CsrfViewMiddleware", "second_factor_for_staff")
    MIDDLEWARE = [name for name in MIDDLEWARE if not any(part in name for part in left_out)]
    STRIPE_WEBHOOK_SECRET = "whsec_of_somebody_else"
