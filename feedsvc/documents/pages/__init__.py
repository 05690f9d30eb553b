"""The pages for people, rendered from templates that an operator's theme may replace. The only home of Jinja."""
