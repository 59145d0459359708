"""gunicorn for one machine or one dyno; the command line overrides what is here.

Addresses hold personal links, so there is no access log here: nginx writes one without them.
"""

import os
from pathlib import Path

bind = f"127.0.0.1:{os.environ.get('PORT') or 8000}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
threads = 4
timeout = 60
graceful_timeout = 20
keepalive = 5
accesslog = None
errorlog = "-"
# Proxies are trusted by TRUSTED_PROXIES alone, inside the application.
forwarded_allow_ips = ""
control_socket_disable = True
if Path("/dev/shm").is_dir():
    worker_tmp_dir = "/dev/shm"
