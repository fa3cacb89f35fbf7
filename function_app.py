"""The app: registers every blueprint and nothing else."""

import azure.durable_functions as df
import azure.functions as func

from blueprints import (
    account,
    admin,
    admin_sources,
    auth,
    background,
    chat,
    conversations,
    digest,
    fallback,
    feed,
    health,
    insights,
    jobs,
    media,
    moods,
    scraper,
    taste,
    vault,
)
from core import chat as stylist
from core.platform import logs
from core.platform.telemetry import records
from orchestrations import (
    account_erasure,
    account_export,
    digest_job,
    moods_job,
    scrape_sweep,
    taste_job,
    weekly_digest,
)

logs.hide_secrets()
records.export()

app = df.DFApp(http_auth_level=func.AuthLevel.ANONYMOUS)

for domain in (
    health, auth, account, media, vault, insights, conversations, taste, digest, moods, feed, scraper, jobs,
    admin, admin_sources, background, taste_job, digest_job, weekly_digest, scrape_sweep, moods_job,
    account_export, account_erasure,
):  # fmt: skip
    app.register_functions(domain.bp)

app.register_functions(chat.turns_of(lambda: stylist.run_turn))
app.register_functions(fallback.fallback_for(app))
