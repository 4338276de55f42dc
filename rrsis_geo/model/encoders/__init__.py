"""Image and text encoders, and the tokenizer."""
