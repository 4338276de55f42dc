"""Review of results: what is kept, rejected, drawn, changed and exported."""
