"""Which byte of a file was spoilt, found from its CRC-32 and proved by its SHA-256."""

import hashlib
import zlib

LARGEST = 1 << 24
"""Bytes of a file that are walked through: a few seconds; a larger file is said to be changed."""


def check_sum(data: bytes) -> str:
    """The CRC-32 of ISO 3309, as in ZIP and gzip: eight hexadecimal digits."""
    return f"{zlib.crc32(data):08x}"


def find_spoilt_byte(data: bytes, crc32: str, sha256: str) -> tuple[int, int] | None:
    """Place (from 0) and right value of the one byte that is not as it was written.

    `crc32` and `sha256` are those of the file as it was written. None where it differs in more than one
    byte or in its length.
    """
    if len(data) > LARGEST:
        return None
    # A CRC is linear: the difference of the two sums is that of the difference of the two files, a byte
    # and the zeros behind it. The zeros are taken back one by one, until what is left is one byte's.
    left = zlib.crc32(data) ^ int(crc32, 16)
    for place in range(len(data) - 1, -1, -1):
        change = _BYTE_OF.get(left)
        if change is not None:
            right = data[place] ^ change
            mended = b"".join((data[:place], bytes([right]), data[place + 1 :]))
            if hashlib.sha256(mended).hexdigest() == sha256:
                return place, right
        byte = _BYTE_OF_HIGH[left >> 24]
        left = (left ^ _SUMS[byte]) << 8 | byte
    return None


_SUMS = [zlib.crc32(bytes([byte ^ 0xFF])) ^ 0xFF000000 for byte in range(256)]
"""What a register of zeros holds after one byte."""
_BYTE_OF = {left: byte for byte, left in enumerate(_SUMS) if byte}
_BYTE_OF_HIGH = {left >> 24: byte for byte, left in enumerate(_SUMS)}
