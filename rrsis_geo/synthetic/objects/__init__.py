"""What stands in a drawn scene."""
