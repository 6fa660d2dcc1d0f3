"""`python -m neuroglot` is the command `neuroglot`."""

from neuroglot.cli.app import main

if __name__ == "__main__":
    main()
