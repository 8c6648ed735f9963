"""Requests for the mayor's texts and what grows out of them."""
