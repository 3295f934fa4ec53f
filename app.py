"""The front door: ``python app.py`` opens the chat, as ``tenkyo serve`` does."""

import sys

from index.cli import main

if __name__ == "__main__":
    main(["serve", *sys.argv[1:]])
