"""The Macaroon format: two codecs, the MAC over everything, and links that principals sign."""
