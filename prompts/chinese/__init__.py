"""Requests in Chinese."""
