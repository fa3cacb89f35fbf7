"""HTTP for the blueprints: declare an endpoint, receive a ``Call``, answer a ``Reply``.

With the blueprints and orchestrations, the only code that knows ``azure.functions``.
"""

from core.platform.http.body import Upload
from core.platform.http.call import Authenticator, Call, Credentials, Headers, Principal, Uploaded
from core.platform.http.deprecation import Deprecated
from core.platform.http.endpoint import EndpointSpec, endpoint
from core.platform.http.problem import Problem
from core.platform.http.reply import Reply

__all__ = [
    "Authenticator",
    "Call",
    "Credentials",
    "Deprecated",
    "EndpointSpec",
    "Headers",
    "Principal",
    "Problem",
    "Reply",
    "Upload",
    "Uploaded",
    "endpoint",
]
