"""bangda 帮答: ranked approved replies and compliance warnings for shop agents."""

import os

__version__ = "0.1.0"

# The bundled model and FAISS compute with OpenMP, whose threads wait by spinning. On a crowded
# machine (the agent's browser makes one) that cost 614 ms of processor time a message, not 29. A
# short spin keeps a calm machine as quick as before (12 to 15 ms a message; threads that sleep at
# once took 25). OpenMP reads this when its library is loaded, so it stands before any import below.
os.environ.setdefault("GOMP_SPINCOUNT", "1000")
