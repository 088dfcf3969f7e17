"""What happened, as events: runs, operations, datasets, components, values of parameters."""
