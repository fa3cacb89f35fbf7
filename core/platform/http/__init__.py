"""HTTP for the blueprints: declare an endpoint, receive a ``Call``, answer a ``Reply``.

With the blueprints and orchestrations, the only code that knows ``azure.functions``. What answers a call
(``answering``) is loaded by the first one.
"""

from core.platform.http.call import Authenticator, Call, Credentials, Headers, Principal, Upload, Uploaded
from core.platform.http.deprecation import Deprecated
from core.platform.http.endpoint import endpoint
from core.platform.http.reply import Reply

__all__ = [
    "Authenticator",
    "Call",
    "Credentials",
    "Deprecated",
    "Headers",
    "Principal",
    "Reply",
    "Upload",
    "Uploaded",
    "endpoint",
]
