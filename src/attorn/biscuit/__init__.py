"""The Biscuit wire format: container, signature payloads, and the block codec of the caveat profile."""
