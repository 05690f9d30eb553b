"""The texts of pages and feeds in the site's language, and how dates are written in it. The only home of babel."""
