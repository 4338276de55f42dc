"""Which candidates an expression means, by all the evidence."""
