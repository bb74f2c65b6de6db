"""What is asked of a resource server, in one normal form, and the facts about it that caveats are checked against."""
