"""A user, two agents, a thief and a calendar server, each a process with its own key: `python -m attorn.demo`."""
