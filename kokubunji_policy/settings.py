"""Settings: one file; what differs between machines comes from environment variables (README)."""

import datetime as dt
import os
import sqlite3
import sys
from contextlib import suppress
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

# openpyxl reads with defusedxml, which refuses hostile XML, only where lxml is left aside.
os.environ.setdefault("OPENPYXL_LXML", "False")

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
IS_TEST = "pytest" in sys.modules


def _secret_key() -> str:
    """SECRET_KEY, or a key of this machine's own, made once and kept in var/secret-key."""
    if key := env.str("SECRET_KEY", default=""):
        return key
    kept = VAR / "secret-key"
    if not kept.exists():
        VAR.mkdir(exist_ok=True, parents=True)
        mine = VAR / f"secret-key.{os.getpid()}"
        mine.touch(mode=0o600)
        mine.write_text(get_random_secret_key())
        with suppress(FileExistsError):  # another process was quicker: its key is the one
            kept.hardlink_to(mine)
        mine.unlink()
    return kept.read_text().strip()


def _demo_today() -> dt.date | None:
    text = env.str("DEMO_TODAY", default="2023-03-28") if DEMO else ""
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise ImproperlyConfigured(
            f"DEMO_TODAY は 2023-03-28 の形で設定してください: {text}"
        ) from None


# The machine
VAR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = _secret_key()
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])
HTTPS = env.bool("HTTPS", default=False)

# The demonstration: sign-in page with names and passwords, and a day of its own
DEMO = env.bool("DEMO", default=False)
DEMO_TODAY = _demo_today()
DEMO_PASSWORD = "kokubunji-demo"  # noqa: S105 - shown on the sign-in page of the demonstration

# The city
CITY = {
    "name": env.str("CITY_NAME", default="国分寺市"),
    "mayor_title": env.str("CITY_MAYOR_TITLE", default="市長"),
    "product_name": env.str("PRODUCT_NAME", default="運営方針・組織目標"),
    "logo_url": env.str("CITY_LOGO_URL", default=""),
}
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str(
    "MAIL_FROM", default="国分寺市 政策経営課 <seisaku@localhost>"
)
EMAIL_CONFIG = env.email("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)

INSTALLED_APPS = [
    "home",
    "packets",
    "exchange",
    "interviews",
    "goals",
    "policies",
    "departments",
    "core",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "kokubunji_policy.admin.CityAdminConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "django_htmx",
    "template_partials",
    "import_export",
    "csp",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.middleware.ClosedHeaders",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "core.middleware.WellFormedRequest",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "departments.middleware.SignedIn",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.middleware.DeclaredAccess",
    "core.middleware.PlainRefusal",
    "goals.middleware.LateText",
]

if IS_TEST:  # N+1 queries fail the tests
    INSTALLED_APPS += ["zeal"]
    MIDDLEWARE += ["zeal.middleware.zeal_middleware"]

ROOT_URLCONF = "kokubunji_policy.urls"
WSGI_APPLICATION = "kokubunji_policy.wsgi.application"
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

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
                "core.context.city",
                "departments.context.session",
                "exchange.context.demonstration",
                "home.context.navigation",
            ],
        },
    },
]

# The database: SQLite in one file, or PostgreSQL by DATABASE_URL


def _is_wal_safe() -> bool:
    """Whether this SQLite is free of the WAL-reset bug (fixed in 3.51.3, 3.50.7 and 3.44.6)."""
    version = sqlite3.sqlite_version_info
    return version >= (3, 51, 3) or any(
        version[:2] == fixed[:2] and version >= fixed for fixed in ((3, 50, 7), (3, 44, 6))
    )


def _database() -> dict[str, object]:
    """The connection, with the modes that lose nothing (docs/adr/0004)."""
    VAR.mkdir(exist_ok=True, parents=True)
    database = env.db("DATABASE_URL", default=f"sqlite:///{VAR / 'kokubunji.sqlite3'}")
    database |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
    if "sqlite" in database["ENGINE"]:
        journal = (
            "WAL; PRAGMA synchronous=FULL"
            if _is_wal_safe()
            else "TRUNCATE; PRAGMA synchronous=EXTRA"
        )
        database["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": f"PRAGMA journal_mode={journal};",
        }
        database["TEST"] = {"NAME": VAR / "test.sqlite3"}
        if IS_TEST:
            database["OPTIONS"]["init_command"] = (
                "PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=OFF;"
            )
    else:
        database["OPTIONS"] = {
            "options": "-c statement_timeout=15000 -c lock_timeout=10000"
            " -c idle_in_transaction_session_timeout=30000"
        }
    return database


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        # With Django's 300, guessing at many names would push out who is locked.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
TASKS = {
    "default": {
        "BACKEND": "django_tasks.backends.immediate.ImmediateBackend"
        if IS_TEST
        else "django_tasks_db.DatabaseBackend"
    }
}

# Language and time
LANGUAGE_CODE = "ja"
TIME_ZONE = "Asia/Tokyo"
USE_I18N = True
USE_TZ = True

# Sign-in
AUTH_USER_MODEL = "departments.User"
AUTHENTICATION_BACKENDS = ["departments.backends.PostBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        (
            "UserAttributeSimilarityValidator",
            {"user_attributes": ("username", "name", "kana", "email")},
        ),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home:today"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "departments.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_FORMS = {
    "login": "departments.forms.SignInForm",
    "change_password": "departments.forms.ChangePasswordForm",
}
ACCOUNT_RATE_LIMITS = {
    "login": "100/m/ip",
    "login_failed": "5/10m/key",  # one person at one address (AccountAdapter)
    "login_failed_anywhere": "50/h/key",  # one person, wherever it is tried
    "change_password": "5/m/user",
    "sign_in_service": "100/m/ip",
}
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
MFA_ADAPTER = "departments.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1
OIDC = {
    "issuer": env.str("OIDC_ISSUER", default=""),  # none: passwords alone
    "client_id": env.str("OIDC_CLIENT_ID", default=""),
    "client_secret": env.str("OIDC_CLIENT_SECRET", default=""),
    "name": env.str("OIDC_NAME", default="職員認証"),
    "claim": env.str("OIDC_CLAIM", default="preferred_username"),
    "ca_file": env.str("OIDC_CA_FILE", default=""),
}
SECOND_FACTOR_POSTS = frozenset(env.list("SECOND_FACTOR_POSTS", default=[]))
SESSION_ENGINE = "departments.sessions"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
HANDOVER_DAYS = env.int("HANDOVER_DAYS", default=10)
"""For so many days after a post has ended its holder goes on writing the handover (事務引継ぎ)."""
SESSION_IDLE = dt.timedelta(minutes=env.int("SESSION_IDLE_MINUTES", default=30))
SESSION_LONGEST = dt.timedelta(hours=env.int("SESSION_LONGEST_HOURS", default=12))
FIRST_PASSWORD_LIFE = dt.timedelta(hours=env.int("FIRST_PASSWORD_HOURS", default=72))
CSRF_FAILURE_VIEW = "departments.views.sign_in.token_does_not_fit"
PASSWORD_HASHERS = [
    f"django.contrib.auth.hashers.{name}PasswordHasher"
    for name in (("MD5",) if IS_TEST else ("Argon2", "PBKDF2"))
]

# What may be uploaded in one form: the largest legal form is far below
DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024 - 1
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000  # a list to choose from for each of 1,000 items
DATA_UPLOAD_MAX_NUMBER_FILES = 10
FILE_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

# Headers
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None

# Static files: our own machine serves them all
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if IS_TEST or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = VAR / "files"
# Superseded PDFs of packets lie so many days, then their files are cleared away.
PACKET_KEEP_DAYS = env.int("PACKET_KEEP_DAYS", default=30)
# So many parts of packets are pressed at a time: a process each.
PACKET_PRESSES = env.int("PACKET_PRESSES", default=min(2, os.cpu_count() or 1))
# A paper that is being written is printed when it has rested for so long.
PACKET_SETTLE_SECONDS = env.int("PACKET_SETTLE_SECONDS", default=30)
# Work that has given no sign of life for so long is taken from its worker.
PACKET_LEASE_SECONDS = env.int("PACKET_LEASE_SECONDS", default=15)
WHITENOISE_USE_FINDERS = IS_TEST or DEBUG
WHITENOISE_AUTOREFRESH = IS_TEST or DEBUG
# The fonts of paper are large, and compressing them at every first start would take a minute.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("woff2", "ttf", "png", "jpg", "gz", "br", "pdf")

# Forms and tables
CRISPY_ALLOWED_TEMPLATE_PACKS = ("dads",)
CRISPY_TEMPLATE_PACK = "dads"
IMPORT_EXPORT_USE_TRANSACTIONS = True
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True

LOG_LEVEL = env.str("LOG_LEVEL", default="WARNING")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    # The level stands at the handler: the worker sets that of its own logger to INFO.
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "plain",
            "level": LOG_LEVEL,
        }
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
}
