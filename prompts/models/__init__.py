"""Language models: in a process of their own, or behind an endpoint."""
