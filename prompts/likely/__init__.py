"""Acts that are likely meant, where the grammar does not understand; always asked about."""
