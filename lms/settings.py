"""All settings, read from the environment (12-factor). Each variable is described in docs/settings.md.

A wrong value stops the start with a sentence that names the variable.
"""

from pathlib import Path
from urllib.parse import quote, urlsplit

import environ

from lms.env import Env, required_secret

BASE_DIR = Path(__file__).resolve().parent.parent

if (BASE_DIR / ".env").exists():
    environ.Env.read_env(BASE_DIR / ".env")
env = Env()

DEBUG = env.boolean("DEBUG", default=False)
DEMO = env.boolean("DEMO", default=False)
DATA_DIR = env.folder("DATA_DIR", default=BASE_DIR / "var")
DATA_DIR.mkdir(parents=True, exist_ok=True)

PUBLIC_URL = env.origin("PUBLIC_URL", default="http://127.0.0.1:8000")
IS_HTTPS = PUBLIC_URL.startswith("https://")
SECRET_KEY = required_secret(env, "SECRET_KEY", optional=DEBUG or DEMO, length=50)
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", default=[urlsplit(PUBLIC_URL).hostname, "127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

# Applications -----------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "lms.accounts",
    "lms.audit",
    "lms.notices",
    "lms.clock",
    "lms.disputes",
    "lms.institute",
    "lms.jobs",
    "lms.uptime",
    "lms.web",
    "lms.demo",
    "lms.backup",
    "courses.standards",
    "courses.curriculum",
    "courses.enrolment",
    "courses.learning",
    "courses.payments",
    "courses.standing",
    "assessments",
    "supervision",
    "certificates",
    "wagtail.contrib.settings",
    "wagtail.contrib.typed_table_block",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_tasks",
    "django_tasks_db",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "lms.web.middleware.request_id",
    "lms.web.middleware.ContentSecurityPolicy",  # before everything that may answer by itself: redirects, files, refused hosts
    "lms.web.middleware.security_headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "lms.web.visitors.whole_pages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "lms.accounts.middleware.note_activity",
    "django_htmx.middleware.HtmxMiddleware",
    "lms.accounts.middleware.second_factor_for_staff",
    "lms.accounts.middleware.terms_accepted",
    "lms.web.middleware.activate_time_zone",
    "lms.web.middleware.refusals_as_pages",
]

ROOT_URLCONF = "lms.urls"
WSGI_APPLICATION = "lms.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
                "lms.web.context.chrome",
            ],
        },
    }
]

FORM_RENDERER = "lms.web.widgets.FormRenderer"

# Database, cache, files -------------------------------------------------------------------------------------------

DATABASES = {"default": env.database("DATABASE_URL", default=f"sqlite:///{quote(str(DATA_DIR))}/plumbline.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Sign-in limits live in the cache, so it must be shared by all processes: a table of our database unless told otherwise.
CACHES = {"default": env.shared_cache("CACHE_URL", default="dbcache://cache_entries")}
SESSION_ENGINE = "lms.accounts.sessions"

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns of a missing one; `collectstatic` fills it
STATICFILES_DIRS = [BASE_DIR / "lms" / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
WHITENOISE_USE_FINDERS = DEBUG or DEMO
STORAGES = {
    "default": env.storage("STORAGE_URL", default=MEDIA_ROOT),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or DEMO
        else "lms.web.staticfiles.StaticFiles"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# Secrets at rest --------------------------------------------------------------------------------------------------

# Newest first; older ones still read. Sensitive free text and TOTP seeds are encrypted with them.
FIELD_ENCRYPTION_KEYS = env.encryption_keys("FIELD_ENCRYPTION_KEYS", secret_key=SECRET_KEY, optional=DEBUG or DEMO)
SIGNING_KEYS_DIR = env.folder("SIGNING_KEYS_DIR", default=DATA_DIR / "keys")
SIGNING_KEYS_PASSPHRASE = required_secret(env, "SIGNING_KEYS_PASSPHRASE", optional=DEBUG or DEMO, length=16)

# Time -------------------------------------------------------------------------------------------------------------

USE_TZ = True
TIME_ZONE = env.time_zone("TIME_ZONE", default="America/Denver")
LANGUAGE_CODE = "en"
USE_I18N = True

# Accounts ---------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["lms.accounts.backends.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/home/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "lms.accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "lms.accounts.forms.SignupForm"
ACCOUNT_FORMS = {"signup": "lms.accounts.adapters.EvenSignupForm"}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXY_COUNT", default=0, least=0, most=10)

MFA_ADAPTER = "lms.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Plumbline"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG or DEMO
# Everyone who signs or administers must have a second factor. Only the demonstration may do without.
SECOND_FACTOR_REQUIRED = not DEMO
USERSESSIONS_TRACK_ACTIVITY = True

# Payments ---------------------------------------------------------------------------------------------------------

STRIPE_SECRET_KEY = env.token("STRIPE_SECRET_KEY", prefixes=("sk_test_", "sk_live_", "rk_test_", "rk_live_"))
STRIPE_WEBHOOK_SECRET = env.token("STRIPE_WEBHOOK_SECRET", prefixes=("whsec_",))
STRIPE_API_BASE = ""  # Stripe's own
STRIPE_CHECKOUT_ORIGIN = "https://checkout.stripe.com" if STRIPE_SECRET_KEY else ""  # where our forms may lead
# The demonstration without keys pays at a simulator on this machine. Nothing else ever does.
STRIPE_IS_SIMULATED = DEMO and not STRIPE_SECRET_KEY
if STRIPE_IS_SIMULATED:
    STRIPE_API_BASE = STRIPE_CHECKOUT_ORIGIN = env.origin(
        "STRIPE_SIMULATOR_URL", default=f"http://127.0.0.1:{((urlsplit(PUBLIC_URL).port or 8000) + 2000) % 65536}"
    )
    STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET = "sk_test_simulated", "whsec_simulated"

# Cookies and headers ----------------------------------------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_NAME = "__Host-session" if IS_HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if IS_HTTPS else "csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = 31536000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"  # but not under /cms/, where the editor previews a page inside itself (lms/web/middleware.py)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
if env.boolean("BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "media-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}
# Wagtail 8's editor still writes inline scripts and styles; a nonce would switch 'unsafe-inline' off again.
CMS_CONTENT_SECURITY_POLICY = {
    "default-src": ["'self'"],
    "script-src": ["'self'", "'unsafe-inline'"],
    "style-src": ["'self'", "'unsafe-inline'"],
    "img-src": ["'self'", "data:", "blob:"],
    "frame-src": ["'self'"],
    "frame-ancestors": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "object-src": ["'none'"],
}

CSRF_FAILURE_VIEW = "lms.web.errors.csrf_failure"

# Wagtail ----------------------------------------------------------------------------------------------------------

WAGTAIL_SITE_NAME = "Plumbline"
WAGTAILADMIN_BASE_URL = PUBLIC_URL
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "m4a", "mp3", "mp4", "ogg", "pdf", "pptx", "txt", "vtt", "webm", "xlsx"]
WAGTAILDOCS_MAX_UPLOAD_SIZE = 200 * 1024 * 1024  # recordings; the form keeps everything else to 20 MB
WAGTAILDOCS_DOCUMENT_FORM_BASE = "courses.curriculum.forms.DocumentForm"
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 40_000_000
WAGTAILIMAGES_IMAGE_FORM_BASE = "lms.institute.forms.ImageForm"
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp"]
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}

# Tasks and mail ---------------------------------------------------------------------------------------------------

TASKS = {
    # Wagtail's own index jobs stay inline, so that a page is found as soon as it is published.
    "default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"},
    "queue": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "mail", "papers"]},
}
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", default="Plumbline <no-reply@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
if DEMO:
    EMAIL_BACKEND = "lms.notices.mailbox.EmailBackend"  # keeps mails in the database; /mailbox/ shows them
else:
    vars().update(env.mail("EMAIL_URL", default="consolemail://"))
READY_TASK_MAX_AGE_SECONDS = env.number("READY_TASK_MAX_AGE_SECONDS", default=900, least=10, most=86400)

DEMO_PASSWORD = env.text("DEMO_PASSWORD", default="plumbline-demo-2026")

# Logs -------------------------------------------------------------------------------------------------------------

LOG_LEVEL = env.choice("LOG_LEVEL", default="INFO", choices=("DEBUG", "INFO", "WARNING", "ERROR"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,  # True would silence gunicorn's tracebacks
    "formatters": {
        "structured": {"()": "lms.web.logs.formatter", "as_json": env.boolean("LOG_JSON", default=not (DEBUG or DEMO))}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django.server": {"handlers": ["console"], "propagate": False, "level": "WARNING"},
        "django_tasks": {"level": "WARNING"},  # two lines for every index job of the CMS
        "wagtail": {"level": "WARNING"},
        "stripe": {"level": "WARNING"},  # two lines for every question
        "pikepdf": {"level": "WARNING"},  # a line at every start
    },
}
SILENCED_SYSTEM_CHECKS: list[str] = []
