"""Find things in aerial and satellite scenes by describing them."""

__version__ = "0.1.0"
