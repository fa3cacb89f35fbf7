"""The reference implementation of the segmentation contract in docs/segmentation.md.

In the cloud a hosted background remover answers behind ``SEGMENTATION_ENDPOINT_URL``; on a laptop this
package does, on classic computer vision alone, so that no model weights have to be fetched.
"""
