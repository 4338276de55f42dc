"""Progress of a job as text."""

from __future__ import annotations

from ..core.protocol import Progress, Started
from ..translate import tr


def start_text(started: Started) -> str:
    """Return the number of windows, the resolution and the device, as one line."""
    return tr("{windows} windows at {gsd} m per pixel on {device}").format(
        windows=started.windows, gsd=f"{started.gsd:.3g}", device=started.device
    )


def progress_text(progress: Progress) -> str:
    """Return windows done, rate, remaining time and polygons found, as one line."""
    parts = [
        tr("{done} of {total} windows").format(done=progress.done, total=progress.total)
    ]
    if progress.done and progress.seconds > 0:
        rate = progress.done / progress.seconds
        parts.append(tr("{rate} per second").format(rate=f"{rate:.2g}"))
        left = (progress.total - progress.done) / rate
        parts.append(tr("{time} left").format(time=duration(left)))
    if progress.polygons:
        parts.append(tr("{count} found so far").format(count=progress.polygons))
    return " · ".join(parts)


def duration(seconds: float) -> str:
    """Return a time in its two largest units."""
    whole = max(int(seconds + 0.5), 0)
    if whole < 60:
        return tr("{seconds} s").format(seconds=whole)
    if whole < 3600:
        return tr("{minutes} min {seconds} s").format(
            minutes=whole // 60, seconds=whole % 60
        )
    return tr("{hours} h {minutes} min").format(
        hours=whole // 3600, minutes=whole % 3600 // 60
    )
