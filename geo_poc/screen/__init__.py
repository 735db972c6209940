"""What the terminal shows: faults, progress, and the tables at the end of each command."""
