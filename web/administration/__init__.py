"""The doors of administrators: what the community is, where it meets, who looks after it.

Each page is one module. Others who are signed in are told why they may not (403).
"""

from web.administration import (
    categories,
    channels,
    holidays,
    members,
    overview,
    reasons,
    second_step,
    site,
    thresholds,
)

routes = [
    *overview.routes,
    *site.routes,
    *categories.routes,
    *channels.routes,
    *holidays.routes,
    *reasons.routes,
    *thresholds.routes,
    *members.routes,
    *second_step.routes,
]
