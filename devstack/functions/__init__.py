"""A local Azure Functions host: runs any Python v2 function app folder the way the platform does.

Core Tools ship a binary that has to be downloaded at install time; this host needs nothing but Python
packages. Microsoft's own worker library indexes and invokes the functions, so what an app can get wrong
shows here and not first in Azure. `docs/functions-host.md` tells how to use it.
"""
