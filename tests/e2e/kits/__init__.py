"""Five published chat kits as sellers' pages, on a small hub."""
