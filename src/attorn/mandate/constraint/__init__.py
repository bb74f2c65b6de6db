"""The constraints of AP2 v0.2: the limits of an open mandate, one file for each kind."""
