"""What operators do with a site beside publishing it: serve, adopt, export, back up, watch."""
