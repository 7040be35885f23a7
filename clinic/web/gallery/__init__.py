"""Every part in every state on one page, in demo mode only; all of it invented."""
