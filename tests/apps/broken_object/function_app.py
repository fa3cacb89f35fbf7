"""No function app object."""

VERSION = 1
