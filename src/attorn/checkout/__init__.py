"""What a shop offers and signs: UCP checkouts (2026-04-08), the parties to a purchase, currencies."""
