"""The schema `landed` of a scratch database: a month's tape as it was read."""
