"""Articles: proving that what the seeds say a paper prints stands in the paper's text."""
