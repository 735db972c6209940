"""The offline map: one file, no network."""

from geo_poc.maps.document import map_document
from geo_poc.maps.page import write_map

__all__ = ["map_document", "write_map"]
