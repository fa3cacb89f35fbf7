"""What runs without anybody asking: timers, and the queues that start jobs."""

from __future__ import annotations

import logging

import azure.durable_functions as df
import azure.functions as func

from core import account, chat, jobs, media, moods, scraper
from core.platform import clock
from core.platform.invocations import told
from orchestrations import purging, starting, weekly_digest

bp = df.Blueprint()

_log = logging.getLogger("pluckit.background")


@bp.timer_trigger(arg_name="timer", schedule="0 17 * * * *")
@told("timer")
async def sweep_unfinished_media(timer: func.TimerRequest) -> None:
    """Put right what crashed uploads left behind over an hour ago."""
    settled = await media.sweep_unfinished()
    if settled:
        _log.info("put %d abandoned pictures right", settled)


@bp.timer_trigger(arg_name="timer", schedule="0 41 * * * *")
@told("timer")
async def remove_expired_turns(timer: func.TimerRequest) -> None:
    """Remove the event streams of turns that were written over a day ago; the conversations stay."""
    removed = await chat.remove_expired_turns()
    if removed:
        _log.info("removed the streams of %d turns", removed)


@bp.timer_trigger(arg_name="timer", schedule="0 29 * * * *")
@told("timer")
async def remove_expired_exports(timer: func.TimerRequest) -> None:
    """Remove archives that people could download for a day."""
    removed = await account.remove_expired_exports()
    if removed:
        _log.info("removed %d files of expired exports", removed)


@bp.timer_trigger(arg_name="timer", schedule="0 53 3 * * *")
@bp.durable_client_input(client_name="client")
@told("timer")
async def forget_finished_flows(timer: func.TimerRequest, client: df.DurableFunctionsClient) -> None:
    """Purge histories of background work older than records of jobs get: they hold ids of people."""
    purged = await purging.forget_finished(client, jobs.kept_since())
    if purged:
        _log.info("purged the histories of %d finished flows", purged)


@bp.queue_trigger(arg_name="message", queue_name="%TASTE_JOB_QUEUE_NAME%", connection="StorageQueue")
@bp.durable_client_input(client_name="client")
@told("pubsub")
async def start_job(message: func.QueueMessage, client: df.DurableFunctionsClient) -> None:
    """Start the flow of the job a message names, unless it runs or is over."""
    await jobs.delivery.deliver(
        message.get_body(), message.id, starting.FLOWS, lambda launch: starting.start(client, launch)
    )


@bp.queue_trigger(arg_name="message", queue_name="%TASTE_JOB_QUEUE_NAME%-poison", connection="StorageQueue")
@told("pubsub")
async def drain_poisoned_jobs(message: func.QueueMessage) -> None:
    """Keep what the platform gave up on: a dead letter, or a job that the reconciler will send again."""
    await jobs.delivery.drain(message.get_body(), message.id)


@bp.timer_trigger(arg_name="timer", schedule="%TASTE_JOB_RECONCILE_SCHEDULE%")
@told("timer")
async def reconcile_jobs(timer: func.TimerRequest) -> None:
    """Send the messages of jobs that nothing was heard of again, and measure the queues."""
    sent = await jobs.reconciling.reconcile()
    if sent:
        _log.info("sent the messages of %d silent jobs again", sent)
    await jobs.measuring.queues()


@bp.timer_trigger(arg_name="timer", schedule="%WEEKLY_DIGEST_SCHEDULE%")
@bp.durable_client_input(client_name="client")
@told("timer")
async def sweep_weekly_digests(timer: func.TimerRequest, client: df.DurableFunctionsClient) -> None:
    """Start a sweep of the digests that are due, unless one is running."""
    if not await weekly_digest.start(client, clock.now()):
        _log.info("a digest sweep is running; this tick starts none")


@bp.timer_trigger(arg_name="timer", schedule="%SCRAPER_SCHEDULE%")
@told("timer")
async def start_scrape_sweep(timer: func.TimerRequest) -> None:
    """Start a sweep if sources are due; one that is under way is left alone."""
    job = await scraper.start_if_due()
    if job is not None:
        _log.info("sources are due: sweep %s", job.id)


@bp.timer_trigger(arg_name="timer", schedule="0 23 4 1 * *")
@told("timer")
async def generate_monthly_moods(timer: func.TimerRequest) -> None:
    """Make moods of what the feed has had lately, unless an administrator had it done this month."""
    job = await moods.generate()
    _log.info("this month's moods are job %s", job.id)
