"""Time in words: spans and moments, English and Chinese."""
