"""Expression trees to English."""
