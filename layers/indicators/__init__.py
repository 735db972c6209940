"""Levels of warning by indicators: counts and series, thresholds with hysteresis, triggers."""
