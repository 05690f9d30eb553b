"""Rounds: when one is due, what it does, and what it reports. One process publishes at a time."""
