"""Find a Chromium for the browser tests; with --install, install one where none is found."""

import sys

from rapport.lab.chromium import ensure_browser

if __name__ == "__main__":
    sys.exit(ensure_browser(install="--install" in sys.argv[1:]))
