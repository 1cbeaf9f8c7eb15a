"""The run order: lock, land, transform, gate, export, publish. One module per step."""
