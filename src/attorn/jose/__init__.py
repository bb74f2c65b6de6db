"""JSON Object Signing and Encryption, as little of it as status lists and security events need."""
