"""Image encoders, the text encoder, and the tokenizer."""
