"""Publishers' files in, checked tables and rasters out."""
