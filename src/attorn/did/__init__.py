"""Decentralized identifiers: their syntax, their documents, and the two methods that need nobody else to resolve."""
