"""HTTP at both ends: presentations attached by a client, verified by a server. Adapters; they decide nothing."""
