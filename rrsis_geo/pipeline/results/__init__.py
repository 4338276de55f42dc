"""What a run holds, and the files that it writes."""
