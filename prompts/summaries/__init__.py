"""What texts say, and what changed in them."""
