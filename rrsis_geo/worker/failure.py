"""What went wrong, as one message."""

from __future__ import annotations

import errno
import logging

from rrsis_geo.errors import OutputError, RRSISError
from rrsis_geo.protocol import Failed

log = logging.getLogger(__name__)


def failed(error: BaseException, *, job: int) -> Failed:
    """The message; what was not foreseen leaves its traceback in the log."""
    text = " ".join(str(error).split())
    if isinstance(error, RRSISError):
        return Failed(error.code, text, job)
    log.error("job %d was ended by what nobody foresaw", job, exc_info=error)
    if isinstance(error, MemoryError):
        said = "out of memory: choose a smaller area, window size or batch size"
        return Failed(RRSISError.code, said, job)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Failed(OutputError.code, f"the disk is full: {text}", job)
    return Failed("bug", f"{type(error).__name__}: {text}", job)
