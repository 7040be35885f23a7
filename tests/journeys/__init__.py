"""A person's whole job, in a real browser on the demo clinic (`make browser`)."""
