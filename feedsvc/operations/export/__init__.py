"""Export: the newest edition as files for any static host."""
