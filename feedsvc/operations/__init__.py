"""The operations on a site besides publishing it: serve, adopt, export, back up, monitor."""
