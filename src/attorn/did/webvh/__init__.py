"""did:webvh 1.0: DIDs on the web with a verifiable history. See docs/spec/webvh.md."""
