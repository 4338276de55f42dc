"""Failures as messages."""

from __future__ import annotations

import errno
import logging

from rrsis_geo.errors import OutputError, RRSISError
from rrsis_geo.protocol import Failed

log = logging.getLogger(__name__)


def failure_message(error: BaseException, *, job: int) -> Failed:
    """Return the message for an error; log the traceback of an unexpected one."""
    text = " ".join(str(error).split())
    if isinstance(error, RRSISError):
        return Failed(error.code, text, job)
    log.error("job %d ended with an unexpected error", job, exc_info=error)
    if isinstance(error, MemoryError):
        advice = "out of memory: choose a smaller area, window size or batch size"
        return Failed(RRSISError.code, advice, job)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Failed(OutputError.code, f"the disk is full: {text}", job)
    return Failed("bug", f"{type(error).__name__}: {text}", job)
