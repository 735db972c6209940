"""Patterns of incidents: hot spots, clusters, near repeats, trends and displacement."""
