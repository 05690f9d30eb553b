"""Elements of other namespaces in feeds, a module each, as extensions of feedgen."""
