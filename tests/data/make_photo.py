"""Makes astronaut-sideways-gps.jpg, so that how the photograph was prepared stays reproducible.

The picture is what a phone writes when it is held upright: the sensor's rows lie on their side, EXIF
orientation 6 says "turn me a quarter clockwise", and the place is recorded twice (EXIF and XMP).
Usage: python tests/data/make_photo.py path/to/skimage/data/astronaut.png
"""

import sys
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image

TARGET = Path(__file__).with_name("astronaut-sideways-gps.jpg")
PORTRAIT = (32, 0, 480, 512)  # not square, so that a picture lying on its side shows in width and height
TURN_CLOCKWISE = 6
KENNEDY_SPACE_CENTER: dict[int, Any] = {
    ExifTags.GPS.GPSLatitudeRef: "N",
    ExifTags.GPS.GPSLatitude: (28.0, 35.0, 6.0),
    ExifTags.GPS.GPSLongitudeRef: "W",
    ExifTags.GPS.GPSLongitude: (80.0, 39.0, 4.0),
}
XMP = b"""<?xpacket begin='\xef\xbb\xbf' id='W5M0MpCehiHzreSzNTczkc9d'?>
<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>
<rdf:Description xmlns:exif='http://ns.adobe.com/exif/1.0/'
 exif:GPSLatitude='28,35.1N' exif:GPSLongitude='80,39.066667W'/>
</rdf:RDF></x:xmpmeta><?xpacket end='w'?>"""


def exif() -> Image.Exif:
    """What a phone would record: orientation, camera, time and place."""
    tags = Image.Exif()
    tags[ExifTags.Base.Orientation] = TURN_CLOCKWISE
    tags[ExifTags.Base.Make] = "PluckIt"
    tags[ExifTags.Base.Model] = "Test camera"
    tags[ExifTags.Base.DateTime] = "2026:05:17 10:30:00"
    tags.get_ifd(ExifTags.IFD.GPSInfo).update(KENNEDY_SPACE_CENTER)
    return tags


def main(source: str) -> None:
    """Write the photograph next to this script."""
    upright = Image.open(source).convert("RGB").crop(PORTRAIT)
    as_the_sensor_saw_it = upright.transpose(Image.Transpose.ROTATE_90)
    as_the_sensor_saw_it.save(TARGET, quality=90, exif=exif(), xmp=XMP)


if __name__ == "__main__":
    main(sys.argv[1])
