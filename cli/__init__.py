"""The rrsis-geo command."""
