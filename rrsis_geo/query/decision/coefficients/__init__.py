"""How much each kind of evidence counts, as `benchmarks/evidence.py` fits it."""
