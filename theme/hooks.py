"""Where MkDocs finds the project's hooks; they live in the package, where they are checked and tested."""

from rapport.site.hooks import *  # noqa: F403
