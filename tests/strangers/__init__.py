"""A second, independent generator of pictures of birth certificates, used only to MEASURE.

The engine was built and tuned with the pictures of `tests/certificates`, so a figure measured on those says little
about paper that nobody here drew. This package was written from the description of the form alone. It shares no code,
table, font or look with the other generator nor with the application, and must go on sharing nothing: never tune the
engine with these pictures, and never import from `reviewapp`, `tests/certificates` or `tests/bench` here.
"""

import os

# Albumentations would ask its registry for a newer version when it is imported.
os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")
