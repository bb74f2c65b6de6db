"""The numbered procedure: from the text on the wire to a decision."""
