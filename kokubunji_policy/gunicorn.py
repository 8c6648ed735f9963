"""How gunicorn serves: `gunicorn --config kokubunji_policy/gunicorn.py kokubunji_policy.wsgi`."""

import os

worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))

timeout = 60
graceful_timeout = 30
# A worker is replaced now and then, so that no leak grows for weeks; the jitter keeps them apart.
max_requests = 5000
max_requests_jitter = 500
# More people than this waiting are refused at once rather than kept hanging.
backlog = 256
limit_request_line = 8190
limit_request_fields = 100

# Only these are believed when they say who the visitor is, and how he came.
forwarded_allow_ips = os.environ.get("TRUSTED_PROXIES") or "127.0.0.1"
control_socket_disable = True
loglevel = os.environ.get("WEB_LOG_LEVEL", "warning")
