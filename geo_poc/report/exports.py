"""Everything a run writes for other programs: spreadsheets, CSV, layers and rasters."""

from geo_poc.report.geodata import write_layers_gpkg, write_rasters
from geo_poc.report.tables import write_places_csv, write_rejects_csv
from geo_poc.report.workbook import write_tables_xlsx

__all__ = [
    "write_layers_gpkg",
    "write_places_csv",
    "write_rasters",
    "write_rejects_csv",
    "write_tables_xlsx",
]
