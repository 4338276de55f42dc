"""How exceptions begin, in the pattern language of `grammar`."""

from __future__ import annotations

EXCEPT = """
but no | (but|and) (skip|ignore|exclude|omit|leave out|not)
as opposed to | except | except for | excepting | but not | but | apart from | \
other than | aside from
excluding | minus | leaving out | leaving aside | not including | not counting | \
save for
save | bar | barring | with the exception of | without counting | rather than
as against | as distinct from | in contrast to | in contrast with | never mind
nothing of | forget [about] | disregard | not interested in
instead of | ignoring | omitting | besides | leave out | exclude | ignore | skip | \
skipping
"""
"""Words that introduce an exception."""
