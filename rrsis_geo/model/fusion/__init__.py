"""Alignment of image and text features: BSC, PWAM, and where they are placed."""
