"""The coverage report, the tables and the layers that a run writes."""
