"""Mandates: what a user lets an agent buy and pay for, signed and handed on (AP2)."""
