"""Fetch the official files into the landing folder: whole, verified, and with a card that says where they come from.

`catalogue.yml` lists what there is; `places` asks the publisher, and a copy only where the publisher has nothing;
`download` gets one file through bad networks, `pages` one that comes in pages; `content` tells a table from a web page;
`fetching` puts a file under its name only when everything is right.
"""
