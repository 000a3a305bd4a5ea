"""A lake of an earlier release becomes one of this release, without closing a month again."""
