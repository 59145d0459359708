"""An RQ worker that answers one queue: SimpleWorker, JSON, no scheduler of its own."""

from flask import current_app
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from app import messages
from workers import queues
from workers.process import application

WORKER_TTL = 30
MAINTENANCE_SECONDS = 15


def run(queue_name: str) -> None:
    """Until told to stop; ends with an error when Redis goes, and is started again."""
    with application().app_context():
        url = current_app.config["SETTINGS"].redis_url
        messages.heartbeat.beat(f"worker.{queue_name}")
    queue = queues.queue(url, queue_name, timeout=None)
    worker = SimpleWorker(
        [queue],
        connection=queue.connection,
        serializer=JSONSerializer,
        worker_ttl=WORKER_TTL,
        maintenance_interval=MAINTENANCE_SECONDS,
    )
    worker.work(with_scheduler=False, logging_level="WARNING")
