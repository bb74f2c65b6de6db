"""Keys, whatever they are used for: two algorithms, one signature size, and the standard spellings of a public key."""
