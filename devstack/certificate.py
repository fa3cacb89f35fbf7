"""A certificate for the emulators that speak HTTPS, so that clients verify them like any other server.

Switching verification off in the app would be a code path that must never run in the cloud; a certificate
of the machine's own, named to the app by one setting, needs no such path.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "PluckIt devstack")])
_HOSTS = x509.SubjectAlternativeName(
    [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
)
_VALID_FOR = dt.timedelta(days=3650)
_RENEW_BEFORE = dt.timedelta(days=30)
_SIGN_ONLY = dict.fromkeys(
    (
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    ),
    False,
)


@dataclass(frozen=True, slots=True)
class Certificate:
    """Paths of a PEM certificate (which is its own trust bundle) and of its private key."""

    path: Path
    key_path: Path


def ensure(folder: Path) -> Certificate:
    """Return the certificate kept in ``folder`` for 127.0.0.1 and localhost, made anew when due."""
    certificate = Certificate(folder / "cert.pem", folder / "key.pem")
    if not _still_good(certificate):
        folder.mkdir(parents=True, exist_ok=True)
        _make(certificate)
    return certificate


def _still_good(certificate: Certificate) -> bool:
    if not (certificate.path.exists() and certificate.key_path.exists()):
        return False
    expires = x509.load_pem_x509_certificate(certificate.path.read_bytes()).not_valid_after_utc
    return expires - dt.datetime.now(dt.UTC) > _RENEW_BEFORE


def _make(certificate: Certificate) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    now = dt.datetime.now(dt.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(_NAME)
        .issuer_name(_NAME)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + _VALID_FOR)
        .add_extension(_HOSTS, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, **_SIGN_ONLY), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    certificate.key_path.touch(mode=0o600)
    certificate.key_path.write_bytes(private)
    certificate.path.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
