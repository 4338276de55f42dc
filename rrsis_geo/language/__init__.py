"""The spatial language that expressions are built in and plans are read in."""
