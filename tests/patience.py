"""Two cores that are busy with other tests are no server: who waits there is not told to come back,
and nothing is wrong because it took long."""

from hypothesis import HealthCheck, settings

from community import postgres
from web import one_look
from web.keeping import ORDINARY

LIMITS = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
BUSY = 3.0  # seconds it may take longer than was promised, where that is measured
# Who has to hear of something is told so: it is not found by looking whether anything was missed.
TOLD = ORDINARY._replace(check=3600)


def be_patient() -> None:
    """In this process. The programs that tests start are as they are."""
    postgres.SESSION.update(dict.fromkeys(LIMITS, "20s"))
    postgres.LONGEST = 50
    postgres.POOL_PATIENCE = one_look.PATIENCE = 20
    settings.register_profile("patient", deadline=None, suppress_health_check=list(HealthCheck))
    settings.load_profile("patient")
