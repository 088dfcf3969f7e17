"""The version of this package, which is that of the program in it."""

VERSION = "0.1.0"
