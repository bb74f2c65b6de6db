"""Chains as people pass them on: links, tokens in transit, and presentations."""
