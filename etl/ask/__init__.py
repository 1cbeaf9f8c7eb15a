"""Questions put to the published release on a terminal: how it is opened, how names are found, and one answer each."""
