"""Many scenes in one run: lists of them, one layer or many files, what is done."""
