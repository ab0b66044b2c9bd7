"""All settings, in one file, in reading order. Each may be set by a variable, and fails loudly.

| variable             | what                                                    | without it            |
|----------------------|---------------------------------------------------------|-----------------------|
| SANLIN_HOME          | folder of the database, uploads and keys                | ./var                 |
| SANLIN_DEMO          | `yes`: a demonstration (settable clock, codes on screen) | no                   |
| SANLIN_DEBUG         | `yes`: tracebacks in the browser                        | no                    |
| DATABASE_URL         | postgresql://user:password@host:port/name               | SQLite in SANLIN_HOME |
| SANLIN_SECRET_KEY    | signs cookies                                           | made once in the home |
| SANLIN_PII_KEY       | seals phone and identity numbers                        | made once in the home |
| SANLIN_HOSTS         | comma-separated names the site answers to               | 127.0.0.1,localhost   |
| SANLIN_HTTPS         | `yes`: behind TLS (secure cookies, HSTS)                | no                    |
| SANLIN_SMS           | dotted path of `send(phone, text)`: the SMS gateway     | no codes; a demonstration shows them |
| SANLIN_REGISTRATION  | 备案编号 shown in the footer                            | nothing shown         |
"""

import os
import secrets
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def yes(name: str) -> bool:
    value = os.getenv(name, "no").lower()
    if value not in {"yes", "no"}:
        raise ImproperlyConfigured(f"{name} must be yes or no, not {value!r}")
    return value == "yes"


def kept_secret(name: str) -> str:
    """The variable, or a key made once and kept in the home folder, readable by its owner only."""
    if value := os.getenv(name):
        if len(value) < 32:
            raise ImproperlyConfigured(f"{name} must have at least 32 characters")
        return value
    kept = HOME / "keys" / name.lower()
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        fresh = kept.with_name(f"{kept.name}.{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_hex(32))
        try:
            os.link(fresh, kept)  # fails where another process was first: then its key is ours
        except FileExistsError:
            pass
        fresh.unlink()
    return kept.read_text().strip()


def database(url: str) -> dict[str, object]:
    if not url:
        HOME.mkdir(parents=True, exist_ok=True)
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": HOME / "sanlin.sqlite3",
            "CONN_MAX_AGE": None,  # a new connection would read the whole schema anew
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;"
                "PRAGMA foreign_keys=ON;PRAGMA secure_delete=ON;PRAGMA temp_store=MEMORY;",
            },
            # Tests need a file too: threads of a race test are connections of their own.
            "TEST": {"NAME": HOME / f"test-{os.getpid()}.sqlite3"},
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise ImproperlyConfigured("DATABASE_URL must read postgresql://user:password@host/name")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": parts.port or "",
        "CONN_MAX_AGE": None,  # one for each thread of a worker: nothing is handed round
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"prepare_threshold": 1_000_000},  # only what ground/prepared.py asks for
    }


TESTING = "pytest" in sys.modules
HOME = Path(os.getenv("SANLIN_HOME", "var")).resolve()
DEMO = yes("SANLIN_DEMO")
DEBUG = yes("SANLIN_DEBUG")
HTTPS = yes("SANLIN_HTTPS")
SECRET_KEY = kept_secret("SANLIN_SECRET_KEY")
PII_KEY = kept_secret("SANLIN_PII_KEY").encode()
SMS = os.getenv("SANLIN_SMS", "sanlin.ground.accounts.sms.on_screen" if DEMO else "")
REGISTRATION = os.getenv("SANLIN_REGISTRATION", "")
ALLOWED_HOSTS = os.getenv("SANLIN_HOSTS", "127.0.0.1,localhost").split(",")

DATABASES = {"default": database(os.getenv("DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "sanlin.site.urls"
WSGI_APPLICATION = "sanlin.site.wsgi.application"
MENU, SIDE, FOOT, UP = (f"sanlin.site.menu.{part}" for part in ("menu", "side", "foot", "up"))
PLACE_KEEPER = (
    "sanlin.commons.people.rules.keeps"  # who looks after a place: posts are above places
)
# Who tells people what is kept of them, and where a proved phone without an account goes on.
KEPT = [
    "sanlin.commons.people.queries.kept",
    "sanlin.govern.ballots.queries.kept_reminders",
]
# (title, address) of a public log by its name, None where it is not shown (yet).
LOG_NAMES = "sanlin.front.portal.queries.log_name"
NEWCOMERS = "people:register"
# Where the sealed record of a round lies: a notice links it, and records are above notices.
RECORD = "sanlin.front.records.queries.door"
# The papers that somebody may take of a thing: pages below do not know them.
PAPERS = "sanlin.front.papers.queries.doors"
# How projects grow stands above them: what their pages show of it, and where it leads.
GROWTH = {
    "project": "sanlin.govern.growth.queries.of_project",
    "round": "sanlin.govern.growth.queries.of_round",
    "team": "sanlin.govern.growth.queries.of_team",
    "year": "sanlin.govern.growth.queries.of_year",
}

LANGUAGE_CODE, LANGUAGES = "zh-hans", [("zh-hans", "中文"), ("en", "English")]  # data
LOCALE_PATHS = [Path(__file__).parent / "locale"]
TIME_ZONE, USE_TZ = "Asia/Shanghai", True

AUTH_USER_MODEL = "accounts.Account"
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["sanlin.ground.accounts.hashers.QuickArgon2"]
# What a guess at the passphrase of a ballot box costs: passes of Argon2id over so many bytes.
PASSPHRASE_COST = (1, 8192) if TESTING else (3, 128 * 2**20)
# By account and address together: a whole committee shares one address.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "sanlin.ground.accounts.addresses.of_client"
AXES_VERBOSE = False
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]

APPS = [
    "ground.ui",
    "ground.sheets",
    "ground.office",
    "ground.accounts",
    "ground.journal",
    "ground.tasks",
    "commons.places",
    "commons.people",
    "commons.orgs",
    "commons.undertakings",
    "commons.funds",
    "govern.rounds",
    "govern.proposals",
    "govern.reviews",
    "govern.ballots",
    "govern.awards",
    "govern.projects",
    "govern.growth",
    "harmony.voices",
    "harmony.training",
    "front.portal",
    "front.desk",
    "front.records",
    "front.reports",
    "front.whatif",
    "front.papers",
]
INSTALLED_APPS = [
    "whitenoise.runserver_nostatic",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "axes",
    *(f"sanlin.{app}" for app in APPS),
]
MIDDLEWARE = [
    "sanlin.govern.ballots.views.lane.short_way",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "sanlin.ground.accounts.store.KnowTheAccount",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "sanlin.ground.clock.tell_time",
    "sanlin.ground.accounts.middleware.name_the_hand",
    "sanlin.ground.http.Refusals",
    "axes.middleware.AxesMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "sanlin.ground.ui.context.page",
            ],
            "builtins": ["django.templatetags.i18n", "sanlin.ground.ui.templatetags.kit"],
        },
    }
]

STATIC_URL = "static/"
STATIC_ROOT = Path(os.getenv("SANLIN_STATIC", "build/static")).resolve()
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = HOME / "files"
MEDIA_URL = "files/"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SESSION_ENGINE = "sanlin.ground.accounts.store"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_FAILURE_VIEW = "sanlin.ground.ui.views.form_expired"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # A refusal is an answer and no trouble of the server.
    "loggers": {"django.request": {"level": "ERROR"}},
}
