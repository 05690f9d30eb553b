"""Files are read by processes of their own, so that no file can harm more than itself."""
