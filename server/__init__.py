"""bangda 帮答: ranked approved replies and compliance warnings for shop agents."""

import os

__version__ = "0.1.0"

# The bundled model and FAISS compute with OpenMP, whose threads wait by spinning. On a crowded
# machine (the agent's browser makes one) that cost 614 ms of processor time a message, not 29. A
# short spin keeps a calm machine as quick as before (12 to 15 ms a message; threads that sleep at
# once took 25). OpenMP reads this when its library is loaded, so it stands before any import below.
os.environ.setdefault("GOMP_SPINCOUNT", "1000")

# The same for numpy's OpenBLAS: a message's products are too small to share between threads, and a
# second thread that waits for them by spinning cost 38 ms of processor time a repeated message
# where one thread costs 8. Fitting computes with torch, which has threads of its own.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
