"""What a run takes from kept answers, looks for itself, and keeps for later runs."""
