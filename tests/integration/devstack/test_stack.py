"""The stack as a test sees it."""

from azure.storage.blob.aio import BlobServiceClient

from core.platform import containers
from devstack.stack import Stack


async def test_what_the_app_declares_is_there(stack: Stack, app_env: dict[str, str]) -> None:
    async with BlobServiceClient.from_connection_string(app_env["StorageQueue"]) as blobs:
        names = {container.name async for container in blobs.list_containers()}
    assert names >= set(containers.blob_containers())
