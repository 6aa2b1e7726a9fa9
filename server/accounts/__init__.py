"""Who may ask: tokens, pairing codes, tickets, Host and Origin."""
