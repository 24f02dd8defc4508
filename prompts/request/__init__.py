"""What a request is made of, in any language."""
