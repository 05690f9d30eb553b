"""Settings: what the operator may decide.

:class:`.settings.Settings` defines each once, with its default; :func:`.load.load_settings` is the door. What one
value must look like stands in ``values``, what tables of the file hold in ``tables``. It knows no station, so that
the command line can tell about the settings without loading any.
"""
