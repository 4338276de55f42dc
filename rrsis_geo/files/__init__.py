"""Files and folders: kinds, names, JSON in them, who has a file open, locks."""
