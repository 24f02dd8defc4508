"""Files made searchable: extraction, chunks, vectors, full text, search."""
