"""Two small shops and a magazine, so that the devstack has sources to sweep without the internet.

What they sell and say is made up and in ``goods.json``. A product list, pages with JSON-LD and microdata
behind a sitemap, and an RSS feed: one of each thing the scraper reads.
"""
