"""HTML from any source becomes HTML that is safe to publish, with absolute URLs and the files that it shows."""
