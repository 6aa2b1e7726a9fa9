"""Work that no message asks for: what was promised, who is to be reminded, what is under way.

Pure functions over values: moments are aware, the shop's zone and the days that it is closed come
from the caller. Nothing here knows a table, a page or the clock on the wall.
"""
