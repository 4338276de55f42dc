"""Files and folders: what a name may be, who has a file open, locks."""
