"""What can be done with a graph: torch.fx.passes' names."""
