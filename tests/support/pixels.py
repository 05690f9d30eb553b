"""Pictures, as far as it takes to know their size."""

import struct
import zlib


def png(width: int, height: int) -> bytes:
    """The beginning of a PNG."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
