"""What Python programs call, and what they get back."""
