"""gunicorn for one machine or one dyno; the command line overrides what is here.

Addresses hold personal links, so there is no access log here: nginx writes one without them.
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

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

# Each worker counts for itself; /metrics adds them up from files in a folder of this start alone.
_own_metrics = "PROMETHEUS_MULTIPROC_DIR" not in os.environ
if _own_metrics:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="efir-metrics-")


def child_exit(_server: Any, worker: Any) -> None:
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(_server: Any) -> None:
    if _own_metrics:
        shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
