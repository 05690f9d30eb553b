"""Which articles are public at a moment, and which rounds are refused because they would harm subscribers."""
