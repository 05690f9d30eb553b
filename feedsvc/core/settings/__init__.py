"""The settings: what the operator may decide.

Each is defined once, in :mod:`.model`. The file, the environment, the command line's help and the reference in
``docs`` follow from it.
"""
