"""Elements of other namespaces in feeds, as extensions of feedgen: ``registry.py`` lists them."""
