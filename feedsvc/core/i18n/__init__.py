"""What pages and feeds say in the site's language, and how dates are written in it. The only home of babel."""
