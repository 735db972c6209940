"""Bases of the past, from days or from maps: what ``[[base_history]]`` of a theatre file names."""

from __future__ import annotations

from pathlib import Path

from geo_poc.errors import Fault, LayerError
from geo_poc.inputs import Inputs, data_folder
from geo_poc.layers.layer import Layer
from geo_poc.layers.read import read_layer
from geo_poc.layers.usable import require_rows


def read_history(inputs: Inputs, theatre_path: Path) -> Layer | None:
    """The layer of past bases; None where the theatre file has none.

    Raises
    ------
    GeoPocError
        If it cannot be used, or a base closed before it opened.
    """
    sources = inputs.theatre_file.base_history
    if not sources:
        return None
    folder = data_folder(inputs.theatre_file.theatre.data_folder, theatre_path)
    layer = read_layer("base_history", sources, folder=folder, theatre=inputs.theatre)
    require_rows(layer)
    backwards = layer.table[layer.table["to_date"] < layer.table["from_date"]]
    if len(backwards):
        raise LayerError(
            [
                Fault(
                    where=f"base_history: {row['id']}",
                    found=f"from {row['from_date']:%Y-%m-%d} to {row['to_date']:%Y-%m-%d}",
                    rule="must not close before it opened",
                    repair="correct the dates",
                )
                for row in backwards.to_dict("records")
            ]
        )
    return layer
