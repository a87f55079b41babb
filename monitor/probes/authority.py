"""The office's own certificate authorities made known to Chromium, which reads them from an NSS database in its home.

Chromium has no option for it and certutil is not on every machine; libnss3 is wherever Debian's Chromium is.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import re
import ssl
from pathlib import Path

_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_TRUSTED_CA = 0x10 | 0x08
"""CERTDB_TRUSTED_CA | CERTDB_VALID_CA, for TLS only."""


class NotTrusted(Exception):
    """The authorities could not be made known; the text says why."""


class _Item(ctypes.Structure):
    _fields_ = (("type", ctypes.c_int), ("data", ctypes.c_char_p), ("len", ctypes.c_uint))


def trust(home: Path, ca_file: str) -> None:
    """Have a Chromium with this home folder trust the authorities of a PEM file; raise NotTrusted."""
    try:
        found = _CERTIFICATE.findall(Path(ca_file).read_text("ascii", "replace"))
        ders = [ssl.PEM_cert_to_DER_cert(pem) for pem in found]
        nss = _nss()
    except (OSError, ValueError, AttributeError) as error:
        raise NotTrusted(str(error)) from error
    if not ders:
        raise NotTrusted(f"{ca_file}: không có chứng thư dạng PEM")
    folder = home / ".pki" / "nssdb"
    folder.mkdir(parents=True, exist_ok=True)
    if nss.NSS_InitReadWrite(f"sql:{folder}".encode()):
        raise NotTrusted(f"{folder}: không tạo được kho chứng thư")
    slot = nss.PK11_GetInternalKeySlot()
    nss.PK11_InitPin(slot, None, b"")
    if not all(_added(nss, slot, number, der) for number, der in enumerate(ders)):
        raise NotTrusted(f"{ca_file}: có chứng thư không nạp được")
    nss.PK11_FreeSlot(slot)
    nss.NSS_Shutdown()


def _nss() -> ctypes.CDLL:
    nss = ctypes.CDLL(ctypes.util.find_library("nss3") or "libnss3.so")
    pointer = ctypes.c_void_p
    for name, result, arguments in (
        ("NSS_InitReadWrite", ctypes.c_int, [ctypes.c_char_p]),
        ("NSS_Shutdown", ctypes.c_int, []),
        ("PK11_GetInternalKeySlot", pointer, []),
        ("PK11_InitPin", ctypes.c_int, [pointer, ctypes.c_char_p, ctypes.c_char_p]),
        ("PK11_FreeSlot", None, [pointer]),
        ("PK11_ImportCert", ctypes.c_int, [pointer, pointer, ctypes.c_ulong, ctypes.c_char_p, ctypes.c_int]),
        ("CERT_GetDefaultCertDB", pointer, []),
        ("CERT_NewTempCertificate", pointer, [pointer, pointer, ctypes.c_char_p, ctypes.c_int, ctypes.c_int]),
        ("CERT_ChangeCertTrust", ctypes.c_int, [pointer, pointer, pointer]),
        ("CERT_DestroyCertificate", None, [pointer]),
    ):
        function = getattr(nss, name)
        function.restype, function.argtypes = result, arguments
    return nss


def _added(nss: ctypes.CDLL, slot: int, number: int, der: bytes) -> bool:
    store = nss.CERT_GetDefaultCertDB()
    certificate = nss.CERT_NewTempCertificate(store, ctypes.byref(_Item(0, der, len(der))), None, 0, 1)
    if not certificate:
        return False
    flags = (ctypes.c_uint * 3)(_TRUSTED_CA, 0, 0)
    failed = nss.PK11_ImportCert(slot, certificate, 0, f"co-quan-{number}".encode(), 0) or nss.CERT_ChangeCertTrust(
        store, certificate, flags
    )
    nss.CERT_DestroyCertificate(certificate)
    return not failed
