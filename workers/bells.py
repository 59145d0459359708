"""An RQ worker that answers one queue: SimpleWorker, JSON, no scheduler of its own."""

from flask import current_app
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from app import messages
from workers import queues
from workers.process import application, stop_when

WORKER_TTL = 30
MAINTENANCE_SECONDS = 15


class Worker(SimpleWorker):
    """Tells the job at hand of a stop, so that a long one ends before patience does."""

    stopping = False

    def handle_warm_shutdown_request(self) -> None:
        self.stopping = True
        super().handle_warm_shutdown_request()  # type: ignore[no-untyped-call]


def run(queue_name: str, _number: str = "1") -> None:
    """Until told to stop; ends with an error when Redis goes, and is started again."""
    with application().app_context():
        url = current_app.config["SETTINGS"].redis_url
        messages.heartbeat.beat(f"worker.{queue_name}")
    queue = queues.queue(url, queue_name, timeout=None)
    worker = Worker(
        [queue],
        connection=queue.connection,
        serializer=JSONSerializer,
        worker_ttl=WORKER_TTL,
        maintenance_interval=MAINTENANCE_SECONDS,
    )
    stop_when(lambda: worker.stopping)
    worker.work(with_scheduler=False, logging_level="WARNING")
