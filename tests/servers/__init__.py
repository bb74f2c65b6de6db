"""Real servers for tests: Redis and PostgreSQL in a folder and on a port of their own, and a proxy that misbehaves."""
