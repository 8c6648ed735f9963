"""The entry of the web server."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kokubunji_policy.settings")
application = get_wsgi_application()
# Now, and not while the first person of each process waits.
get_resolver().url_patterns  # noqa: B018
