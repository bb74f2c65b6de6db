"""What the stores are held to: a shared limit, crashes, faults on the way, and how fast each is."""
