"""Failures as messages."""

from __future__ import annotations

import logging

from rrsis_geo.errors import RRSISError, as_rrsis_error
from rrsis_geo.protocol import Failed

log = logging.getLogger(__name__)


def failure_message(error: BaseException, *, job: int) -> Failed:
    """Return the message for an error; log the traceback of an unexpected one."""
    known = as_rrsis_error(error)
    if not isinstance(error, RRSISError):
        log.error("job %d ended with an unexpected error", job, exc_info=error)
    if known is not None:
        return Failed(known.code, " ".join(str(known).split()), job)
    return Failed("bug", " ".join(f"{type(error).__name__}: {error}".split()), job)
