"""The key that signs the day's heads: a file of its own, outside the database, made once and never overwritten."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from monitor.core.journal import fingerprint
from monitor.core.mistake import why
from monitor.store.whole_file import write_once


class SealKeyUnusable(Exception):
    """The key cannot be read or made; the text names the file and the mend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealKey:
    """An Ed25519 key; `public` is its public half in hexadecimal."""

    public: str
    sign_raw: Callable[[bytes], bytes] = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """The public half, short enough to be read out."""
        return fingerprint(self.public)

    def sign(self, statement: bytes) -> str:
        """The signature of a statement, in hexadecimal."""
        return self.sign_raw(statement).hex()


def seal_key(path: Path) -> SealKey:
    """The key in a file, which is made where there is none, readable to nobody else; raise SealKeyUnusable."""
    try:
        if not path.exists():
            _make(path)
        return _read(path.read_bytes())
    except OSError as error:
        mend = "kiểm tra quyền của tài khoản chạy chương trình, hoặc sửa SEAL_KEY_FILE"
        raise SealKeyUnusable(f"Không đọc hoặc không tạo được khóa niêm phong {path}: {why(error)}; {mend}") from error
    except ValueError as error:
        mend = "khôi phục tệp khóa từ bản sao, hoặc chuyển tệp này đi để chương trình tạo khóa mới"
        raise SealKeyUnusable(f"Tệp {path} không phải khóa niêm phong Ed25519 dùng được: {mend}") from error


def is_signed(key: str, signature: str, statement: bytes) -> bool:
    """Whether a signature of a statement is that of a public key, both in hexadecimal."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), statement)
    except (InvalidSignature, ValueError):
        return False
    return True


def _read(content: bytes) -> SealKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

    try:
        private = load_pem_private_key(content, password=None)
    except (TypeError, UnsupportedAlgorithm) as error:  # TypeError: it wants a password
        raise ValueError(str(error)) from error
    if not isinstance(private, Ed25519PrivateKey):
        raise ValueError(type(private).__name__)
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return SealKey(public=public.hex(), sign_raw=private.sign)


def _make(path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):  # another process was first: its key is the one
        write_once(path, [pem])
