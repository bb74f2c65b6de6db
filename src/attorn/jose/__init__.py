"""JSON Object Signing and Encryption, as little as attorn needs: its own signatures, and evidence by others."""
