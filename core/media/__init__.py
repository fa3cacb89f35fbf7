"""Photos of garments: cut out, kept, served, and read for their attributes.

This is the only module of media that other domains and blueprints import. It is cheap: Pillow, numpy and
the SDKs are loaded by the first call that needs them.
"""

from __future__ import annotations

from core.media.attributes import Extraction, ExtractionRequest, Material, Pattern
from core.media.errors import (
    AnimatedPicture,
    BrokenPicture,
    NoCutout,
    PictureInProgress,
    PictureNotFound,
    PictureTooLarge,
    SegmentationDown,
    SegmentationUnusable,
    TooManyPixels,
    UnsupportedPicture,
)
from core.media.extraction import of_image, of_photo, picture_for_model
from core.media.models import ImagePath, LinkQuery, ProcessedImage, VariantPath, Variants
from core.media.service import (
    cutout_as,
    describe,
    exists,
    find_variant,
    process,
    read_variant,
    sweep_unfinished,
    undo_cutout,
    variants_of,
)
from core.media.sniffing import ACCEPTED_TYPES
from core.media.taxonomy import categories, category_of, subtypes

__all__ = [
    "ACCEPTED_TYPES",
    "AnimatedPicture",
    "BrokenPicture",
    "Extraction",
    "ExtractionRequest",
    "ImagePath",
    "LinkQuery",
    "Material",
    "NoCutout",
    "Pattern",
    "PictureInProgress",
    "PictureNotFound",
    "PictureTooLarge",
    "ProcessedImage",
    "SegmentationDown",
    "SegmentationUnusable",
    "TooManyPixels",
    "UnsupportedPicture",
    "VariantPath",
    "Variants",
    "categories",
    "category_of",
    "cutout_as",
    "describe",
    "exists",
    "find_variant",
    "of_image",
    "of_photo",
    "picture_for_model",
    "process",
    "read_variant",
    "subtypes",
    "sweep_unfinished",
    "undo_cutout",
    "variants_of",
]
