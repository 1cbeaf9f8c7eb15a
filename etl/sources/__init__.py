"""Official statistics: one room per publisher, one shared path from a printed cell to an observation.

A reader keeps the publisher's own words (`cells`); `values` reads what a cell's text says; `interpret` applies the
reviewed mappings below `seeds/sources/`, the one place of judgement; what comes out is an observation or a line of the
ledger with the reason why not.
"""
