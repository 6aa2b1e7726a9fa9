"""How well retrieval finds the right script, and what past chats teach."""
