"""attendance: hears `client_webinar_*`, normalises completion, classifies, routes. Sends nothing."""

from app.attendance.closing import close
from app.attendance.listening import connect
from app.attendance.verdict import AUTO_GRACE, classify_due, of_leads

__all__ = ["AUTO_GRACE", "classify_due", "close", "connect", "of_leads"]
