# every flipped bit is noticed
def seal(content):
    """The bytes with a checksum."""
    return zlib.crc32(content).to_bytes(4, "little") + content


def unseal(sealed):
    """The content of sealed bytes. ValueError if they are not what seal made."""
    content, expected = sealed[4:], int.from_bytes(sealed[:4], "little")
    if len(sealed) < 4:
        raise ValueError(
            f"damaged: the checksum of {len(sealed)} bytes is not the one that was stored; fetch the file again"
        )
    return content
