"""Conformance vectors, the kit they are made with, and the script that makes them."""
